package io.github.pop3kit.testkit;

import static io.github.pop3kit.testkit.Ways.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A store that fails, seen by a client and by a program. */
@Timeout(30)
class FaultyStoreTest {

    @Test
    void a_maildrop_is_in_use_twice_and_then_good() {
        given(faults -> faults.onStore(StoreCall.OPEN).fail(Reason.IN_USE).times(2))
                .plays("""
                        S: +OK …
                        C: USER mrose
                        S: +OK …
                        C: PASS a secret
                        S: -ERR [IN-USE] …
                        C: USER mrose
                        S: +OK …
                        C: PASS a secret
                        S: -ERR [IN-USE] …
                        C: USER mrose
                        S: +OK …
                        C: PASS a secret
                        S: +OK …
                        """);
    }

    @Test
    void a_store_that_cannot_tell_the_octets_lets_nobody_in() {
        given(faults -> faults.onStore(StoreCall.OCTETS).message(2).fail(Reason.PERMANENT))
                .plays("""
                        S: +OK …
                        C: USER mrose
                        S: +OK …
                        C: PASS a secret
                        S: -ERR [SYS/PERM] …
                        """);
    }

    @Test
    void messages_and_unique_ids_cannot_be_read() {
        given(faults -> {
                    faults.onStore(StoreCall.UNIQUE_ID).message(2).fail();
                    faults.onStore(StoreCall.CONTENT).message(1).fail().once();
                })
                .playsLoggedIn("""
                        C: UIDL 2
                        S: -ERR [SYS/TEMP] …
                        C: UIDL
                        S: -ERR [SYS/TEMP] …
                        C: RETR 1
                        S: -ERR [SYS/TEMP] …
                        C: RETR 1
                        S: +OK 30 octets
                        """);
    }

    @Test
    void a_message_that_breaks_off_ends_the_session_without_a_final_dot() {
        given(faults -> faults.onStore(StoreCall.CONTENT).message(1).breakOffAfter(16))
                .playsLoggedIn("""
                C: RETR 1
                S: +OK 30 octets
                S: Subject: one
                S:
                S: ..h\\
                S closes
                """);
    }

    @Test
    void messages_that_cannot_be_removed_are_there_again() {
        given(faults -> faults.onStore(StoreCall.REMOVE).fail().once())
                .playsLoggedIn("C: DELE 1\nS: +OK …\nC: QUIT\nS: -ERR [SYS/TEMP] …\n", "C: STAT\nS: +OK 2 50\n");
    }

    @Test
    void who_is_not_told_of_a_retrieved_message_sends_it_all_the_same() {
        given(faults -> faults.onStore(StoreCall.RETRIEVED).fail()).playsLoggedIn("""
                C: RETR 2
                S: +OK 20 octets
                S: Subject: two
                S:
                S: hi
                S: .
                C: NOOP
                S: +OK
                """);
    }

    @Test
    void an_update_is_held_and_the_maildrop_with_it() throws Exception {
        try (Pop3TestServer server = Ways.start();
                Socket client = server.connect();
                Socket other = server.connect()) {
            Hold hold = server.faults().onStore(StoreCall.REMOVE).hold();
            Transcript.parse(Ways.LOGIN + "C: DELE 1\nS: +OK …\nC: QUIT\n").playClient(client, new Pace.Lines());
            hold.awaitReached();
            Transcript.parse(Ways.LOGIN.replace("PASS a secret\nS: +OK", "PASS a secret\nS: -ERR [IN-USE]"))
                    .playClient(other, new Pace.Lines());
            hold.release();
            Transcript.parse("S: +OK …\nS closes\n").playClient(client, new Pace.Lines());
        }
    }

    @Test
    void any_store_can_have_faults_without_a_server() throws IOException {
        Faults faults = new Faults();
        FaultRule full = faults.onStore(StoreCall.DELIVER).account("mrose").fail(Reason.OVER_QUOTA);
        faults.onStore(StoreCall.CONTENT).breakOffAfter(3);
        FaultyStore store = new FaultyStore(new MemoryMailStore(), faults);
        Delivery delivery = store.delivery().orElseThrow();
        StoreException refused = assertThrows(StoreException.class, () -> deliver(delivery, "mrose"));
        assertEquals(Reason.OVER_QUOTA, refused.reason());
        deliver(delivery, "mbloggs");
        assertEquals(1, full.fired());
        try (Maildrop maildrop = store.open(Account.of("mbloggs"));
                MessageContent content = maildrop.open(1)) {
            ByteBuffer buffer = ByteBuffer.allocate(100);
            assertEquals(3, content.channel().read(buffer));
            assertThrows(IOException.class, () -> content.channel().read(buffer));
            assertEquals(6, maildrop.octets(1));
        }
        assertEquals(List.of("mbloggs"), store.maildrops().orElseThrow().toList());
    }

    private static void deliver(Delivery delivery, String name) throws IOException {
        delivery.deliver(Envelope.to(name), new ByteArrayInputStream(new byte[] {'h', 'e', 'l', 'o', '\r', '\n'}));
    }
}
