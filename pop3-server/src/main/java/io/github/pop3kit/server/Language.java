package io.github.pop3kit.server;

import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.wire.Wire;
import java.io.IOException;
import java.util.Locale;

/** LANG (RFC 6856 section 3): replies are in English, whatever it is called. */
final class Language {

    private Language() {}

    /** Answers in a state, which stays what it is. */
    static SessionState answer(Command.Lang command, Wire wire, SessionState state) throws IOException {
        String wanted = command.language().orElse("").toLowerCase(Locale.ROOT);
        switch (wanted) {
            case "" -> {
                wire.ok("language listing follows");
                wire.listing("en English");
                wire.listing("i-default English");
                wire.endListing();
            }
            case "*", "en" -> wire.ok("en replies are in English");
            case "i-default" -> wire.ok("i-default replies are in English");
            default -> wire.err("no such language here");
        }
        return state;
    }
}
