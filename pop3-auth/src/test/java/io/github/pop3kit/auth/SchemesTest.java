package io.github.pop3kit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.server.auth.KeptPassword;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries that {@code doveadm pw} of Dovecot 2.3.19 made of "sécret 1", found through the service loader. */
class SchemesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{BLF-CRYPT}$2y$05$udmrbS1NtrrPXIGaE66Nze9zZKFGV/L4pNYixHHUUgq9L8830Teli",
                "{CRYPT}$2y$05$V/ZArFk7EBS9A/6Wb0xScOFA7oYd3VkDW6o.LCjr3VKxNNfFZpwbW",
                "{ARGON2I}$argon2i$v=19$m=32768,t=4,p=1$/n6twNaiIVvnT2h7wPaW2Q"
                        + "$hn44Dwhagy9InfqlodeWOMI5/0xuLbKhIeZU+S5cGxU",
                "{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$DELdOO/ulfwgMhEmBRTmaQ"
                        + "$hs+GLmL6mJXPoycZVxtMD64A698kbV2DmAZzJLNjViU"
            })
    void what_dovecot_made_is_understood(String entry) {
        KeptPassword kept = KeptPassword.of(entry);
        assertTrue(kept.usable());
        assertTrue(kept.matches("s\u00E9cret 1"));
        assertFalse(kept.matches("secret 1"));
        assertFalse(kept.matches(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"BLF-CRYPT", "ARGON2I", "ARGON2ID"})
    void what_is_made_is_of_its_password_and_never_the_same(String scheme) {
        KeptPassword kept = KeptPassword.make(scheme, "s\u00E9cret 1");
        assertEquals(scheme, kept.scheme());
        assertTrue(kept.matches("s\u00E9cret 1"));
        assertFalse(kept.matches("other"));
        assertFalse(
                kept.text().equals(KeptPassword.make(scheme, "s\u00E9cret 1").text()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{BLF-CRYPT}",
                "{BLF-CRYPT}$2y$05$short",
                "{BLF-CRYPT}$2y$99$udmrbS1NtrrPXIGaE66Nze9zZKFGV/L4pNYixHHUUgq9L8830Teli",
                "{ARGON2ID}$argon2id$v=19$m=0,t=3,p=1$DELdOO$hs",
                "{ARGON2ID}$argon2d$v=19$m=65536,t=3,p=1$DELdOO$hs",
                "{ARGON2ID}nothing"
            })
    void what_is_not_of_the_scheme_is_of_no_password(String entry) {
        assertFalse(KeptPassword.of(entry).matches("s\u00E9cret 1"));
    }

    @Test
    void a_long_password_is_one_to_bcrypt_up_to_72_octets() {
        String longest = "x".repeat(72);
        KeptPassword kept = KeptPassword.make("BLF-CRYPT", longest + "more");
        assertTrue(kept.matches(longest));
        assertFalse(kept.matches(longest.substring(1)));
    }
}
