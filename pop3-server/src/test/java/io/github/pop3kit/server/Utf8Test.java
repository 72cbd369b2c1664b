package io.github.pop3kit.server;

import io.github.pop3kit.server.auth.Authenticator;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** RFC 6856. */
class Utf8Test {

    private static final String LOGIN = "C: USER mrose\nS: +OK …\nC: PASS a secret\nS: +OK …\n";

    private final Played silent =
            Played.with("Subject: gr\u00FC\u00DFe\r\n\r\nhi\r\n", "Subject: hi\r\n\r\ngr\u00FC\u00DFe\r\n");
    private final Played server = silent.configured(Pop3Server.Builder::utf8);

    @Test
    void without_it_nothing_is_announced_and_messages_go_as_they_are_stored() {
        silent.plays("S: +OK …\nC: UTF8\nS: -ERR not supported\nC: LANG\nS: -ERR not supported\n" + LOGIN
                + "C: RETR 1\nS: +OK …\nS: Subject: gr\\xC3\\xBC\\xC3\\x9Fe\nS:\nS: hi\nS: .\n");
    }

    @Test
    void a_header_beyond_ascii_needs_a_client_that_has_said_utf8() {
        server.plays("S: +OK …\n" + LOGIN + """
                C: RETR 1
                S: -ERR [UTF8] …
                C: TOP 1 0
                S: -ERR [UTF8] …
                C: RETR 2
                S: +OK …
                S: Subject: hi
                S:
                S: gr\\xC3\\xBC\\xC3\\x9Fe
                S: .
                C: UTF8
                S: -ERR not available after login
                C: DELE 1
                S: +OK …
                """);
        server.plays("S: +OK …\nC: UTF8\nS: +OK …\n" + LOGIN + """
                C: RETR 1
                S: +OK …
                S: Subject: gr\\xC3\\xBC\\xC3\\x9Fe
                S:
                S: hi
                S: .
                """);
    }

    @Test
    void it_is_announced_with_user_and_lang() {
        server.plays("""
                S: +OK …
                C: CAPA
                S: +OK …
                S: TOP
                S: UIDL
                S: RESP-CODES
                S: AUTH-RESP-CODE
                S: PIPELINING
                S: USER
                S: SASL SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN
                S: UTF8 USER
                S: LANG
                S: IMPLEMENTATION pop3kit
                S: .
                """);
    }

    @Test
    void replies_are_in_english() {
        String languages = """
                C: LANG
                S: +OK …
                S: en English
                S: i-default English
                S: .
                C: LANG en
                S: +OK en replies are in English
                C: LANG EN
                S: +OK en …
                C: LANG *
                S: +OK en …
                C: LANG i-default
                S: +OK i-default …
                C: LANG fr
                S: -ERR …
                """;
        server.plays("S: +OK …\n" + languages);
        server.playsLoggedIn(languages);
    }

    @Test
    void names_and_passwords_are_in_utf8_alone() {
        Played played = silent.configured(
                builder -> builder.utf8().authenticator(Authenticator.passwords(Map.of("j\u00F3zsef", "p\u00E1l"))));
        played.plays("S: +OK …\nC: USER j\\xC3\\xB3zsef\nS: +OK …\nC: PASS p\\xC3\\xA1l\nS: +OK …\n");
        played.plays("S: +OK …\nC: USER jo\\xCC\\x81zsef\nS: +OK …\nC: PASS pa\\xCC\\x81l\nS: +OK …\n");
        played.plays("S: +OK …\nC: USER j\\xF3zsef\nS: -ERR not in UTF-8\n");
        played.plays("S: +OK …\nC: USER j\\xC3\\xB3zsef\nS: +OK …\nC: PASS p\\xE1l\nS: -ERR not in UTF-8\n");
    }
}
