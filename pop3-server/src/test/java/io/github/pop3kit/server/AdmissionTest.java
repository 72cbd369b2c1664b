package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is let in. */
class AdmissionTest {

    private final List<String> ended = new ArrayList<>();

    @Test
    void a_64_of_ipv6_counts_as_one_address() throws IOException {
        Admission admission = new Admission(ServerLimits.defaults().with("connections-per-address", "2"));
        assertTrue(permit(admission).from(InetAddress.getByName("2001:db8::1")));
        assertTrue(permit(admission).from(InetAddress.getByName("2001:db8::ffff:ffff:ffff:ffff")));
        assertFalse(permit(admission).from(InetAddress.getByName("2001:db8::2")));
        assertTrue(permit(admission).from(InetAddress.getByName("2001:db8:0:1::1")), "another network");
    }

    @Test
    void an_address_of_ipv4_counts_alone_however_it_is_written() throws IOException {
        Admission admission = new Admission(ServerLimits.defaults().with("connections-per-address", "1"));
        assertTrue(permit(admission).from(InetAddress.getByName("192.0.2.1")));
        assertTrue(permit(admission).from(InetAddress.getByName("192.0.2.2")));
        assertFalse(permit(admission).from(InetAddress.getByName("::ffff:192.0.2.1")));
    }

    @Test
    void a_place_that_was_given_back_is_free_once() throws IOException {
        Admission admission =
                new Admission(ServerLimits.defaults().with("connections", "2").with("connections-per-address", "1"));
        Admission.Permit first = permit(admission);
        assertTrue(first.from(InetAddress.getLoopbackAddress()));
        permit(admission);
        assertTrue(admission.connection().isEmpty());
        first.close();
        first.close();
        assertTrue(permit(admission).from(InetAddress.getLoopbackAddress()));
        assertTrue(admission.connection().isEmpty());
    }

    @Test
    void the_oldest_stranger_goes_first_and_nobody_who_has_logged_in() {
        Admission admission = new Admission(ServerLimits.defaults().with("connections", "3"));
        for (String name : List.of("first", "second", "third")) {
            Admission.Permit permit = permit(admission);
            permit.isStranger(() -> ended.add(name));
            if (name.equals("first")) permit.loggedIn();
        }
        assertTrue(admission.connection().isEmpty());
        assertTrue(admission.endOldestStranger());
        assertEquals(List.of("second"), ended);
        assertTrue(admission.connection().isPresent(), "the place is free before the thread has ended");
        assertTrue(admission.endOldestStranger());
        assertEquals(List.of("second", "third"), ended);
        assertFalse(admission.endOldestStranger());
    }

    @Test
    void a_user_has_so_many_sessions_whatever_the_address() {
        Admission admission = new Admission(ServerLimits.defaults().with("sessions-per-user", "2"));
        Admission.Permit first = permit(admission);
        assertTrue(first.of("mrose"));
        Admission.Permit second = permit(admission);
        assertTrue(second.of("mrose"));
        assertFalse(permit(admission).of("mrose"));
        assertTrue(permit(admission).of("jhall"));
        first.close();
        assertTrue(permit(admission).of("mrose"));
        second.release(); // The maildrop was locked.
        assertTrue(permit(admission).of("mrose"));
    }

    private static Admission.Permit permit(Admission admission) {
        return admission.connection().orElseThrow();
    }
}
