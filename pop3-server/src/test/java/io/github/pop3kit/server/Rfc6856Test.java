package io.github.pop3kit.server;

import io.github.pop3kit.server.auth.Authenticator;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Sentences of RFC 6856 that no other test shows. */
class Rfc6856Test {

    private static final String LOGIN = "C: USER mrose\nS: +OK …\nC: PASS a secret\nS: +OK …\n";

    private final Played server =
            Played.with("Subject: gr\u00FC\u00DFe\r\n\r\nhi\r\n").configured(Pop3Server.Builder::utf8);

    /** Section 2.1: clients must not issue STLS after UTF8, and servers may say so. */
    @Test
    void stls_comes_before_utf8() {
        ServerCertificate certificate = ServerCertificate.selfSigned("localhost");
        server.configured(builder -> builder.utf8()
                        .listen(Endpoint.stls(0, certificate))
                        .allowCleartextLogin()
                        .authenticator(Authenticator.passwords(Map.of("mrose", "a secret")))
                        .store(account -> new OneMessage(() -> {})))
                .plays("S: +OK …\nC: UTF8\nS: +OK …\nC: STLS\nS: -ERR STLS comes before UTF8\n" + LOGIN);
    }

    /** Section 2.1: the command "has no parameters". */
    @Test
    void utf8_takes_no_argument() {
        server.plays("S: +OK …\nC: UTF8 USER\nS: -ERR UTF8 takes no argument\nC: UTF8\nS: +OK …\n");
    }

    /** Section 2.1: LIST "SHOULD match the actual number of octets sent in a RETR response", which are octets and not characters. */
    @Test
    void in_utf8_mode_list_and_stat_count_the_octets_that_retr_sends() {
        server.plays("S: +OK …\nC: UTF8\nS: +OK …\n" + LOGIN + """
                C: LIST 1
                S: +OK 1 24
                C: STAT
                S: +OK 1 24
                C: RETR 1
                S: +OK 24 octets
                S: Subject: gr\\xC3\\xBC\\xC3\\x9Fe
                S:
                S: hi
                S: .
                """);
    }

    /** Section 2.2: "servers MUST reject UTF-8 usernames or passwords that contain a UTF-8 character listed in Section 2.3". */
    @Test
    void what_saslprep_forbids_is_refused_in_names_and_passwords() {
        Played played = server.configured(builder -> builder.utf8().authenticator((user, password) -> {
            throw new AssertionError("the authenticator was asked");
        }));
        for (String forbidden : new String[] {"\\xC2\\x80", "\\xE2\\x80\\xA8", "\\xEF\\xBF\\xBD", "\\xEE\\x80\\x80"}) {
            played.plays("S: +OK …\nC: USER m" + forbidden + "rose\nS: +OK …\nC: PASS a secret\nS: -ERR [AUTH] …\n");
        }
        Played passwords = server.configured(
                builder -> builder.utf8().authenticator(Authenticator.passwords(Map.of("mrose", "a\u2028b"))));
        passwords.plays("S: +OK …\nC: USER mrose\nS: +OK …\nC: PASS a\\xE2\\x80\\xA8b\nS: -ERR [AUTH] …\n");
    }

    /** Section 3.2: "If the command fails … human-readable response text continues to use the language that was previously used". */
    @Test
    void a_language_that_is_not_there_changes_nothing() {
        server.plays("S: +OK …\nC: LANG i-default\nS: +OK i-default …\nC: LANG fr\nS: -ERR no such language here\n"
                + "C: LANG en\nS: +OK en replies are in English\n" + LOGIN
                + "C: LANG MUL\nS: -ERR no such language here\nC: NOOP\nS: +OK\n");
    }
}
