package io.github.pop3kit.protocol;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a server says it can do, in the order in which it says it; names that are not known here are kept. */
public record Capabilities(List<Capability> all) {

    public Capabilities {
        all = List.copyOf(all);
    }

    /** Reads the lines of CAPA's answer, without the closing dot. */
    public static Capabilities parse(List<String> lines) {
        return new Capabilities(lines.stream()
                .map(Capability::parse)
                .filter(capability -> !capability.name().isEmpty())
                .toList());
    }

    /** The capability of this name, in either letter case. */
    public Optional<Capability> find(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        return all.stream()
                .filter(capability -> capability.name().equals(upper))
                .findFirst();
    }

    /** Whether the capability is there. */
    public boolean has(String name) {
        return find(name).isPresent();
    }

    /** Whether the capability is there and has this argument, in either letter case: {@code has("SASL", "PLAIN")}. */
    public boolean has(String name, String argument) {
        return find(name).stream()
                .flatMap(capability -> capability.arguments().stream())
                .anyMatch(argument::equalsIgnoreCase);
    }
}
