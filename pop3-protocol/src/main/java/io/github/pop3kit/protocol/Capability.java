package io.github.pop3kit.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One line of CAPA (RFC 2449 section 5).
 *
 * @param name in upper case
 * @param arguments as they came, in order
 */
public record Capability(String name, List<String> arguments) {

    public Capability {
        name = name.toUpperCase(Locale.ROOT);
        arguments = List.copyOf(arguments);
    }

    /** A capability by its name and arguments. */
    public static Capability of(String name, String... arguments) {
        return new Capability(name, List.of(arguments));
    }

    /** Reads a line of CAPA; several blanks count as one. */
    public static Capability parse(String line) {
        List<String> words =
                Arrays.stream(line.split(" ")).filter(word -> !word.isEmpty()).collect(Collectors.toList());
        return words.isEmpty() ? of("") : new Capability(words.get(0), words.subList(1, words.size()));
    }

    /** The line of CAPA. */
    @Override
    public String toString() {
        return arguments.isEmpty() ? name : name + " " + String.join(" ", arguments);
    }
}
