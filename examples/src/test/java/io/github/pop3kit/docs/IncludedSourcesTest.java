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
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Programs in the documentation are those of the sources: a block behind {@code <!-- source: FILE -->} is the file,
 * behind {@code <!-- source: FILE#REGION -->} what stands between {@code // doc: REGION} and {@code // doc: end} in it. With
 * {@code -Ddocs.update=true} the blocks are written anew.
 */
class IncludedSourcesTest {

    private static final Pattern INCLUDED =
            Pattern.compile("<!-- source: ([^#\\s]+)(?:#(\\S+))? -->\n+```(\\w*)\n(.*?)```\n", Pattern.DOTALL);

    private static final Pattern JAVA = Pattern.compile("^```java$", Pattern.MULTILINE);

    @Test
    void every_block_is_what_its_source_says() throws IOException {
        for (Path page : Pages.all()) {
            String text = Sources.text(page);
            StringBuilder expected = new StringBuilder();
            Matcher included = INCLUDED.matcher(text);
            while (included.find()) {
                String source = source(Sources.ROOT.resolve(included.group(1)), included.group(2));
                String head = text.substring(included.start(), included.start(4));
                included.appendReplacement(expected, Matcher.quoteReplacement(head + source + "```\n"));
            }
            included.appendTail(expected);
            if (Boolean.getBoolean("docs.update")) Files.writeString(page, expected);
            else assertEquals(expected.toString(), text, page + ": -Ddocs.update=true writes it anew");
        }
    }

    @Test
    void no_program_is_written_by_hand() {
        for (Path page : Pages.all()) {
            String text = Sources.text(page);
            long programs = JAVA.matcher(text).results().count();
            long included = INCLUDED.matcher(text)
                    .results()
                    .filter(block -> block.group(3).equals("java"))
                    .count();
            if (!Pages.BY_HAND.contains(page.getFileName().toString())) assertEquals(programs, included, "" + page);
        }
    }

    private static String source(Path file, String region) {
        String text = Sources.text(file);
        if (region == null) return text;
        List<String> lines = new ArrayList<>();
        boolean inside = false;
        for (String line : text.lines().toList()) {
            if (line.strip().equals("// doc: end")) inside = false;
            if (inside) lines.add(line);
            if (line.strip().equals("// doc: " + region)) inside = true;
        }
        assertTrue(!lines.isEmpty(), file + " has no region " + region);
        int indent = lines.stream()
                .filter(line -> !line.isBlank())
                .mapToInt(line -> line.length() - line.stripLeading().length())
                .min()
                .orElse(0);
        String shown = lines.stream()
                .map(line -> line.isBlank() ? "" : line.substring(indent))
                .collect(Collectors.joining("\n", "", "\n"));
        return closed(shown);
    }

    /** A region may end before the class does, whose other members are no matter of the page. */
    private static String closed(String shown) {
        long open = shown.chars().filter(c -> c == '{').count()
                - shown.chars().filter(c -> c == '}').count();
        return shown + "}\n".repeat((int) Math.max(0, open));
    }
}
