package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.Capability;
import io.github.pop3kit.protocol.Command;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a server says of itself, how one may log in, and which of its commands it does not know. Nothing is made up: a capability that
 * is claimed is in CAPA's list, and no more. Immutable; a session keeps the one with which it began.
 *
 * @param greeting the whole greeting, {@code +OK} included; the server's own where absent
 * @param hidden capabilities that are not in CAPA's list
 * @param claimed capabilities that are, in the place of the server's own of the same name or behind them
 * @param mechanisms the SASL mechanisms that are offered, in this order, and APOP
 * @param unknown commands that the server does not know
 */
record Personality(
        Optional<String> greeting,
        Set<String> hidden,
        List<Capability> claimed,
        List<String> mechanisms,
        Set<String> unknown) {

    /** Those that the session serves where the connection allows them; all others are only listed. */
    private static final Set<String> SERVED = Set.of(
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
            "APOP");

    private static final Pattern TIMESTAMP = Pattern.compile("<[^<>]+>");

    private static final Map<String, Set<String>> COMMANDS = Map.of(
            "USER", Set.of("USER", "PASS"),
            "SASL", Set.of("AUTH"),
            "TOP", Set.of("TOP"),
            "UIDL", Set.of("UIDL"),
            "STLS", Set.of("STLS"),
            "UTF8", Set.of("UTF8"),
            "LANG", Set.of("LANG"));

    /** The server as it is. */
    static final Personality PLAIN =
            new Personality(Optional.empty(), Set.of(), List.of(), List.of("PLAIN", "LOGIN"), Set.of());

    Personality {
        hidden = Set.copyOf(hidden);
        claimed = List.copyOf(claimed);
        mechanisms = List.copyOf(mechanisms);
        unknown = Set.copyOf(unknown);
    }

    /** The same with this greeting, {@code +OK} included. */
    Personality withGreeting(String line) {
        if (line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a greeting is one line");
        }
        return new Personality(Optional.of(line), hidden, claimed, mechanisms, unknown);
    }

    /** The same without this capability and without the commands that belong to it. */
    Personality withoutCapability(String name) {
        return hiding(name).withoutCommands(COMMANDS.getOrDefault(name.toUpperCase(Locale.ROOT), Set.of()));
    }

    /** The same, serving this capability without a word of it in CAPA's list. */
    Personality hiding(String name) {
        Set<String> more = with(hidden, Set.of(name.toUpperCase(Locale.ROOT)));
        return new Personality(greeting, more, claimed, mechanisms, unknown);
    }

    /** The same with this line in CAPA's list. */
    Personality claiming(String line) {
        Capability capability = Capability.parse(line);
        List<Capability> more = new ArrayList<>(claimed);
        more.removeIf(other -> other.name().equals(capability.name()));
        more.add(capability);
        return new Personality(greeting, hidden, more, mechanisms, unknown);
    }

    /** The same, with these SASL mechanisms alone, of which {@code APOP} is the command. */
    Personality withMechanisms(String... some) {
        for (String name : some) {
            // RFC 4422 section 3.1.
            if (!name.matches("[A-Za-z0-9_-]{1,20}"))
                throw new IllegalArgumentException("no mechanism's name: " + name);
        }
        List<String> upper =
                Stream.of(some).map(name -> name.toUpperCase(Locale.ROOT)).toList();
        return new Personality(greeting, hidden, claimed, upper, unknown);
    }

    /** The same without a command, be it CAPA. */
    Personality withoutCommand(String keyword) {
        return withoutCommands(Set.of(keyword.toUpperCase(Locale.ROOT)));
    }

    private Personality withoutCommands(Set<String> keywords) {
        return new Personality(greeting, hidden, claimed, mechanisms, with(unknown, keywords));
    }

    private static Set<String> with(Set<String> some, Set<String> more) {
        Set<String> all = new LinkedHashSet<>(some);
        all.addAll(more);
        return all;
    }

    // ---- for the one who plays it

    /** The reply to a command that the server does not serve; empty if the command is the session's to answer. */
    Optional<String> refusal(String keyword, String line) {
        if (unknown.contains(keyword)) return Optional.of("-ERR unknown command\r\n");
        boolean onlyListed = Command.parse(line) instanceof Command.Auth auth
                && mechanisms.contains(auth.mechanism())
                && !SERVED.contains(auth.mechanism());
        return onlyListed ? Optional.of("-ERR no such SASL mechanism here\r\n") : Optional.empty();
    }

    /** What is offered of the ways to log in that the session has on its connection. */
    List<String> mechanisms(List<String> has) {
        Stream<String> user = has.stream().filter("USER"::equals);
        return Stream.concat(user, mechanisms.stream().filter(name -> has.contains(name) || !SERVED.contains(name)))
                .toList();
    }

    /** The timestamp of the greeting, if that has one of its own. */
    Optional<String> timestamp() {
        return greeting.map(TIMESTAMP::matcher).filter(Matcher::find).map(Matcher::group);
    }

    /** Whether {@link #rewritten} may have something to change in the reply to this command; "" stands for the greeting. */
    boolean rewrites(String line) {
        return switch (line) {
            case "" -> greeting.isPresent();
            case "CAPA" -> !hidden.isEmpty() || !claimed.isEmpty();
            default -> false;
        };
    }

    /** The session's reply to a command as this server gives it. */
    String rewritten(String line, String reply) {
        if (!rewrites(line)) return reply;
        if (line.isEmpty()) return greeting.orElseThrow() + "\r\n";
        if (!reply.startsWith("+OK") || !reply.endsWith("\r\n.\r\n")) return reply;
        List<String> lines = reply.lines().toList();
        List<String> listing = lines.subList(1, lines.size() - 1);
        return Stream.of(Stream.of(lines.get(0)), capabilities(listing), Stream.of("."))
                .flatMap(part -> part)
                .map(some -> some + "\r\n")
                .collect(Collectors.joining());
    }

    private Stream<String> capabilities(List<String> lines) {
        Stream<Capability> own = lines.stream()
                .map(Capability::parse)
                .filter(capability -> !hidden.contains(capability.name()))
                .filter(capability ->
                        claimed.stream().noneMatch(other -> other.name().equals(capability.name())));
        return Stream.concat(own, claimed.stream()).map(Capability::toString);
    }
}
