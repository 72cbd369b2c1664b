package io.github.pop3kit.protocol;

import java.util.Optional;

/** The form that scan listings and drop listings share: two numbers, and whatever a server thinks fit behind them. */
record Listing(int number, long octets) {

    static Optional<Listing> parse(String line) {
        String[] words = line.split(" ", 3);
        if (words.length < 2) return Optional.empty();
        long number = Text.number(words[0], 9);
        long octets = Text.number(words[1], 18);
        return number < 0 || octets < 0 ? Optional.empty() : Optional.of(new Listing((int) number, octets));
    }
}
