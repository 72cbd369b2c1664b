package io.github.pop3kit.protocol.transcript;

import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A conversation in the form in which RFCs show them:
 *
 * <pre>
 * S: +OK …
 * C: USER mrose
 * S: +OK …
 * C: QUIT\
 * C closes
 * S closes
 * </pre>
 *
 * <p>A line ends in CRLF on the wire unless it ends in a backslash here. Within a line {@code \r}, {@code \n}, {@code \t},
 * {@code \\} and {@code \xHH} stand for octets, characters beyond ASCII for their UTF-8, and {@code …} for any octets: a line
 * {@code S: …} alone matches any one line. A blank at the end of a line is written {@code \x20}. {@code C closes} ends the
 * client's sending (half-close) and expects nothing; {@code C cuts} resets the connection; {@code S closes} expects the server
 * to end it. Lines that are blank or begin with {@code #} are left out.
 *
 * <p>A transcript plays either part against a real peer. It is immutable.
 */
public final class Transcript {

    /** Who speaks. */
    public enum Side {
        CLIENT("C"),
        SERVER("S");

        private final String letter;

        Side(String letter) {
            this.letter = letter;
        }
    }

    private enum Kind {
        SAYS,
        CLOSES,
        CUTS
    }

    /**
     * What happens.
     *
     * @param text escaped, as it stands in the transcript
     * @param parts the octets of the whole line, parted by its wildcards
     */
    private record Event(Side side, Kind kind, String text, List<String> parts) {
        Event(Side side, Kind kind, String text) {
            this(side, kind, text, Transcript.parts(text));
        }

        @Override
        public String toString() {
            return switch (kind) {
                case SAYS -> side.letter + ": " + text;
                case CLOSES -> side.letter + " closes";
                case CUTS -> side.letter + " cuts";
            };
        }
    }

    /** Commands that have a secret in them. */
    private static final Pattern SECRETIVE = Pattern.compile("(?i)(PASS|APOP|AUTH)\\b");

    private static final Pattern CHALLENGE = Pattern.compile("\\+( .*|\\\\x20)?");

    private final List<Event> events;

    private Transcript(List<Event> events) {
        this.events = List.copyOf(events);
    }

    /**
     * Reads a transcript.
     *
     * @throws IllegalArgumentException naming the first line that is none
     */
    public static Transcript parse(String text) {
        return new Transcript(text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .map(Transcript::event)
                .toList());
    }

    private static Event event(String line) {
        for (Side side : Side.values()) {
            if (line.equals(side.letter + ":")) return new Event(side, Kind.SAYS, "");
            if (line.startsWith(side.letter + ": ")) return new Event(side, Kind.SAYS, line.substring(3));
            if (line.equals(side.letter + " closes")) return new Event(side, Kind.CLOSES, "");
            if (line.equals(side.letter + " cuts")) return new Event(side, Kind.CUTS, "");
        }
        throw new IllegalArgumentException("no line of a transcript: " + line);
    }

    /** The conversation as {@link #parse} reads it. */
    @Override
    public String toString() {
        return events.stream().map(Event::toString).collect(Collectors.joining("\n", "", "\n"));
    }

    /**
     * The line of a transcript for what a side said, its secrets starred: passwords, digests, what follows a SASL mechanism,
     * challenges, and commands that nobody knows.
     *
     * @param octets one line without its line end, one character per octet
     */
    public static String entry(Side side, String octets) {
        String shown = side == Side.CLIENT ? Command.redact(octets) : Reply.redact(octets);
        return side.letter + ": " + escape(shown);
    }

    /** Octets as a transcript writes them: ASCII, with everything else, the backslash and a blank at the end escaped. */
    public static String escape(String octets) {
        StringBuilder escaped = new StringBuilder(octets.length());
        for (int i = 0; i < octets.length(); i++) {
            char c = octets.charAt(i);
            switch (c) {
                case '\\' -> escaped.append("\\\\");
                case '\r' -> escaped.append("\\r");
                case '\n' -> escaped.append("\\n");
                case '\t' -> escaped.append("\\t");
                default -> {
                    boolean end = i == octets.length() - 1;
                    if (c >= ' ' && c < 0x7F && !(c == ' ' && end)) {
                        escaped.append(c);
                    } else {
                        escaped.append(String.format("\\x%02X", (int) c));
                    }
                }
            }
        }
        return escaped.toString();
    }

    /**
     * Plays the client: sends its lines, expects the server's.
     *
     * @param server a connected channel in blocking mode; left as the transcript leaves it
     * @throws AssertionError at the first line that differs, with the conversation so far; the client's secrets are starred in it
     */
    public void playClient(SocketChannel server, Pace pace) throws IOException {
        playClient(server.socket(), pace);
    }

    /** Plays the client over a connected socket of any kind; otherwise like {@link #playClient(SocketChannel, Pace)}. */
    public void playClient(Socket server, Pace pace) throws IOException {
        new Player(Side.CLIENT, server, pace).play();
    }

    /** Plays the server: expects the client's lines, sends its own; otherwise like {@link #playClient(SocketChannel, Pace)}. */
    public void playServer(SocketChannel client, Pace pace) throws IOException {
        playServer(client.socket(), pace);
    }

    /** Plays the server over a connected socket of any kind. */
    public void playServer(Socket client, Pace pace) throws IOException {
        new Player(Side.SERVER, client, pace).play();
    }

    /** One performance of one part. */
    private final class Player {
        private final Side self;
        private final Socket peer;
        private final InputStream input;
        private final OutputStream output;
        private final Pace pace;
        private final ByteBuffer received = ByteBuffer.allocate(8192).flip();
        private final StringBuilder soFar = new StringBuilder();

        /** Whether the client's next line is no command but a response to a SASL challenge. */
        private boolean challenged;

        Player(Side self, Socket peer, Pace pace) throws IOException {
            this.self = self;
            this.peer = peer;
            this.input = peer.getInputStream();
            this.output = peer.getOutputStream();
            this.pace = pace;
            peer.setTcpNoDelay(true);
        }

        void play() throws IOException {
            if (pace instanceof Pace.Pipelined) {
                playPipelined();
            } else {
                for (Event event : events) play(event);
            }
        }

        /** What the peer says first is awaited first; then all is sent at once, and then all the rest is read. */
        private void playPipelined() throws IOException {
            int first = 0;
            while (first < events.size() && events.get(first).side != self) play(events.get(first++));
            StringBuilder batch = new StringBuilder();
            List<Event> answers = new ArrayList<>();
            for (Event event : events.subList(first, events.size())) {
                if (event.side != self) {
                    answers.add(event);
                } else if (event.kind == Kind.SAYS) {
                    batch.append(octets(event));
                } else {
                    write(batch.toString());
                    batch.setLength(0);
                    if (event.kind == Kind.CUTS) playAll(answers); // Behind a cut nothing can be read.
                    play(event);
                }
            }
            write(batch.toString());
            playAll(answers);
        }

        private void playAll(List<Event> answers) throws IOException {
            for (Event answer : answers) play(answer);
            answers.clear();
        }

        private void play(Event event) throws IOException {
            boolean own = event.side == self;
            switch (event.kind) {
                case SAYS -> {
                    if (own) {
                        write(octets(event));
                    } else {
                        expect(event);
                    }
                }
                case CLOSES -> {
                    if (own) {
                        peer.shutdownOutput();
                    } else {
                        expectEnd();
                    }
                }
                case CUTS -> {
                    if (own) {
                        peer.setSoLinger(true, 0);
                        peer.close();
                    } else {
                        expectEnd();
                    }
                }
            }
            soFar.append(shown(event)).append('\n');
            if (event.kind == Kind.SAYS)
                challenged = event.side == Side.SERVER
                        && CHALLENGE.matcher(event.text).matches();
        }

        /** An event for whoever reads of a failure, who is not to read the client's secrets. */
        private String shown(Event event) {
            if (event.side == Side.SERVER || event.kind != Kind.SAYS) return event.toString();
            return "C: " + written(event.text);
        }

        /** A client's line as the transcript has it: what is no secret there is its author's to show. */
        private String written(String text) {
            return challenged || SECRETIVE.matcher(text).lookingAt() ? starred(text) : text;
        }

        private String starred(String line) {
            return challenged && !line.equals("*") ? "****" : Command.redact(line);
        }

        /** What the peer has said, line end included. */
        private String shown(String said) {
            int end = said.endsWith("\r\n") ? said.length() - 2 : said.length() - (said.endsWith("\n") ? 1 : 0);
            String line = said.substring(0, end);
            return escape((self == Side.SERVER ? starred(line) : Reply.redact(line)) + said.substring(end));
        }

        private void write(String octets) throws IOException {
            for (String piece : pace.pieces(octets)) {
                try {
                    output.write(piece.getBytes(StandardCharsets.ISO_8859_1));
                } catch (IOException ended) {
                    return; // The peer may end when it likes; what it said before can still be read.
                }
            }
        }

        private void expect(Event event) {
            String said = read(event.parts.size() == 1 ? event.parts.get(0) : "");
            if (said == null || !matches(event.parts, said)) {
                String instead = said == null ? "the connection ended" : shown(said);
                String expected = self == Side.SERVER ? written(event.text) : event.text;
                throw new AssertionError("expected: " + expected + "\n but was: " + instead + "\nbehind:\n" + soFar);
            }
        }

        private void expectEnd() {
            String said = read("");
            if (said != null) {
                throw new AssertionError("expected the end, but was: " + shown(said) + "\nbehind:\n" + soFar);
            }
        }

        /**
         * These octets if they come, be they less than a line or more; otherwise a line with its line end, or what came before the
         * end of the connection; null at the end.
         */
        private @Nullable String read(String octets) {
            StringBuilder said = new StringBuilder();
            while (received.hasRemaining() || refill()) {
                char octet = (char) (received.get() & 0xFF);
                said.append(octet);
                if (octets.contentEquals(said)) return octets;
                if (octet == '\n' && !octets.startsWith(said.toString())) return said.toString();
            }
            return said.isEmpty() ? null : said.toString();
        }

        private boolean refill() {
            try {
                int read = input.read(received.array());
                received.clear().limit(Math.max(read, 0));
                return read > 0;
            } catch (IOException reset) {
                return false; // A reset ends the connection as well.
            }
        }
    }

    private static boolean matches(List<String> parts, String said) {
        String first = parts.get(0);
        String last = parts.get(parts.size() - 1);
        if (parts.size() == 1) return said.equals(first);
        if (!said.startsWith(first)) return false;
        int from = first.length();
        for (String part : parts.subList(1, parts.size() - 1)) {
            int found = said.indexOf(part, from);
            if (found < 0) return false;
            from = found + part.length();
        }
        return said.endsWith(last) && said.length() - last.length() >= from;
    }

    /** The octets between wildcards, with CRLF behind the last of them unless a backslash says that there is none. */
    private static List<String> parts(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '\\') end--;
        boolean open = (text.length() - end) % 2 == 1; // Two of them are one that is sent.
        String line = open ? text.substring(0, text.length() - 1) : text + "\\r\\n";
        return Arrays.stream(line.split("…", -1)).map(Transcript::octets).toList();
    }

    /** What is sent: a wildcard of one's own stands for itself. */
    private static String octets(Event event) {
        return String.join(octets("…"), event.parts);
    }

    private static String octets(String escaped) {
        String text = new String(escaped.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        StringBuilder octets = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                octets.append(c);
                continue;
            }
            char escape = ++i < text.length() ? text.charAt(i) : ' ';
            switch (escape) {
                case '\\' -> octets.append('\\');
                case 'r' -> octets.append('\r');
                case 'n' -> octets.append('\n');
                case 't' -> octets.append('\t');
                case 'x' -> {
                    String hex = text.substring(i + 1, Math.min(i + 3, text.length()));
                    if (!hex.matches("[0-9A-Fa-f]{2}")) throw noEscape(escaped);
                    octets.append((char) Integer.parseInt(hex, 16));
                    i += 2;
                }
                default -> throw noEscape(escaped);
            }
        }
        return octets.toString();
    }

    private static IllegalArgumentException noEscape(String escaped) {
        return new IllegalArgumentException("no escape of a transcript: " + escaped);
    }
}
