package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoginPenaltyTest {

    private final AtomicLong now = new AtomicLong();
    private final LoginPenalty penalty = new LoginPenalty(Duration.ofSeconds(2), Duration.ofSeconds(15), now::get);

    /** How long the answer to a refused login waits, if the proof took that long to look at. */
    private long refusal(String address, Duration work) throws Exception {
        LoginPenalty.Attempt attempt = attempt(address);
        now.addAndGet(attempt.penalty().toNanos());
        attempt.begin();
        now.addAndGet(work.toNanos());
        attempt.decided();
        return attempt.refused().plus(work).toMillis();
    }

    private LoginPenalty.Attempt attempt(String address) throws UnknownHostException {
        return penalty.attempt(InetAddress.getByName(address));
    }

    private long wait(String address) throws UnknownHostException {
        return attempt(address).penalty().toSeconds();
    }

    @Test
    void a_refusal_comes_at_a_multiple_of_the_delay_however_long_the_hash_took() throws Exception {
        assertEquals(2000, refusal("192.0.2.1", Duration.ZERO));
        assertEquals(2000, refusal("192.0.2.2", Duration.ofMillis(170)));
        assertEquals(2000, refusal("192.0.2.3", Duration.ofMillis(1999)));
        assertEquals(4000, refusal("192.0.2.4", Duration.ofMillis(2001)));
    }

    @Test
    void the_wait_before_the_next_attempt_doubles_up_to_a_bound() throws Exception {
        String address = "192.0.2.1";
        long[] waits = new long[7];
        for (int i = 0; i < waits.length; i++) {
            LoginPenalty.Attempt attempt = attempt(address);
            waits[i] = attempt.penalty().toSeconds();
            attempt.begin();
            attempt.decided();
            attempt.refused();
        }
        assertEquals("[0, 0, 2, 4, 8, 15, 16]", Arrays.toString(waits), "one by one from there on");
        assertEquals(0, wait("192.0.2.2"), "elsewhere it is not felt");
    }

    @Test
    void who_did_not_wait_before_waits_behind() throws Exception {
        LoginPenalty.Attempt[] burst = new LoginPenalty.Attempt[6];
        for (int i = 0; i < burst.length; i++) burst[i] = attempt("192.0.2.1");
        long[] waits = new long[burst.length];
        for (int i = 0; i < burst.length; i++) {
            burst[i].begin();
            burst[i].decided();
            waits[i] = burst[i].refused().toSeconds();
        }
        assertEquals("[2, 2, 4, 8, 15, 15]", Arrays.toString(waits));
    }

    @Test
    void a_failure_a_minute_is_forgotten() throws Exception {
        for (int i = 0; i < 4; i++) refusal("192.0.2.1", Duration.ZERO);
        assertEquals(8, wait("192.0.2.1"));
        now.addAndGet(TimeUnit.MINUTES.toNanos(1));
        assertEquals(4, wait("192.0.2.1"));
        now.addAndGet(TimeUnit.MINUTES.toNanos(2));
        assertEquals(0, wait("192.0.2.1"));
    }

    @Test
    void a_network_of_ipv6_is_one_address() throws Exception {
        for (int i = 0; i < 3; i++) refusal("2001:db8:1:2::" + i, Duration.ZERO);
        assertEquals(4, wait("2001:db8:1:2:ffff::1"));
        assertEquals(0, wait("2001:db8:1:3::1"));
    }

    @Test
    void what_is_remembered_is_bounded_and_the_oldest_goes_first() throws Exception {
        for (int i = 0; i < 3; i++) refusal("192.0.2.1", Duration.ZERO);
        for (int i = 0; i < 100_000; i++) {
            byte[] octets = {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i};
            penalty.attempt(InetAddress.getByAddress(octets));
        }
        assertEquals(0, wait("192.0.2.1"));
    }
}
