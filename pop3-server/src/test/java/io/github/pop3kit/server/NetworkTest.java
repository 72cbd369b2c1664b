package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

    @ParameterizedTest
    @CsvSource({
        "10.1.0.0/16, 10.1.255.255, true",
        "10.1.0.0/16, 10.2.0.0, false",
        "10.1.2.3/16, 10.1.0.0, true",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.128/25, 192.0.2.128, true",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "127.0.0.1, 127.0.0.1, true",
        "127.0.0.1, 127.0.0.2, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "::1, ::1, true",
        "::/0, 192.0.2.1, false",
    })
    void an_address_is_in_a_network_or_not(String network, String address, boolean contained) throws IOException {
        assertEquals(contained, Network.parse(network).contains(InetAddress.getByName(address)));
    }

    @Test
    void addresses_may_share_a_network() throws IOException {
        assertEquals(
                InetAddress.getByName("2001:db8:1:2::"),
                Network.around(InetAddress.getByName("2001:db8:1:2:3:4:5:6"), 64));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "10.1.0.0/33",
                "::/129",
                "10.1/16",
                "10.1.0.0/",
                "10.1.0.256",
                "::1::",
                "fe80::1%lo"
            })
    void what_is_no_network_is_refused_and_not_looked_up(String text) {
        assertThrows(IllegalArgumentException.class, () -> Network.parse(text));
    }
}
