package io.github.pop3kit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.Login;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class Pop3UrlTest {

    @ParameterizedTest
    @CsvSource({
        "pop3s://mrose@pop.example.org,           mrose, pop.example.org:995, IMPLICIT",
        "POP3S://mrose@pop.example.org:1995/,     mrose, pop.example.org:1995, IMPLICIT",
        "pop3://mrose@pop.example.org,            mrose, pop.example.org:110, STLS",
        "pop3://mrose@pop.example.org?tls=stls,   mrose, pop.example.org:110, STLS",
        "pop3://mrose@127.0.0.1:1100?tls=none,    mrose, 127.0.0.1:1100, NONE",
        "pop3://mrose@[::1]:1100/?tls=none,       mrose, [::1]:1100, NONE",
        "pop3s://mrose@example.org@pop.example.org, mrose@example.org, pop.example.org:995, IMPLICIT",
        "pop3s://mrose%40example.org@pop.example.org, mrose@example.org, pop.example.org:995, IMPLICIT",
        "pop3s://a+b%3B%3a@pop.example.org,       a+b;:, pop.example.org:995, IMPLICIT",
        "pop3s://j%C3%BCrgen@pop.example.org,     jürgen, pop.example.org:995, IMPLICIT",
        "pop://mrose;AUTH=*@pop.example.org,      mrose, pop.example.org:110, STLS",
    })
    void it_says_who_where_and_how(String text, String user, String server, String tls) {
        Pop3Url url = Pop3Url.parse(text);
        assertEquals(user, url.user());
        assertEquals(server, url.client().build().server());
        assertEquals(tls, url.tls().name());
        assertEquals(Login.password(user, "x"), url.login("x"));
    }

    /** In the C locale the JDK makes U+FFFD of each octet of an umlaut. */
    @Test
    void what_this_locale_cannot_read_is_not_sent() {
        TypeConversionException user = assertThrows(
                TypeConversionException.class, () -> Pop3Url.parse("pop3s://j\uFFFD\uFFFDrgen@pop.example.org"));
        assertTrue(user.getMessage().contains("%XX"), user.getMessage());
        Pop3Url url = Pop3Url.parse("pop3s://mrose@pop.example.org");
        IllegalArgumentException password =
                assertThrows(IllegalArgumentException.class, () -> url.login("gr\uFFFD\uFFFDn"));
        assertTrue(password.getMessage().contains("LC_ALL=C.UTF-8"), password.getMessage());
        assertFalse(password.getMessage().contains("\uFFFD"), password.getMessage());
    }

    @Test
    void rfc_2384_says_which_mechanism() {
        assertEquals(
                Login.apop("rg", "x"),
                Pop3Url.parse("pop://rg;AUTH=+APOP@mail.eudora.com:8110").login("x"));
        assertEquals(
                Login.plain("", "rg", "x"),
                Pop3Url.parse("pop://rg;auth=plain@mail.eudora.com").login("x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mrose@pop.example.org",
                "imap://mrose@pop.example.org",
                "pop3s://pop.example.org",
                "pop3s://@pop.example.org",
                "pop3s://mrose@",
                "pop3s://mrose@pop.example.org:0",
                "pop3s://mrose@pop.example.org:65536",
                "pop3s://mrose@pop.example.org:pop3s",
                "pop3s://mrose@::1",
                "pop3s://mrose@pop example org",
                "pop3s://mrose@pop.example.org/INBOX",
                "pop3s://mrose@pop.example.org?tls=none",
                "pop3://mrose@pop.example.org?tls=",
                "pop3://mrose@pop.example.org?tls=off",
                "pop3://mrose@pop.example.org?ssl=no",
                "pop3s://mrose%0D%0ADELE@pop.example.org",
                "pop3s://mrose%4@pop.example.org",
                "pop3s://mrose;AUTH=KERBEROS_V4@pop.example.org",
                "pop3s://mrose;x=y@pop.example.org",
            })
    void what_is_no_url_is_refused(String text) {
        assertThrows(TypeConversionException.class, () -> Pop3Url.parse(text));
    }

    @Test
    void a_password_in_it_is_refused_and_not_repeated() {
        Exception refused = assertThrows(
                TypeConversionException.class, () -> Pop3Url.parse("pop3s://mrose:tanstaaf@pop.example.org"));
        assertTrue(refused.getMessage().contains("--password-file"), refused.getMessage());
        assertFalse(refused.getMessage().contains("tanstaaf"), refused.getMessage());
    }
}
