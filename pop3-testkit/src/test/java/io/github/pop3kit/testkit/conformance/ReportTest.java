package io.github.pop3kit.testkit.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The forms of a report, whatever a server has said: nothing of it leaves its place. */
class ReportTest {

    /** Markup, the ends of strings and of CDATA, control octets, and what is no UTF-8, one character for each octet. */
    private static final String SAID =
            "</pre><script>alert('1')</script>\"&amp;]]>\\\u0000\u0007\u001B[2J\u007F\u0085\u00A0\u00FF\uD800\uFFFF\u2028";

    private static final Report REPORT = new Report(
            "localhost:110",
            SAID,
            Instant.parse("2026-11-25T10:00:00.5Z"),
            Duration.ofMillis(1234),
            true,
            List.of(
                    result("fine", Outcome.PASSED, ""),
                    result("broken", Outcome.FAILED, SAID),
                    result("odd", Outcome.WARNED, SAID),
                    result("absent", Outcome.SKIPPED, SAID)),
            List.of(SAID));

    private static Result result(String id, Outcome outcome, String reason) {
        return new Result(
                id,
                "States & commands",
                "A <title>",
                "RFC 1939, section 3",
                outcome == Outcome.WARNED ? Level.SHOULD : Level.MUST,
                "Users' \"mail\" is lost.",
                outcome,
                reason,
                "C: NOOP\nS: " + SAID + "\n",
                Duration.ofMillis(7));
    }

    private static Document parsed(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    private static List<Element> elements(Document document, String name) {
        NodeList found = document.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) elements.add((Element) found.item(i));
        return elements;
    }

    @Test
    void junit_xml_is_well_formed_and_counts_as_ci_servers_do() throws Exception {
        Document xml = parsed(REPORT.junitXml());
        Element suite = xml.getDocumentElement();
        assertEquals("testsuite", suite.getTagName());
        assertEquals("POP3 conformance of localhost:110", suite.getAttribute("name"));
        assertEquals(
                List.of("4", "1", "0", "2", "1.234"),
                List.of(
                        suite.getAttribute("tests"),
                        suite.getAttribute("failures"),
                        suite.getAttribute("errors"),
                        suite.getAttribute("skipped"),
                        suite.getAttribute("time")));
        String time = suite.getAttribute("timestamp");
        assertTrue(time.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d"), time);
        assertEquals(
                List.of("fine: A <title>", "broken: A <title>", "odd: A <title>", "absent: A <title>"),
                elements(xml, "testcase").stream()
                        .map(test -> test.getAttribute("name"))
                        .toList());
        Element failure = elements(xml, "failure").get(0);
        assertEquals(shown(SAID), failure.getAttribute("message"));
        assertTrue(failure.getTextContent().contains("S: " + shown(SAID)), failure.getTextContent());
        assertEquals(2, elements(xml, "skipped").size());
    }

    @Test
    void the_page_has_what_was_said_as_text_and_nothing_of_it_as_markup() throws Exception {
        Document page = parsed(REPORT.html());
        assertEquals(List.of(), elements(page, "script"));
        assertEquals(2, elements(page, "article").size());
        Element broken = elements(page, "article").get(0);
        assertEquals("broken", broken.getAttribute("id"));
        String text = broken.getTextContent();
        for (String part : List.of("A <title>", "RFC 1939, section 3", "MUST", "Found: " + shown(SAID), "is lost.")) {
            assertTrue(text.contains(part), text);
        }
        assertEquals(
                "C: NOOP\nS: " + shown(SAID) + "\n",
                elements(page, "pre").get(0).getTextContent());
    }

    @Test
    void the_page_asks_nobody_for_anything() throws Exception {
        String html = REPORT.html();
        for (String loads : List.of("src=", "@import", "url(", "<link", "<iframe", "<img", "http:", "https:")) {
            assertFalse(html.contains(loads), loads);
        }
        for (Element link : elements(parsed(html), "a")) {
            assertTrue(link.getAttribute("href").startsWith("#"), link.getAttribute("href"));
        }
    }

    @Test
    void json_is_printable_ascii_and_every_string_comes_back() {
        String json = REPORT.json();
        assertTrue(json.chars().allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7F)), json);
        String escaped =
                "</pre><script>alert('1')</script>\\\"&amp;]]>\\\\\\u0000\\u0007\\u001b[2J\\u007f\\u0085\\u00a0\\u00ff"
                        + "\\ud800\\uffff\\u2028";
        assertTrue(json.contains("\"reason\": \"" + escaped + "\""), json);
        assertTrue(json.contains("\"transcript\": \"C: NOOP\\nS: " + escaped + "\\n\""), json);
        assertTrue(json.contains("\"passed\": 1,\n  \"failed\": 1,\n  \"warned\": 1,\n  \"skipped\": 1,"), json);
    }

    @Test
    void the_summary_is_the_same_in_every_country() {
        assertEquals("1 passed, 1 failed, 1 warned, 1 skipped in 1.2 s", REPORT.summary());
    }

    /** What XML cannot have is shown as what cannot be shown. */
    private static String shown(String said) {
        return said.replaceAll("[\\x00-\\x08\\x0B-\\x1F\\x7F-\\x9F\\uD800\\uFFFF]", "\uFFFD");
    }
}
