package io.github.pop3kit.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.sasl.Md5;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries that {@code doveadm pw} of Dovecot 2.3.19 made of "sécret 1". */
class KeptPasswordTest {

    private static final String PASSWORD = "s\u00E9cret 1";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{PLAIN}s\u00E9cret 1",
                "{CLEARTEXT}s\u00E9cret 1",
                "{MD5-CRYPT}$1$JVoMxUJs$s9A0laGe8jiz7WtTNU/Si0",
                "{MD5}$1$Qq9Lnhc8$6Lo8A9oELTYqMTdW8p13q1",
                "{SHA256-CRYPT}$5$xG5MQTtFV/PIwGkd$SEu.maClg2VfWrYTv7Cwr0FA1HntPyigXAGUGQqvCi3",
                "{SHA512-CRYPT}$6$7yGwWDYPWkaROUwA$lR8.e54Luji/pkni31NuUmkGxvPom9aiD27HoNvTol8YUpzJXVBZuwupUahg8."
                        + "v3QVi1d/tYF3vRCYMJ0yNB91",
                "$6$7yGwWDYPWkaROUwA$lR8.e54Luji/pkni31NuUmkGxvPom9aiD27HoNvTol8YUpzJXVBZuwupUahg8."
                        + "v3QVi1d/tYF3vRCYMJ0yNB91",
                "{PBKDF2}$1$Ut.nj5YUVjZso0sx$5000$fe83d71e971956af5a74e4cf98cb9d90b12b950f",
                "{SHA}8UD9IbKwSVQa43L8o9BuL4/fMdA=",
                "{SHA256}cQYL05dRD171Nudn6QxW+HhCtut7nKO69eqMfJAX4fU=",
                "{SHA512}o48T1qMUHw52ROLEJ54dRZsUiYrfirlGW0Mi57YSFQcE3/2lFAp75eBWbTgkqSBWfzvhM6xMuTqKfsySfLi6iQ==",
                "{SSHA}SbbYB+uWSQfL+JZBlJIHArVmyKukLeDk",
                "{ssha256}K0tcQOLG9VfuzhH5Ebzov0AhN7tteTSCE0skdoargmxJUUAP",
                "{SSHA512}Sv2d/vWJeKbjx7PPJIY5cn01rhCiNa2CJsllZ6idLIZlSMUv4Xahb9+orIBO8hYZd9R3glX8j5hHWJt/"
                        + "6jrDsK/LzWo=",
                "{SCRAM-SHA-1}4096,itQSUMeh1WMbtXMpO3KkNQ==,ELvEVhjMQ28m22Fyji5dJ/T+xeA=,"
                        + "++P4HXoePo2BxHdWnA6IUeN3eZo=",
                "{SCRAM-SHA-256}4096,8+nylp9ZkN02OcJlrdTo1A==,YLskXBLoY7QCZMRS+qS2cm6gyPp592omtW8itLFm7PM=,"
                        + "dC4yEtNkcnDxGGneClGWuwY3SRnxQ2BeebMZSEtJ23s=",
                "{CRAM-MD5}dc9902eb4484390511fc1755eb07ce73cdd357f7593885cac17be244d50cd12d",
                "{SSHA.HEX}baee770c4dec2dca769eda641ff95de1bce0258e5340fe33",
                "{SHA256}71060bd397510f5ef536e767e90c56f87842b6eb7b9ca3baf5ea8c7c9017e1f5",
                "{SHA256.HEX}71060bd397510f5ef536e767e90c56f87842b6eb7b9ca3baf5ea8c7c9017e1f5",
                "{SSHA512.B64}ploj0myJghJS5JiUUxaDFZDCFGMcuywo/VyQ5Fv8d4yLHJMjqjN0NJF/WSntm6PTY2STEG04RrfOoYd0gNvVF67nXPs=",
                "{PLAIN.B64}c8OpY3JldCAx",
                "{SHA512-CRYPT.HEX}24362430374e78474e6f68583168516f6a7967244b4f704f4e726266504548674b6644524a637034546f52333947756e7a694d57647a4353494c7a775268623964685379523665452e784136726d594d6a773775774a304c464764796a6e7373736363537971386e6c2e",
                "{CRAM-MD5.BASE64}3JkC60SEOQUR/BdV6wfOc83TV/dZOIXKwXviRNUM0S0=",
                "{SCRAM-SHA-256.B64}NDA5NiwveGxxSFBScjRvb2RwY0NaOENpTUdBPT0sL1lCOUlZTjFUVGFBdHNTRkZEM1h2dURTc2dCUk5Xby8vU3VNb3RSUHlwVT0sMTVFNnJWSE5KaG5Sa3BraWVIRGxRZ2hLYVZqUWJ0NWVJcWZnU3lRck15Zz0="
            })
    void what_dovecot_made_is_understood(String entry) {
        KeptPassword kept = KeptPassword.of(entry);
        assertTrue(kept.usable());
        assertTrue(kept.matches(PASSWORD));
        assertTrue(kept.matches("se\u0301cret\u00A01"), "typed otherwise");
        assertFalse(kept.matches("secret 1"));
        assertFalse(kept.matches(""));
        assertFalse(kept.toString().contains(entry.substring(entry.length() - 8)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PLAIN",
                "MD5-CRYPT",
                "SHA256-CRYPT",
                "SHA512-CRYPT",
                "PBKDF2",
                "SSHA",
                "SSHA256",
                "SSHA512",
                "SCRAM-SHA-1",
                "SCRAM-SHA-256",
                "SCRAM-SHA-512",
                "CRAM-MD5"
            })
    void what_is_made_is_of_its_password(String scheme) {
        KeptPassword kept = KeptPassword.of(
                KeptPassword.make(scheme.toLowerCase(Locale.ROOT), PASSWORD).text());
        assertEquals(scheme, kept.scheme());
        assertTrue(kept.matches(PASSWORD));
        assertFalse(kept.matches("other"));
        boolean salted = !scheme.equals("PLAIN") && !scheme.equals("CRAM-MD5");
        if (salted) {
            assertNotEquals(kept.text(), KeptPassword.make(scheme, PASSWORD).text());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "*",
                "!",
                "x",
                "{PLAIN}",
                "{SOME-SCHEME}secret",
                "{CRYPT}secret",
                "{CRYPT}$9$salt$hash",
                "{SHA512-CRYPT}$6$",
                "{SSHA}????",
                "{SSHA.HEX}xyz",
                "{SSHA.B32}AAAA",
                "{.HEX}00",
                "{SSHA}AAAA",
                "{SHA256}AAAA",
                "{PBKDF2}$1$salt$0$00",
                "{PBKDF2}$1$salt$x$00",
                "{PBKDF2}secret",
                "{SCRAM-SHA-256}4096,a,b",
                "{SCRAM-SHA-256}0,QUJD,QUJD,QUJD",
                "{CRAM-MD5}dc99"
            })
    void what_is_of_no_scheme_is_of_no_password(String entry) {
        for (String password : new String[] {"", "secret", "*", "!", "x", entry}) {
            assertFalse(KeptPassword.of(entry).matches(password), entry + " with " + password);
        }
    }

    @Test
    void a_scheme_that_is_not_there_is_refused_with_those_that_are() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> KeptPassword.make("ROT13", "x"))
                .getMessage()
                .contains("SHA512-CRYPT"));
    }

    @Test
    void the_key_of_cram_md5_makes_the_same_digests_as_the_password() {
        for (int length : new int[] {1, 55, 56, 63, 64, 65, 200}) {
            String password = "p".repeat(length);
            CramMd5Key key = CramMd5Key.of(password);
            byte[] challenge = ("<" + "c".repeat(length) + "@example>").getBytes(StandardCharsets.US_ASCII);
            assertEquals(Md5.cram(challenge, password), key.digest(challenge));
            assertEquals(
                    key.print(), CramMd5Key.parse(key.print()).orElseThrow().print());
        }
    }
}
