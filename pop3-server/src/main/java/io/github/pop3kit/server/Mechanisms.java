package io.github.pop3kit.server;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * By which ways clients may log in here, as far as the configuration goes. Immutable.
 *
 * @param enabled names of SASL mechanisms, {@code USER} for USER and PASS, and {@code APOP}
 */
record Mechanisms(Set<String> enabled) {

    /** All there are, in the order in which they are offered: the best first. */
    static final List<String> ALL = List.of(
            "EXTERNAL",
            "SCRAM-SHA-512-PLUS",
            "SCRAM-SHA-256-PLUS",
            "SCRAM-SHA-1-PLUS",
            "SCRAM-SHA-512",
            "SCRAM-SHA-256",
            "SCRAM-SHA-1",
            "OAUTHBEARER",
            "XOAUTH2",
            "CRAM-MD5",
            "PLAIN",
            "LOGIN",
            "USER",
            "APOP");

    /** They need a server that knows the password, and show what it can be guessed from. */
    private static final Set<String> NOT_BY_THEMSELVES = Set.of("CRAM-MD5", "APOP");

    /** They show a secret to whoever listens. */
    private static final Set<String> ONLY_IN_PRIVATE = Set.of("PLAIN", "LOGIN", "USER", "OAUTHBEARER", "XOAUTH2");

    Mechanisms {
        enabled = Set.copyOf(enabled);
    }

    static Mechanisms usual() {
        Set<String> usual = new HashSet<>(ALL);
        usual.removeAll(NOT_BY_THEMSELVES);
        return new Mechanisms(usual);
    }

    /**
     * Understands a list: names alone are all there shall be; with {@code +} or {@code -} in front of each they change these.
     *
     * @throws IllegalArgumentException with a sentence for the operator
     */
    Mechanisms changed(Collection<String> list) {
        long signed = list.stream().filter(name -> name.matches("[+-].*")).count();
        if (signed > 0 && signed < list.size()) {
            throw new IllegalArgumentException("Either all mechanisms have a + or - in front, or none has");
        }
        Set<String> changed = new HashSet<>(signed > 0 ? enabled : Set.of());
        for (String entry : list) {
            String name = (signed > 0 ? entry.substring(1) : entry).toUpperCase(Locale.ROOT);
            if (!ALL.contains(name)) {
                throw new IllegalArgumentException(
                        "There is no mechanism \"" + entry + "\"; there are " + String.join(", ", ALL));
            }
            if (entry.startsWith("-")) {
                changed.remove(name);
            } else {
                changed.add(name);
            }
        }
        if (changed.isEmpty()) throw new IllegalArgumentException("Without any mechanism nobody could log in");
        return new Mechanisms(changed);
    }

    /**
     * What a connection can have.
     *
     * @param judged what the authenticator can judge
     * @param isPrivate whether a secret may be sent over it
     * @param binds whether there is something to bind to
     * @param certified whether the client has shown a certificate
     */
    List<String> offered(Set<String> judged, boolean isPrivate, boolean binds, boolean certified) {
        List<String> offered = new ArrayList<>(ALL.size());
        for (String name : ALL) { // A loop, not a stream, for each session asks three times.
            boolean can = enabled.contains(name)
                    && (isPrivate || !ONLY_IN_PRIVATE.contains(name))
                    && (binds || !name.endsWith("-PLUS"))
                    && (certified || !name.equals("EXTERNAL"))
                    && judged.contains(needed(name));
            if (can) offered.add(name);
        }
        return offered;
    }

    /** As the authenticator calls it. */
    private static String needed(String name) {
        return switch (name) {
            case "LOGIN", "USER" -> "PLAIN";
            default -> name.endsWith("-PLUS") ? name.substring(0, name.length() - "-PLUS".length()) : name;
        };
    }

    /** Those of them that AUTH knows. */
    static List<String> sasl(List<String> offered) {
        return offered.stream()
                .filter(name -> !name.equals("USER") && !name.equals("APOP"))
                .toList();
    }
}
