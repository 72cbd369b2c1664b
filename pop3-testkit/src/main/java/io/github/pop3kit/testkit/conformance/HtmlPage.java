package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.JunitXml.escaped;

import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A report as one page that needs nothing else: no script, no font, no picture of anybody. */
final class HtmlPage {

    private static final String STYLE = """
            :root { color-scheme: light dark; }
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
            h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; } h3 { font-size: 1rem; margin: 0; }
            pre { overflow-x: auto; padding: .8rem; background: #8881; border-radius: .4rem; font-size: .85rem; }
            article { border-left: .3rem solid; padding: .2rem 0 .2rem 1rem; margin: 1.5rem 0; }
            article p { margin: .3rem 0; }
            .failed { border-color: #c33; } .warned { border-color: #c90; }
            .mark { display: inline-block; min-width: 4.5em; font-weight: 600; }
            .passed .mark { color: #383; } .failed .mark { color: #c33; } .warned .mark { color: #a70; } .skipped .mark { color: #888; }
            li { list-style: none; } ul { padding: 0; } small, .clause { opacity: .75; } code { font-size: .9em; }
            """;

    private HtmlPage() {}

    static String of(Report report) {
        StringBuilder page = new StringBuilder(
                        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
                .append(
                        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>POP3 conformance of ")
                .append(escaped(report.target()))
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n</head>\n<body>\n<h1>POP3 conformance of ")
                .append(escaped(report.target()))
                .append("</h1>\n<p>It greets with <code>")
                .append(escaped(Finding.quoted(report.greeting())))
                .append("</code>.</p>\n<p><strong>")
                .append(escaped(report.summary()))
                .append("</strong>, ")
                .append(report.began().truncatedTo(ChronoUnit.SECONDS))
                .append("</p>\n");
        for (String note : report.notes())
            page.append("<p>").append(escaped(note)).append("</p>\n");
        findings(page, report.findings());
        all(page, report.results());
        return page.append("</body>\n</html>\n").toString();
    }

    private static void findings(StringBuilder page, List<Result> findings) {
        page.append("<h2>What there is to mend</h2>\n");
        if (findings.isEmpty()) page.append("<p>Nothing was found.</p>\n");
        for (Result result : findings) {
            page.append("<article id=\"")
                    .append(result.id())
                    .append("\" class=\"")
                    .append(word(result.outcome()))
                    .append("\">\n<h3>");
            page.append(escaped(result.title()))
                    .append("</h3>\n<p class=\"clause\">")
                    .append(escaped(result.clause()));
            page.append(", ")
                    .append(result.level())
                    .append(", <code>")
                    .append(result.id())
                    .append("</code></p>\n<p>Found: ");
            page.append(escaped(result.reason()))
                    .append("</p>\n<p>Why it matters: ")
                    .append(escaped(result.why()));
            page.append("</p>\n<pre>").append(escaped(result.transcript())).append("</pre>\n</article>\n");
        }
    }

    private static void all(StringBuilder page, List<Result> results) {
        page.append("<h2>All checks</h2>\n");
        Map<String, List<Result>> rooms =
                results.stream().collect(Collectors.groupingBy(Result::room, LinkedHashMap::new, Collectors.toList()));
        rooms.forEach((room, inIt) -> {
            page.append("<h3>").append(escaped(room)).append("</h3>\n<ul>\n");
            for (Result result : inIt) {
                page.append("<li class=\"").append(word(result.outcome())).append("\"><span class=\"mark\">");
                page.append(word(result.outcome())).append("</span> ");
                String title = escaped(result.title());
                page.append(
                        result.outcome().isFinding() ? "<a href=\"#" + result.id() + "\">" + title + "</a>" : title);
                page.append(" <small>").append(result.level()).append(", ").append(escaped(result.clause()));
                page.append(", <code>").append(result.id()).append("</code>");
                if (result.outcome() == Outcome.SKIPPED) page.append("; ").append(escaped(result.reason()));
                page.append("</small></li>\n");
            }
            page.append("</ul>\n");
        });
    }

    private static String word(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }
}
