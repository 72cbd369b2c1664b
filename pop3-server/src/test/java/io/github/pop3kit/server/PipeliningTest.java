package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** RFC 2449 section 6.6. */
@Timeout(30)
class PipeliningTest {

    private final Played server = Played.with("Subject: one\n\n.1\n", "Subject: two\n\n2\n", "Subject: three\n\n3\n");

    @Test
    void a_batch_of_a_thousand_commands_is_answered_the_same_in_one_packet_and_octet_by_octet() throws IOException {
        StringBuilder batch = new StringBuilder("USER mrose\r\nPASS a secret\r\n");
        String[] commands = {"STAT", "LIST", "UIDL 2", "RETR 1", "TOP 2 0", "NOOP", "DELE 3", "RSET", "RETR 9", "CAPA"};
        Random random = new Random(20);
        for (int i = 0; i < 1000; i++)
            batch.append(commands[random.nextInt(commands.length)]).append("\r\n");
        batch.append("QUIT\r\n");
        String whole = answers(new Pace.Pipelined(), batch.toString());
        assertTrue(whole.contains("\r\n+OK pop3kit signing off"), "the batch is answered to its end");
        assertEquals(whole, answers(new Pace.Octets(), batch.toString()));
        assertEquals(whole, answers(new Pace.Splits(7), batch.toString()));
    }

    @Test
    void commands_pipelined_behind_the_password_are_answered_when_it_is_wrong_as_well() {
        server.plays("""
                S: +OK …
                C: USER mrose
                C: PASS wrong
                C: STAT
                C: QUIT
                S: +OK …
                S: -ERR [AUTH] …
                S: -ERR not available before login
                S: +OK …
                S closes
                """);
    }

    @Test
    void a_command_that_has_not_ended_does_not_hold_back_the_answers_before_it() throws IOException {
        try (Played.Running running = server.start();
                SocketChannel client = running.connect()) {
            Transcript.parse("""
                    S: +OK …
                    C: USER mrose
                    C: PASS a sec\\
                    S: +OK password required
                    C: ret
                    S: +OK …
                    """).playClient(client, new Pace.Lines());
        }
    }

    /** Everything that the server says to these octets. */
    private String answers(Pace pace, String octets) throws IOException {
        try (Played.Running running = server.start();
                SocketChannel client = running.connect()) {
            client.socket().setTcpNoDelay(true);
            for (String piece : pace.pieces(octets)) {
                client.write(ByteBuffer.wrap(piece.getBytes(StandardCharsets.ISO_8859_1)));
            }
            ByteArrayOutputStream answers = new ByteArrayOutputStream();
            Channels.newInputStream(client).transferTo(answers);
            return answers.toString(StandardCharsets.ISO_8859_1);
        }
    }
}
