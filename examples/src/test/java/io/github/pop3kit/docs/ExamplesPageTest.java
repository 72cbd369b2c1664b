package io.github.pop3kit.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/examples.md promises of the examples. */
class ExamplesPageTest {

    private static final String PACKAGE = "io/github/pop3kit/examples";

    private static List<Path> files(String folder) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(folder, PACKAGE))) {
            return files.filter(file -> !file.endsWith("package-info.java")).toList();
        }
    }

    @Test
    void each_has_60_lines_at_most_a_test_and_its_place_on_the_page() throws IOException {
        String page = Sources.text(Sources.ROOT.resolve("docs/examples.md"));
        String tests = files("src/test/java").stream().map(Sources::text).collect(Collectors.joining());
        for (Path example : files("src/main/java")) {
            String name = example.getFileName().toString().replace(".java", "");
            String source = Sources.text(example);
            assertTrue(source.lines().count() <= 60, name + " has at most 60 lines");
            assertTrue(
                    source.contains("public static void main(String[] args)") || name.equals("FolderStore"),
                    name + " can be run");
            assertTrue(tests.contains(name + "."), name + " has a test");
            assertTrue(
                    page.contains("<!-- source: examples/" + example.toString().replace('\\', '/')), name);
        }
    }

    @Test
    void the_client_of_the_readme_has_six_lines_and_its_test_four() {
        assertEquals(6, linesOfReadme("client"));
        assertEquals(4, linesOfReadme("test"));
    }

    private static long linesOfReadme(String region) {
        String readme = Sources.text(Sources.ROOT.resolve("README.md"));
        String begin = "ReadmeTest.java#" + region + " -->\n```java\n";
        int from = readme.indexOf(begin) + begin.length();
        return readme.substring(from, readme.indexOf("```", from)).lines().count();
    }
}
