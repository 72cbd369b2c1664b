package io.github.pop3kit.server;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** RFC 2449 sections 5 and 6. */
class CapabilitiesTest {

    private static final String CAPABILITIES = """
            C: CAPA
            S: +OK capability list follows
            S: TOP
            S: UIDL
            S: RESP-CODES
            S: AUTH-RESP-CODE
            S: PIPELINING
            S: USER
            S: SASL SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN
            S: IMPLEMENTATION pop3kit
            S: .
            """;

    @Test
    void what_is_announced_before_login_is_announced_after_it() {
        Played.with().plays("S: +OK …\n" + CAPABILITIES);
        Played.with().playsLoggedIn(CAPABILITIES);
    }

    @Test
    void expire_and_login_delay_are_announced_where_they_are_configured() {
        Played.with()
                .configured(builder -> builder.limits(
                        ServerLimits.defaults().withExpire(60).withLoginDelay(Duration.ofMillis(899_500))))
                .plays("""
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
                        S: EXPIRE 60
                        S: LOGIN-DELAY 900
                        S: IMPLEMENTATION pop3kit
                        S: .
                        """);
    }
}
