package io.github.pop3kit.testkit.conformance;

import java.util.Locale;

/** A report as JSON. */
final class Json {

    private final StringBuilder json = new StringBuilder();

    private Json() {}

    static String of(Report report) {
        Json json = new Json();
        json.object(report);
        return json.json.append('\n').toString();
    }

    private void object(Report report) {
        json.append("{\n");
        field("  ", "target", report.target());
        field("  ", "greeting", report.greeting());
        field("  ", "began", report.began().toString());
        json.append("  \"milliseconds\": ").append(report.took().toMillis()).append(",\n");
        json.append("  \"complete\": ").append(report.complete()).append(",\n");
        for (Outcome outcome : Outcome.values()) {
            json.append("  \"")
                    .append(word(outcome))
                    .append("\": ")
                    .append(report.count(outcome))
                    .append(",\n");
        }
        json.append("  \"notes\": [");
        for (int i = 0; i < report.notes().size(); i++) {
            json.append(i > 0 ? ", " : "");
            string(report.notes().get(i));
        }
        json.append("],\n  \"results\": [");
        for (int i = 0; i < report.results().size(); i++) {
            json.append(i > 0 ? ",\n" : "\n");
            object(report.results().get(i));
        }
        json.append("\n  ]\n}");
    }

    private void object(Result result) {
        json.append("    {\n");
        field("      ", "id", result.id());
        field("      ", "room", result.room());
        field("      ", "title", result.title());
        field("      ", "clause", result.clause());
        field("      ", "level", result.level().name());
        field("      ", "outcome", word(result.outcome()));
        field("      ", "reason", result.reason());
        field("      ", "why", result.why());
        field("      ", "transcript", result.transcript());
        json.append("      \"milliseconds\": ").append(result.took().toMillis()).append("\n    }");
    }

    private static String word(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private void field(String indent, String name, String value) {
        json.append(indent).append('"').append(name).append("\": ");
        string(value);
        json.append(",\n");
    }

    private void string(String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                default -> {
                    if (c >= ' ' && c < 0x7F) {
                        json.append(c);
                    } else {
                        json.append(String.format("\\u%04x", (int) c));
                    }
                }
            }
        }
        json.append('"');
    }
}
