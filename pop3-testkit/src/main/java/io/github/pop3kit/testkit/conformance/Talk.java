package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.Finding.expect;
import static io.github.pop3kit.testkit.conformance.Finding.quoted;

import io.github.pop3kit.protocol.sasl.ChannelBinding;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.protocol.transcript.Transcript.Side;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a check, octet by octet. It reads generously, so that a server's mistake is found by the check that is about it and
 * not by all: line ends and the words of a status are not looked at here. Characters are octets.
 */
final class Talk implements AutoCloseable {

    private static final int LONGEST_LINE = 16 << 20;
    private static final int LONGEST_STATUS = 1 << 16;
    private static final int OBJECTS = 64; // what a line costs besides its octets
    private static final long LARGEST_ANSWER =
            Math.min(256 << 20, Runtime.getRuntime().maxMemory() / 4);
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final Visit visit;
    private final String name;
    private final Target target;
    private final Socket raw = new Socket();
    private Socket socket = raw;
    private InputStream in;
    private OutputStream out;
    private final byte[] buffer = new byte[16384];
    private int from;
    private int to;
    private boolean marked;
    private boolean ended;
    private boolean loggedIn;
    private Answer greeting = new Answer("", true);

    private Talk(Visit visit, String name, Target target, int port) throws IOException, Finding {
        this.visit = visit;
        this.name = name;
        this.target = target;
        try {
            socket.connect(new InetSocketAddress(target.host(), port), (int) CONNECT.toMillis());
        } catch (UnknownHostException e) {
            socket.close();
            throw new Finding("this host is not known");
        } catch (IOException e) {
            socket.close();
            throw new Finding("a connection is refused: " + e.getMessage());
        }
        socket.setTcpNoDelay(true);
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    /** Connects, and reads nothing. */
    static Talk open(Visit visit, String name, Target target, int port) throws IOException, Finding {
        return new Talk(visit, name, target, port);
    }

    // ---- what the client says

    /** A command, or a line that is none, with its CRLF. */
    void say(String line) throws IOException {
        if (line.regionMatches(true, 0, "DELE ", 0, 5)) marked = true;
        if (line.equalsIgnoreCase("QUIT")) ended = true;
        visit.note(name, Side.CLIENT, line);
        write(line + "\r\n");
    }

    /** Several lines in one packet. */
    void sayAtOnce(List<String> lines) throws IOException {
        for (String line : lines) {
            if (line.regionMatches(true, 0, "DELE ", 0, 5)) marked = true;
            if (line.equalsIgnoreCase("QUIT")) ended = true;
            visit.note(name, Side.CLIENT, line);
        }
        write(String.join("\r\n", lines) + "\r\n");
    }

    /** A line that is a secret, or could be made into one. */
    void saySecret(String line) throws IOException {
        visit.note(name, Side.CLIENT, "****");
        write(line + "\r\n");
    }

    /** Octets as they are, with a word on what they are. */
    void send(String octets, String shown) throws IOException {
        visit.remark(name, "C sends " + shown);
        write(octets);
    }

    private void write(String octets) throws IOException {
        try {
            out.write(octets.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        } catch (IOException gone) {
            // What it said before it went can still be read, and that it went shows then.
            if (gone instanceof SSLException && !socket.isClosed()) throw gone;
        }
    }

    // ---- what the server says

    Answer greeting() {
        return greeting;
    }

    void readGreeting() throws IOException, Finding {
        greeting = answer("the greeting");
        expect(greeting.isOk(), "the greeting is " + quoted(greeting.line()));
    }

    /** The status line of the answer. */
    Answer ask(String command) throws IOException, Finding {
        say(command);
        return answer(command);
    }

    /** The next status line, which answers this. */
    Answer answer(String command) throws IOException, Finding {
        String line = line();
        if (line == null) throw new Finding("the connection is closed instead of an answer to " + shown(command));
        expect(
                line.length() <= LONGEST_STATUS,
                shown(command) + " is answered with a line of " + line.length() + " octets");
        Answer answer = new Answer(withoutEnd(line), line.endsWith("\r\n"));
        expect(
                answer.isOk() || answer.isErr() || answer.isChallenge(),
                shown(command) + " is answered with no status: " + quoted(answer.line()));
        return answer;
    }

    /** A command that has to be accepted; the text behind +OK. */
    String ok(String command) throws IOException, Finding {
        return ok(command, ask(command));
    }

    private String ok(String command, Answer answer) throws Finding {
        expect(answer.isOk(), shown(command) + " is refused: " + quoted(answer.line()));
        return answer.text();
    }

    /** Ends a session for which that is not the point: that QUIT is answered has checks of its own. */
    void quit() throws IOException, Finding {
        say("QUIT");
        line();
    }

    /** A command that has to be refused; the text behind -ERR. */
    String err(String command) throws IOException, Finding {
        Answer answer = ask(command);
        if (answer.isChallenge()) {
            say("*");
            line();
        }
        expect(answer.isErr(), shown(command) + " is not refused: " + quoted(answer.line()));
        return answer.text();
    }

    /** A command that has to be refused, or the connection to be closed at it. */
    void errOrClosed(String command) throws IOException, Finding {
        say(command);
        String line = line();
        if (line == null) return;
        expect(
                new Answer(withoutEnd(line), true).isErr(),
                shown(command) + " is answered with " + quoted(withoutEnd(line)));
    }

    /** The lines of an answer that has several, without dots and line ends. */
    List<String> listing(String command) throws IOException, Finding {
        ok(command);
        return rest(command);
    }

    /** The lines of an answer behind its status. */
    List<String> rest(String command) throws IOException, Finding {
        List<String> lines = new ArrayList<>();
        for (String line : stuffed(command)) lines.add(withoutEnd(unstuffed(line)));
        return lines;
    }

    /** A message, each line ended by LF whatever it was on the wire, dots taken off. */
    String message(String command) throws IOException, Finding {
        ok(command);
        return body(command);
    }

    /** The message behind the status. */
    String body(String command) throws IOException, Finding {
        StringBuilder message = new StringBuilder();
        for (String line : stuffed(command))
            message.append(withoutEnd(unstuffed(line))).append('\n');
        return message.toString();
    }

    /** The lines of the wire behind the status, up to the line of one dot, that one not included. */
    List<String> stuffed(String command) throws IOException, Finding {
        List<String> lines = new ArrayList<>();
        long cost = 0;
        visit.beginBody();
        try {
            while (true) {
                String line = line();
                if (line == null || !line.endsWith("\n")) {
                    throw new Finding("the connection ends in the answer to " + shown(command) + ", behind "
                            + lines.size() + " lines");
                }
                if (withoutEnd(line).equals(".")) {
                    terminator = line;
                    return lines;
                }
                lines.add(line);
                cost += line.length() + OBJECTS;
                expect(
                        cost <= LARGEST_ANSWER,
                        "the answer to " + shown(command) + " does not end within " + lines.size() + " lines");
            }
        } finally {
            visit.endBody(name);
        }
    }

    private String terminator = "";

    /** The last line of the last answer of several lines, as it was on the wire. */
    String terminator() {
        return terminator;
    }

    private static String unstuffed(String line) {
        return line.startsWith("..") ? line.substring(1) : line;
    }

    static String withoutEnd(String line) {
        if (line.endsWith("\r\n")) return line.substring(0, line.length() - 2);
        return line.endsWith("\n") ? line.substring(0, line.length() - 1) : line;
    }

    /** The next line with its end, or what came before the end of the connection; null at the end. */
    @Nullable
    String line() throws IOException, Finding {
        return line(target.patience());
    }

    private @Nullable String line(Duration patience) throws IOException, Finding {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        long late = System.nanoTime() + patience.toNanos();
        while (from < to || fill(patience, late)) {
            int end = from;
            while (end < to && buffer[end] != '\n') end++;
            int until = Math.min(end + 1, to);
            line.write(buffer, from, until - from);
            from = until;
            expect(line.size() <= LONGEST_LINE, "a line has more than " + LONGEST_LINE + " octets");
            if (end < until) break;
        }
        if (line.size() == 0) {
            visit.remark(name, "S closes");
            return null;
        }
        String read = line.toString(StandardCharsets.ISO_8859_1);
        visit.note(
                name, Side.SERVER, withoutEnd(read) + (read.endsWith("\r\n") ? "" : read.endsWith("\n") ? "\n" : ""));
        return read;
    }

    /** One octet now and then is no answer: the time is that of a whole line. */
    private boolean fill(Duration patience, long late) throws IOException, Finding {
        try {
            long left = (late - System.nanoTime()) / 1_000_000;
            if (left <= 0) throw new SocketTimeoutException();
            socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
            int read = in.read(buffer);
            from = 0;
            to = Math.max(read, 0);
            return read > 0;
        } catch (SocketTimeoutException e) {
            visit.remark(name, "S has said no line for " + patience.toMillis() + " ms");
            throw new Finding("no answer within " + patience.toMillis() + " ms");
        } catch (IOException reset) {
            lastEnd = reset;
            from = to = 0;
            return false;
        }
    }

    private @Nullable IOException lastEnd;

    /** How the connection ended, if it was not by an orderly end. */
    @Nullable
    IOException lastEnd() {
        return lastEnd;
    }

    /** Reads on until the server closes; what it still says is a finding. */
    void expectClosed(String when) throws IOException, Finding {
        try {
            String line = line();
            expect(line == null, "the connection is not closed " + when + ", but says " + quoted(String.valueOf(line)));
        } catch (Finding e) {
            throw String.valueOf(e.getMessage()).startsWith("no answer")
                    ? new Finding("the connection is not closed " + when)
                    : e;
        }
    }

    /** Whether octets are there that nobody has read. */
    boolean hasUnread() throws IOException {
        return from < to || in.available() > 0;
    }

    // ---- what happens to the connection

    /** Shakes hands; what was in the clear before is over. */
    SSLSession startTls() throws IOException, Finding {
        SSLContext context = target.trust().orElseGet(Trust::anybody);
        from = to = 0;
        SSLSocket tls =
                (SSLSocket) context.getSocketFactory().createSocket(socket, target.host(), socket.getPort(), true);
        if (target.trust().isPresent()) {
            var parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
        }
        tls.setSoTimeout((int) Math.min(target.patience().toMillis(), Integer.MAX_VALUE));
        try {
            tls.startHandshake();
        } catch (IOException e) {
            visit.remark(name, "the TLS handshake fails");
            throw new Finding("the TLS handshake fails: " + Transcript.escape(String.valueOf(e.getMessage())));
        }
        visit.remark(
                name,
                "TLS is on: " + tls.getSession().getProtocol() + ", "
                        + tls.getSession().getCipherSuite());
        socket = tls;
        in = tls.getInputStream();
        out = tls.getOutputStream();
        return tls.getSession();
    }

    /** Ends what the client sends, and goes on reading. */
    void halfClose() throws IOException {
        visit.remark(name, "C closes");
        socket.shutdownOutput();
    }

    /** Resets the connection. */
    void cut() throws IOException {
        visit.remark(name, "C cuts");
        ended = true;
        if (!(socket instanceof SSLSocket)) socket.setSoLinger(true, 0);
        socket.close();
    }

    /** What a login over this connection can be bound to. */
    List<ChannelBinding> bindings() {
        return socket instanceof SSLSocket tls ? ChannelBinding.of(tls.getSession(), false) : List.of();
    }

    void loggedIn() {
        loggedIn = true;
    }

    /**
     * Leaves, so that the lock is given back before the next check begins; by QUIT only where that removes nothing.
     *
     * @return whether the server answered, if it was asked
     */
    boolean leave(Duration patience) throws IOException {
        try {
            if (!loggedIn || marked || ended || socket.isClosed()) return true;
            visit.mute();
            write("QUIT\r\n");
            return line(patience) != null;
        } catch (Finding | IOException silent) {
            return false;
        } finally {
            close();
        }
    }

    /** Closes without a word, whatever another thread waits for; TLS would wait for it. */
    void abort() throws IOException {
        raw.close();
    }

    @Override
    public void close() throws IOException {
        try {
            socket.close();
        } catch (IOException e) {
            // TLS would have liked to say good-bye.
        }
    }

    private String shown(String command) {
        if (command.isEmpty()) return "an empty line";
        String starred = visit.starred(Side.CLIENT, command);
        return starred.length() > 60 ? starred.substring(0, 60) + "..." : starred;
    }
}
