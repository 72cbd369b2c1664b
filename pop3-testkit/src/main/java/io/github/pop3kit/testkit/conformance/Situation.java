package io.github.pop3kit.testkit.conformance;

import io.github.pop3kit.protocol.Capabilities;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What was found out about the server and the maildrop before the checks, and which messages of ours are there. For one thread. */
final class Situation {

    private static final Pattern TIMESTAMP = Pattern.compile("<[^<>\\s]+@[^<>\\s]+>");

    private final Target target;
    private final Optional<Postman> postman;

    /** By which channel the account is used. */
    Channel channel = Channel.PLAIN;

    boolean loggedIn;
    boolean byPass = true;
    Optional<Capabilities> onPlainPort = Optional.empty();
    Optional<Capabilities> beforeLogin = Optional.empty();
    Optional<Capabilities> afterLogin = Optional.empty();
    String greeting = "";
    boolean topWorks;
    boolean uidlWorks;

    /** How many messages were there before ours, and their unique-ids, as far as there are any. */
    int strangers;

    Set<String> strangersIds = Set.of();

    /** The numbers of our messages in a session that begins now, by their names; those of spare ones are a guess. */
    final Map<String, Integer> numbers = new HashMap<>();

    /** Names of messages that a check may delete. */
    final ArrayDeque<String> spares = new ArrayDeque<>();

    /** All that is or was ours, in the order of the delivery. */
    final List<String> delivered = new ArrayList<>();

    final Samples samples = new Samples();

    /** Messages in the maildrop when the checks began. */
    int count;

    Situation(Target target, Optional<Postman> postman) {
        this.target = target;
        this.postman = postman;
    }

    Optional<Postman> postman() {
        return postman;
    }

    boolean hasAccount() {
        return loggedIn;
    }

    boolean hasMessages() {
        return loggedIn && count > 0;
    }

    boolean hasSamples() {
        return !numbers.isEmpty();
    }

    boolean isAlone() {
        return hasSamples() && strangers == 0;
    }

    boolean hasPlainPort() {
        return target.plainPort().isPresent();
    }

    boolean hasTlsPort() {
        return target.tlsPort().isPresent();
    }

    boolean hasCapa() {
        return beforeLogin.isPresent();
    }

    boolean offersStls() {
        return onPlainPort.isPresent() && onPlainPort.get().has("STLS");
    }

    boolean logsInByPass() {
        return loggedIn && byPass;
    }

    boolean servesTop() {
        return topWorks || offers("TOP");
    }

    boolean servesUidl() {
        return uidlWorks || offers("UIDL");
    }

    /** Whether a connection by the channel that is used has this capability. */
    boolean offers(String capability) {
        return beforeLogin.filter(all -> all.has(capability)).isPresent()
                || afterLogin.filter(all -> all.has(capability)).isPresent();
    }

    boolean offersMechanism(String mechanism) {
        return mechanisms().contains(mechanism);
    }

    /** Those that CAPA names before login. */
    List<String> mechanisms() {
        return beforeLogin
                .flatMap(all -> all.find("SASL"))
                .map(sasl -> sasl.arguments())
                .orElse(List.of());
    }

    /** APOP's, of one greeting. */
    Optional<String> timestamp() {
        return timestamp(greeting);
    }

    static Optional<String> timestamp(String greeting) {
        Matcher matcher = TIMESTAMP.matcher(greeting);
        return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
    }
}
