package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.transcript.Transcript.Side;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Assertions on what a {@link Pop3TestServer} saw. A failure prints the transcript. */
public final class Pop3Assertions {

    private final Ledger ledger;

    private Pop3Assertions(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * Begins an assertion on all sessions of a server since its start or reset. Lines are written as in a transcript, without
     * {@code C: } or {@code S: }: passwords are {@code ****}, and {@code …} stands for anything.
     */
    public static Pop3Assertions assertThat(Pop3TestServer server) {
        return new Pop3Assertions(server.ledger());
    }

    /** A client has sent this line. */
    public Pop3Assertions received(String line) {
        if (!said(Side.CLIENT, line)) throw ledger.failure("the server has not received: " + line);
        return this;
    }

    /** In one session the client has sent these lines in this order, perhaps with others between them. */
    public Pop3Assertions receivedInOrder(String... lines) {
        List<Pattern> wanted =
                Arrays.stream(lines).map(line -> pattern(Side.CLIENT, line)).toList();
        if (ledger.sessions().stream().noneMatch(session -> inOrder(session.lines(), wanted))) {
            throw ledger.failure("no session has received in this order: " + String.join(", ", lines));
        }
        return this;
    }

    private static boolean inOrder(List<String> lines, List<Pattern> wanted) {
        int found = 0;
        for (String line : lines) {
            if (found < wanted.size() && wanted.get(found).matcher(line).matches()) found++;
        }
        return found == wanted.size();
    }

    /** No client has sent this line. */
    public Pop3Assertions neverReceived(String line) {
        if (said(Side.CLIENT, line)) throw ledger.failure("the server has received: " + line);
        return this;
    }

    /** The server has sent this line; those of messages do not count. */
    public Pop3Assertions sent(String line) {
        if (!said(Side.SERVER, line)) throw ledger.failure("the server has not sent: " + line);
        return this;
    }

    /** The server has never sent this line; those of messages do not count. */
    public Pop3Assertions neverSent(String line) {
        if (said(Side.SERVER, line)) throw ledger.failure("the server has sent: " + line);
        return this;
    }

    private boolean said(Side side, String line) {
        Pattern wanted = pattern(side, line);
        return ledger.sessions().stream()
                .flatMap(session -> session.lines().stream())
                .anyMatch(said -> wanted.matcher(said).matches());
    }

    private static Pattern pattern(Side side, String line) {
        return Pattern.compile((side == Side.CLIENT ? "C: " : "S: ")
                + Arrays.stream(line.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }

    /** The message was sent whole by RETR. */
    public Pop3Assertions retrieved(String uniqueId) {
        if (!ledger.wasRetrieved(uniqueId)) throw ledger.failure("nobody has retrieved the message " + uniqueId);
        return this;
    }

    /** The message was never sent whole by RETR. */
    public Pop3Assertions neverRetrieved(String uniqueId) {
        if (ledger.wasRetrieved(uniqueId)) throw ledger.failure("the message was retrieved: " + uniqueId);
        return this;
    }

    /** A session has removed the message at its QUIT. */
    public Pop3Assertions deleted(String uniqueId) {
        if (!ledger.wasDeleted(uniqueId)) throw ledger.failure("nobody has deleted the message " + uniqueId);
        return this;
    }

    /** No session has removed the message. */
    public Pop3Assertions neverDeleted(String uniqueId) {
        if (ledger.wasDeleted(uniqueId)) throw ledger.failure("the message was deleted: " + uniqueId);
        return this;
    }

    /** There were so many sessions. */
    public Pop3Assertions hadSessions(int count) {
        int had = ledger.sessions().size();
        if (had != count) throw ledger.failure(String.format(Locale.ROOT, "expected %d sessions, had %d", count, had));
        return this;
    }

    /** All sessions are over. A client that has just gone is given a moment. */
    public Pop3Assertions hasNoSession() {
        ledger.awaitSessionEnd(Pop3TestServer.LONGEST_WAIT);
        return this;
    }
}
