package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.Reply;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** Writes down what two sides say, as the lines of a transcript. Safe for use by one thread for each side. */
final class Tape {

    /** Longer lines are written down in pieces. */
    private static final int LONGEST = 64 * 1024;

    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream fromClient = new ByteArrayOutputStream();
    private final ByteArrayOutputStream fromServer = new ByteArrayOutputStream();

    /** Commands without a reply so far; first of all what a greeting replies to. */
    private final Deque<String> unanswered = new ArrayDeque<>();

    private boolean inListing;
    private boolean expectsResponse;
    private boolean quit;
    private boolean serverEnded;
    private boolean clientEnded;
    private boolean deaf;

    Tape() {
        unanswered.add("");
    }

    synchronized void client(byte[] octets, int length) {
        for (int i = 0; i < length && !deaf; i++) {
            if (takes(fromClient, octets[i])) client(line(fromClient));
        }
    }

    synchronized void server(byte[] octets, int length) {
        for (int i = 0; i < length && !deaf; i++) {
            if (takes(fromServer, octets[i])) server(line(fromServer));
        }
    }

    /** The client has ended its output, by an ordinary end or by a reset. Which of the two ends first behind QUIT is chance. */
    synchronized void clientEnds(boolean reset) {
        if (clientEnded || serverEnded || quit || deaf) return;
        clientEnded = true;
        if (fromClient.size() > 0) client(line(fromClient));
        text.append(reset ? "C cuts\n" : "C closes\n");
    }

    synchronized void serverEnds() {
        if (serverEnded || deaf) return;
        serverEnded = true;
        if (fromServer.size() > 0) server(line(fromServer));
        text.append("S closes\n");
    }

    synchronized String text() {
        return text.toString();
    }

    private static boolean takes(ByteArrayOutputStream line, byte octet) {
        line.write(octet);
        return octet == '\n' || line.size() == LONGEST;
    }

    private static String line(ByteArrayOutputStream octets) {
        String line = octets.toString(StandardCharsets.ISO_8859_1);
        octets.reset();
        return line;
    }

    private void client(String line) {
        String said = withoutEnd(line);
        if (expectsResponse) {
            expectsResponse = false;
            note("C: ", said.equals("*") ? said : "****", line);
        } else {
            unanswered.add(said);
            quit = Command.parse(said) instanceof Command.Quit;
            note("C: ", Command.redact(said), line);
        }
    }

    private void server(String line) {
        String said = withoutEnd(line);
        if (inListing) {
            inListing = !said.equals(".");
            note("S: ", said, line);
            return;
        }
        String command = unanswered.isEmpty() ? "" : unanswered.remove();
        boolean challenge = Replies.isChallenge(line) && Command.parse(command) instanceof Command.Auth;
        if (challenge) {
            expectsResponse = true;
            unanswered.addFirst(command);
        }
        note("S: ", challenge && said.length() > 2 ? Reply.redact(said) : said, line);
        boolean ok = said.startsWith("+OK");
        inListing = ok && Replies.hasSeveralLines(command);
        if (ok && Command.parse(command) instanceof Command.Stls) {
            deaf = true;
            text.append("# TLS begins; what follows cannot be heard\n");
        }
    }

    private static String withoutEnd(String line) {
        if (line.endsWith("\r\n")) return line.substring(0, line.length() - 2);
        return line.endsWith("\n") ? line.substring(0, line.length() - 1) : line;
    }

    private void note(String side, String shown, String line) {
        String end = line.endsWith("\r\n") ? "" : line.endsWith("\n") ? "\\n\\" : "\\";
        text.append((side + Transcript.escape(shown)).stripTrailing())
                .append(end)
                .append('\n');
    }
}
