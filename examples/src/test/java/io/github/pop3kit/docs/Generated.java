package io.github.pop3kit.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A part of a page that is made and not written, between two comments. */
final class Generated {

    private Generated() {}

    /** Compares it with what it should be; with {@code -Ddocs.update=true} puts that there. */
    static void is(Path page, String name, String expected) throws IOException {
        String text = Sources.text(page);
        String begin = "<!-- " + name + " -->\n";
        String end = "<!-- /" + name + " -->";
        assertTrue(text.contains(begin) && text.contains(end), page + " has a place for " + name);
        int from = text.indexOf(begin) + begin.length();
        int to = text.indexOf(end, from);
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(page, text.substring(0, from) + "\n" + expected + "\n" + text.substring(to));
        } else {
            assertEquals(
                    "\n" + expected + "\n", text.substring(from, to), name + " in " + page + ": -Ddocs.update=true");
        }
    }
}
