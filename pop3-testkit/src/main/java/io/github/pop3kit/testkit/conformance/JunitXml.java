package io.github.pop3kit.testkit.conformance;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A report as JUnit's runners write them. */
final class JunitXml {

    /** The schema of these files has no fractions and no zone. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private JunitXml() {}

    static String of(Report report) {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        long skipped = report.count(Outcome.SKIPPED) + report.count(Outcome.WARNED);
        xml.append(String.format(
                Locale.ROOT,
                "<testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\" time=\"%.3f\" timestamp=\"%s\">%n",
                escaped("POP3 conformance of " + report.target()),
                report.results().size(),
                report.count(Outcome.FAILED),
                skipped,
                report.took().toMillis() / 1000.0,
                TIME.format(report.began())));
        for (Result result : report.results()) append(xml, result);
        return xml.append("</testsuite>\n").toString();
    }

    private static void append(StringBuilder xml, Result result) {
        xml.append(String.format(
                Locale.ROOT,
                "  <testcase classname=\"%s\" name=\"%s\" time=\"%.3f\"",
                escaped(result.room()),
                escaped(result.id() + ": " + result.title()),
                result.took().toMillis() / 1000.0));
        switch (result.outcome()) {
            case PASSED -> xml.append("/>\n");
            case FAILED ->
                xml.append(">\n    <failure message=\"")
                        .append(escaped(result.reason()))
                        .append("\">")
                        .append(escaped(result.clause() + "\n" + result.why() + "\n\n" + result.transcript()))
                        .append("</failure>\n  </testcase>\n");
            case WARNED ->
                xml.append(">\n    <skipped message=\"")
                        .append(escaped("SHOULD: " + result.reason()))
                        .append("\"/>\n    <system-out>")
                        .append(escaped(result.clause() + "\n" + result.why() + "\n\n" + result.transcript()))
                        .append("</system-out>\n  </testcase>\n");
            case SKIPPED ->
                xml.append(">\n    <skipped message=\"")
                        .append(escaped(result.reason()))
                        .append("\"/>\n  </testcase>\n");
        }
    }

    /** For XML and HTML. What a server said may hold anything; no character of it leaves its place. */
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                case '\n', '\t' -> escaped.append(c);
                default -> {
                    boolean allowed = (c >= ' ' && c < 0x7F) || (c > 0x9F && c < 0xD800) || (c > 0xDFFF && c < 0xFFFE);
                    escaped.append(allowed ? c : '\uFFFD');
                }
            }
        }
        return escaped.toString();
    }
}
