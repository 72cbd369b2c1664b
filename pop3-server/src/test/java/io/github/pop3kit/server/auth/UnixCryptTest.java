package io.github.pop3kit.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.apache.commons.codec.digest.Crypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnixCryptTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 6})
    void it_makes_what_another_library_makes(int kind) {
        Random random = new Random(kind);
        for (int length = 0; length < 70; length++) {
            StringBuilder password = new StringBuilder();
            random.ints(length, 1, 0x17F).forEach(c -> password.append((char) c));
            String setting = UnixCrypt.setting(kind);
            if (kind != 1 && length % 3 == 0) setting = setting.replaceFirst("\\d\\$", kind + "\\$rounds=1234\\$");
            byte[] octets = password.toString().getBytes(StandardCharsets.UTF_8);
            assertEquals(Crypt.crypt(octets, setting), UnixCrypt.crypt(password.toString(), setting), setting);
        }
    }

    @Test
    void what_is_of_another_kind_is_refused() {
        for (String setting : new String[] {"", "ab", "$2y$05$abcdefghijklmnopqrstuv", "$5", "$6x$salt", "$7$salt$"}) {
            assertThrows(IllegalArgumentException.class, () -> UnixCrypt.crypt("secret", setting), setting);
        }
    }
}
