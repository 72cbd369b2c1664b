package io.github.pop3kit.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What users read. */
final class Pages {

    /** Pages of fragments, each with an ellipsis in it: what a whole test or program of it would hide. */
    static final Set<String> BY_HAND =
            Set.of("authentication.md", "jakarta-mail.md", "jdbc.md", "security.md", "testkit.md");

    private Pages() {}

    static List<Path> all() {
        List<Path> pages = new ArrayList<>(List.of(
                Sources.ROOT.resolve("README.md"),
                Sources.ROOT.resolve("CONTRIBUTING.md"),
                Sources.ROOT.resolve("SECURITY.md")));
        try (Stream<Path> docs = Files.list(Sources.ROOT.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pages;
    }
}
