package io.github.pop3kit.store.jdbc;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What can be chosen. */
record JdbcOptions(Duration lease, boolean compress, boolean migrate) {

    private static final Set<String> NAMES = new TreeSet<>(Set.of("compress", "lease", "schema"));

    /** Options of the pool of a location. */
    private static final Set<String> OF_POOL = Set.of("user", "password-file", "pool");

    /** Of options some of which are about the pool. */
    static JdbcOptions ofLocation(Map<String, String> options) {
        Map<String, String> rest = new HashMap<>(options);
        rest.keySet().removeAll(OF_POOL);
        return of(rest);
    }

    static JdbcOptions of(Map<String, String> options) {
        for (String name : options.keySet()) {
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException("A jdbc: store has no option \"" + name + "\"; it has " + NAMES
                        + ", and a location also user, password-file and pool");
            }
        }
        return new JdbcOptions(
                Duration.ofSeconds(number("lease", options.getOrDefault("lease", "60"), 5, 90)),
                choice("compress", options.getOrDefault("compress", "none"), "deflate", "none"),
                choice("schema", options.getOrDefault("schema", "migrate"), "migrate", "check"));
    }

    static int number(String name, String value, int least, int most) {
        if (value.matches("[0-9]{1,6}")) {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) return number;
        }
        throw new IllegalArgumentException("The option " + name + " is a number from " + least + " to " + most);
    }

    private static boolean choice(String name, String value, String yes, String no) {
        if (value.equals(yes)) return true;
        if (value.equals(no)) return false;
        throw new IllegalArgumentException("The option " + name + " is " + yes + " or " + no);
    }
}
