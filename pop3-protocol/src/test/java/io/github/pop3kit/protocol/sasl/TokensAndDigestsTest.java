package io.github.pop3kit.protocol.sasl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** RFC 7628, XOAUTH2, RFC 2195, RFC 1939 section 7. */
class TokensAndDigestsTest {

    @Test
    void the_example_of_rfc_7628_section_4_1() {
        byte[] message = Base64.getDecoder()
                .decode("bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1"
                        + "dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB");
        Bearer bearer = new Bearer("user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
        assertEquals(Optional.of(bearer), Bearer.parseOAuthBearer(message));
        assertEquals(
                new String(message, StandardCharsets.UTF_8),
                new String(bearer.oauthBearer("server.example.com", 143), StandardCharsets.UTF_8));
    }

    @Test
    void what_elytron_takes_for_a_separator_is_understood() {
        assertEquals(
                Optional.of(new Bearer("mrose", "abc")),
                Bearer.parseOAuthBearer(octets("n,a=mrose,%x01auth=Bearer abc%x01")));
    }

    @Test
    void xoauth2_says_the_same_otherwise() {
        Bearer bearer = new Bearer("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg");
        assertEquals(
                "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52"
                        + "YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==",
                SaslBase64.encode(bearer.xoauth2()));
        assertEquals(Optional.of(bearer), Bearer.parseXOAuth2(bearer.xoauth2()));
    }

    @Test
    void a_message_with_anything_else_in_it_is_refused() {
        for (String wrong : List.of(
                "",
                "n,,",
                "n,,\1auth=Bearer abc\1",
                "n,,\1auth=Basic abc\1\1",
                "n,,\1auth=Bearer\1\1",
                "n,,\1auth=Bearer a b\1\1",
                "n,,\1auth=Bearer abc\1auth=Bearer def\1\1",
                "n,,\1host=x\1\1",
                "y,,\1auth=Bearer abc\1\1",
                "n,a=,\1auth=Bearer abc\1\1",
                "n,,\1junk\1auth=Bearer abc\1\1",
                "n,,\1auth=Bearer ab\u00E9\1\1")) {
            assertEquals(Optional.empty(), Bearer.parseOAuthBearer(octets(wrong)), wrong);
        }
        for (String wrong : List.of(
                "",
                "user=\1auth=Bearer abc\1\1",
                "auth=Bearer abc\1user=a\1\1",
                "user=a\1auth=Bearer abc\1",
                "user=a\1auth=Bearer abc\1host=b\1\1",
                "user=a\1auth=abc\1\1")) {
            assertEquals(Optional.empty(), Bearer.parseXOAuth2(octets(wrong)), wrong);
        }
        assertEquals(
                Optional.of(new Bearer("", "abc")), Bearer.parseOAuthBearer(octets("n,,\1auth=bearer abc\1x=y\1\1")));
        assertFalse(new Bearer("mrose", "hush").toString().contains("hush"));
    }

    @Test
    void the_example_of_rfc_2195_section_2() {
        byte[] challenge = octets("<1896.697170952@postoffice.reston.mci.net>");
        String digest = Md5.cram(challenge, "tanstaaftanstaaf");
        assertEquals("b913a602c7eda7a495b4e6e7334d3890", digest);
        Md5.Response response = new Md5.Response("tim", digest);
        assertEquals(Optional.of(response), Md5.Response.parse(response.octets()));
        assertEquals(
                Optional.of("a b"), Md5.Response.parse(octets("a b " + digest)).map(Md5.Response::user));
        for (String wrong : List.of("", digest, " " + digest, "tim " + digest.substring(1), "tim " + digest + "0")) {
            assertTrue(Md5.Response.parse(octets(wrong)).isEmpty(), wrong);
        }
        assertFalse(response.toString().contains(digest));
    }

    @Test
    void the_example_of_rfc_1939_section_7() {
        assertEquals("c4c9334bac560ecc979e58001b3e22fb", Md5.apop("<1896.697170952@dbc.mtview.ca.us>", "tanstaaf"));
        assertTrue(Md5.challenge().matches("<[0-9a-f]{32}@pop3kit>"));
        assertNotEquals(Md5.challenge(), Md5.challenge());
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
