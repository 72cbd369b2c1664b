package io.github.pop3kit.benchmarks.load;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What the command line says, {@code --name value} each. */
final class Options {

    private final Map<String, String> values = new HashMap<>();

    private Options() {}

    static Options parse(String[] args) {
        Options options = new Options();
        for (int i = 1; i < args.length; i += 2) {
            if (!args[i].startsWith("--") || i + 1 == args.length) {
                throw new IllegalArgumentException("--name value is wanted, not " + args[i]);
            }
            options.values.put(args[i].substring(2), args[i + 1]);
        }
        return options;
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    int number(String name, int otherwise) {
        return Integer.parseInt(text(name, Integer.toString(otherwise)));
    }

    String required(String name) {
        return Optional.ofNullable(values.get(name))
                .orElseThrow(() -> new IllegalArgumentException("--" + name + " is missing"));
    }

    Maildrops maildrops() {
        return Maildrops.parse(required("maildrops"));
    }

    Path folder() {
        return Path.of(required("folder"));
    }
}
