package io.github.pop3kit.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The messages by which docs/troubleshooting.md is searched are those that the code says. */
class TroubleshootingTest {

    /** A row begins with the message in backquotes, an ellipsis for what differs. */
    private static final Pattern MESSAGE = Pattern.compile("^\\| `(.+?)` \\|", Pattern.MULTILINE);

    /** What joins two parts of a string constant over the end of a line. */
    private static final Pattern CONCATENATION = Pattern.compile("\"\\s*\\+\\s*\"");

    @Test
    void every_message_is_said_somewhere() throws IOException {
        String constants = constants();
        List<String> unknown = new ArrayList<>();
        int messages = 0;
        Matcher message = MESSAGE.matcher(Sources.text(Sources.ROOT.resolve("docs/troubleshooting.md")));
        while (message.find()) {
            messages++;
            for (String part : message.group(1).split("…", -1)) {
                if (!constants.contains(part.strip())) unknown.add(message.group(1));
            }
        }
        assertEquals(List.of(), unknown);
        assertTrue(messages > 30, messages + " messages");
    }

    private static String constants() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(Sources.ROOT)) {
            for (Path file : files.filter(TroubleshootingTest::saysSomething).toList()) {
                all.append(
                        CONCATENATION.matcher(Sources.text(file)).replaceAll("").replace("\\\"", "\""));
            }
        }
        return all.toString();
    }

    private static boolean saysSomething(Path file) {
        String path = Sources.ROOT.relativize(file).toString().replace('\\', '/');
        return path.equals("pop3") || path.matches("pop3-[a-z-]+/src/main/java/.*\\.java");
    }
}
