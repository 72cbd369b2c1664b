package io.github.pop3kit.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.server.ServerLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LimitsPageTest {

    @Test
    void the_page_for_operators_has_every_limit_as_it_is() throws IOException {
        String table = ServerLimits.describe().entrySet().stream()
                .map(limit -> "| `" + limit.getKey() + "` | " + limit.getValue().replaceFirst(", ", " | ") + " |\n")
                .collect(Collectors.joining());
        String page = Files.readString(Path.of(System.getProperty("basedir", "."), "../docs/security.md"));
        assertTrue(page.contains("| --- | --- | --- |\n" + table + "\n"), "the table should be\n" + table);
    }
}
