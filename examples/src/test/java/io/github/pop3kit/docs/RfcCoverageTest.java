package io.github.pop3kit.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What docs/rfc-coverage.md says is there is there. */
class RfcCoverageTest {

    private static final Path PAGE = Sources.ROOT.resolve("docs/rfc-coverage.md");

    private static final Pattern NAME = Pattern.compile("`([A-Z]\\w*(?:\\.\\w+)*)`");
    private static final Pattern PROOF = Pattern.compile("`(proofs/\\w+)`");
    private static final Pattern EXCUSE = Pattern.compile("\\b(open|deviates|not ours): \\w");

    private static Sources sources;
    private static Map<String, List<Row>> tables;

    /** A line of a table of five columns. */
    private record Row(String line, String asked, String code, String shownBy) {

        boolean isTested() {
            return PROOF.matcher(shownBy).find() || names(shownBy).stream().anyMatch(Row::isTest);
        }

        boolean says(String excuse) {
            Matcher excuses = EXCUSE.matcher(shownBy);
            while (excuses.find()) {
                if (excuses.group(1).equals(excuse)) return true;
            }
            return false;
        }

        static List<String> names(String cell) {
            List<String> names = new ArrayList<>();
            Matcher matcher = NAME.matcher(cell);
            while (matcher.find()) names.add(matcher.group(1));
            return names;
        }

        static boolean isTest(String name) {
            String type = name.split("\\.", -1)[0];
            return type.endsWith("Test") || type.endsWith("Contract");
        }
    }

    @BeforeAll
    static void read() throws IOException {
        sources = Sources.read();
        tables = new LinkedHashMap<>();
        String heading = "";
        for (String line : Sources.text(PAGE).lines().toList()) {
            if (line.startsWith("#")) heading = line.replaceFirst("^#+ ", "");
            if (!line.startsWith("| ") || line.startsWith("| ---") || line.contains("| shown by |")) continue;
            String[] cells = line.substring(2, line.length() - 1).split(" \\| |\\| ", -1);
            if (cells.length != 5) continue;
            tables.computeIfAbsent(heading, any -> new ArrayList<>()).add(new Row(line, cells[2], cells[3], cells[4]));
        }
    }

    private static List<Row> rows() {
        return tables.values().stream().flatMap(List::stream).toList();
    }

    @Test
    void every_row_has_five_columns() {
        String withoutCounts = Sources.text(PAGE).replaceFirst("(?s)<!-- counts -->.*<!-- /counts -->", "");
        long lines = withoutCounts
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| ---") && !line.contains("| shown by |"))
                .count();
        assertEquals(rows().size(), lines);
        assertTrue(rows().size() > 200);
    }

    @Test
    void every_row_has_a_test_or_says_why_not() {
        assertEquals(
                List.of(),
                rows().stream()
                        .filter(row ->
                                !row.isTested() && !EXCUSE.matcher(row.shownBy).find())
                        .map(Row::line)
                        .toList());
    }

    @Test
    void every_class_and_member_exists() {
        List<String> missing = new ArrayList<>();
        for (Row row : rows()) {
            Row.names(row.code).stream().filter(name -> !sources.has(name)).forEach(missing::add);
            Row.names(row.shownBy).stream()
                    .filter(name -> !Row.isTest(name) && name.contains(".") && !sources.has(name))
                    .forEach(missing::add);
            if (row.code.isBlank() && !row.says("not ours") && !row.says("open")) missing.add(row.line);
        }
        assertEquals(List.of(), missing);
    }

    @Test
    void every_test_exists_and_is_one() {
        assertEquals(
                List.of(),
                rows().stream()
                        .flatMap(row -> Row.names(row.shownBy).stream())
                        .filter(Row::isTest)
                        .filter(name -> !sources.hasTest(name))
                        .distinct()
                        .toList());
    }

    @Test
    void every_proof_exists() {
        for (Row row : rows()) {
            Matcher proofs = PROOF.matcher(row.shownBy);
            while (proofs.find()) assertTrue(Files.isExecutable(Sources.ROOT.resolve(proofs.group(1))), row.line);
        }
    }

    @Test
    void what_is_not_there_is_noticed() {
        assertFalse(sources.has("NoSuchClass"));
        assertFalse(sources.has("Command.noSuchMember"));
        assertFalse(sources.hasTest("RfcCoverageTest.no_such_test"));
        assertFalse(sources.hasTest("RfcCoverageTest.read"), "a method that is no test");
        assertTrue(sources.hasTest("RfcCoverageTest.every_proof_exists"));
    }

    @Test
    void the_counts_are_those_of_the_tables() throws IOException {
        StringBuilder counts = new StringBuilder("""
                | | sentences | with a test | open | deviate | not ours |
                | --- | --- | --- | --- | --- | --- |
                """);
        tables.forEach((heading, rows) -> counts.append("| ")
                .append(heading.replaceFirst(",.*", ""))
                .append(" | ")
                .append(rows.size())
                .append(" | ")
                .append(rows.stream().filter(Row::isTested).count())
                .append(" | ")
                .append(rows.stream().filter(row -> row.says("open")).count())
                .append(" | ")
                .append(rows.stream().filter(row -> row.says("deviates")).count())
                .append(" | ")
                .append(rows.stream().filter(row -> row.says("not ours")).count())
                .append(" |\n"));
        Generated.is(PAGE, "counts", counts.toString());
    }
}
