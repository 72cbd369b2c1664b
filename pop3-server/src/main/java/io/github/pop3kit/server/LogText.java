package io.github.pop3kit.server;

/** What a stranger typed, made fit for a line of a log. */
final class LogText {

    private static final int LONGEST = 256;

    private LogText() {}

    /**
     * Escapes controls, line and paragraph separators, formatting characters, and the angle brackets between which log readers such
     * as fail2ban look for a name; cuts what is too long.
     */
    static String of(String typed) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < typed.length(); i++) {
            char c = typed.charAt(i);
            boolean harmless = c != '<'
                    && c != '>'
                    && c != '\\'
                    && switch (Character.getType(c)) {
                        case Character.CONTROL,
                                Character.FORMAT,
                                Character.LINE_SEPARATOR,
                                Character.PARAGRAPH_SEPARATOR,
                                Character.SURROGATE,
                                Character.UNASSIGNED,
                                Character.PRIVATE_USE -> false;
                        default -> true;
                    };
            String shown = harmless ? String.valueOf(c) : String.format("\\u%04X", (int) c);
            if (text.length() + shown.length() > LONGEST) break;
            text.append(shown);
        }
        return text.toString();
    }
}
