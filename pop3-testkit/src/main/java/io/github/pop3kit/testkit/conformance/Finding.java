package io.github.pop3kit.testkit.conformance;

import io.github.pop3kit.protocol.transcript.Transcript;

/** What a server did against the rule that is being checked; ends the check. */
final class Finding extends Exception {

    private static final long serialVersionUID = 1L;

    private static final int LONGEST = 300;

    Finding(String what) {
        super(what);
    }

    /** Finds this unless the condition holds. */
    static void expect(boolean holds, String otherwise) throws Finding {
        if (!holds) throw new Finding(otherwise);
    }

    /** What the server said, fit to be shown. */
    static String quoted(String octets) {
        String shown = octets.length() <= LONGEST ? octets : octets.substring(0, LONGEST) + "...";
        return "\"" + Transcript.escape(shown) + "\"";
    }
}
