package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pop3kit.store.MessageContent;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageScanTest {

    @ParameterizedTest(name = "[{index}]")
    @CsvSource({
        "'', true",
        "'Hello\r\n', true",
        "'Hello\n', false",
        "'Hello', false",
        "'Hello\r', false",
        "'Hello\r\nWorld', false",
        "'Hello\n\r', false",
        "'.\r\n', false",
        "'Hello\r\n.\r\n', false",
        "'Hello\r\n.', false",
        "'H.e\r\n .\r\n\r.\r\n', true",
        "'Hel\rlo\r\r\n', true"
    })
    void verbatim_is_what_crlf_ends_and_no_dot_begins(String message, boolean verbatim) {
        assertEquals(verbatim, whole(message).verbatim());
    }

    @Test
    void any_message_in_any_pieces_has_the_octets_that_a_plain_count_gives() throws Exception {
        Random random = new Random(1939);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder message = new StringBuilder();
            int length = random.nextInt(60);
            while (message.length() < length) message.append("\r\n.ab\0\u008A\u0080".charAt(random.nextInt(8)));
            MessageScan whole = whole(message.toString());
            assertEquals(MessageContent.of(octets(message.toString())).octets(), whole.octets());
            assertEquals(message.length(), whole.size());

            MessageScan pieces = new MessageScan();
            ByteBuffer left = ByteBuffer.wrap(octets(message.toString()));
            while (left.hasRemaining()) {
                int end = Math.min(left.capacity(), left.position() + random.nextInt(12));
                pieces.add(left.limit(end));
                left.position(end).limit(left.capacity());
            }
            assertEquals(whole.octets(), pieces.octets());
            assertEquals(whole.verbatim(), pieces.verbatim());
        }
    }

    private static MessageScan whole(String message) {
        MessageScan scan = new MessageScan();
        scan.add(ByteBuffer.wrap(octets(message)));
        return scan;
    }

    private static byte[] octets(String message) {
        return message.getBytes(ISO_8859_1);
    }
}
