package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.LineDecoder;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.protocol.transcript.Transcript.Side;
import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.server.bench.Bench;
import io.github.pop3kit.testkit.Faults.Happening;
import io.github.pop3kit.testkit.FaultyReply.Change;
import io.github.pop3kit.testkit.FaultyReply.End;
import io.github.pop3kit.testkit.HandshakeOccasion.Disturbance;
import io.github.pop3kit.testkit.Moment.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sits between one session and its client, in the clear first and over TLS when that has begun, and lets go wrong what is to go
 * wrong. Where nothing is, it changes no octet; but it hands the session one command at a time, so that what the session says
 * before it reads again is the reply to that command.
 */
final class Interposer implements Bench.Fixture {

    private final Faults faults;
    private final Personality personality;
    private final int connectionNumber;
    private final Consumer<String> notes;
    private final Patience patience = new Patience();
    private final Map<String, Integer> occurrences = new HashMap<>();
    private @Nullable Connection bottom;
    private int step;

    /** The command that the session is answering, its keyword in upper case; empty at the greeting, null when all is said. */
    private @Nullable String command = "";

    /** What is to happen to the reply; null until its first octet comes. */
    private @Nullable List<Happening<Change>> changes;

    /** The reply so far, if it is to be changed. */
    private @Nullable ByteArrayOutputStream reply;

    /** The first octets of what the session said last. */
    private String said = "";

    private End end = End.NONE;

    /**
     * For one session.
     *
     * @param connectionNumber which of the server's connections this is, from 1
     */
    Interposer(Faults faults, Personality personality, int connectionNumber) {
        this(faults, personality, connectionNumber, line -> {});
    }

    /**
     * For one session.
     *
     * @param connectionNumber which of the server's connections this is, from 1
     * @param notes takes the lines of a transcript that the session itself does not know of
     */
    Interposer(Faults faults, Personality personality, int connectionNumber, Consumer<String> notes) {
        this.notes = notes;
        this.faults = faults;
        this.personality = personality;
        this.connectionNumber = connectionNumber;
    }

    @Override
    public Connection carry(Connection connection) {
        if (bottom == null) bottom = connection;
        return new Carried(connection);
    }

    @Override
    public void handshake(Connection clear) throws IOException {
        Moment moment = Moment.of(Kind.HANDSHAKE, connectionNumber);
        for (Happening<Disturbance> some : faults.handshakeFaults(moment)) {
            some.fault().disturb(clear, patience, some.random());
        }
    }

    /** The connection that the session sees. */
    private final class Carried implements Connection {

        private final Connection connection;

        /** From the client, not looked at yet. */
        private final ByteBuffer input = ByteBuffer.allocate(8 * 1024).flip();

        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        /** For the session. */
        private ByteBuffer decided = ByteBuffer.allocate(0);

        /** Whether what comes next is the rest of a line whose start is decided. */
        private boolean inRest;

        private boolean restIsForSession;
        private boolean lingering;

        Carried(Connection connection) {
            this.connection = connection;
        }

        // ---- from the client

        @Override
        public int read(ByteBuffer buffer) throws IOException {
            if (lingering) return readUnseen(buffer);
            while (!decided.hasRemaining()) {
                endReply();
                if (end == End.SILENCE) Ending.discard(connection);
                if (end != End.NONE || !takeLine()) return -1;
                decide();
            }
            // Never all of the buffer: a session that has filled it asks for more before it sends its reply.
            int most = Math.max(1, buffer.remaining() - 1);
            int read = Math.min(most, decided.remaining());
            buffer.put(decided.array(), decided.position(), read);
            decided.position(decided.position() + read);
            return read;
        }

        /** The session is over; what still comes is thrown away. */
        private int readUnseen(ByteBuffer buffer) throws IOException {
            if (!input.hasRemaining()) return connection.read(buffer);
            int read = Math.min(buffer.remaining(), input.remaining());
            buffer.put(input.array(), input.position(), read);
            input.position(input.position() + read);
            return read;
        }

        /** Takes octets to the end of a line, or as many as make it too long for a command; false at the end. */
        private boolean takeLine() throws IOException {
            while (true) {
                while (input.hasRemaining()) {
                    byte octet = input.get();
                    line.write(octet);
                    if (octet == '\n' || line.size() == LineDecoder.COMMAND_LIMIT) return true;
                }
                int read;
                try {
                    read = connection.read(input.clear());
                } finally {
                    input.flip();
                }
                if (read < 0) return line.size() > 0;
            }
        }

        /** Decides about a line: whether the session sees it, or else what is said in its stead. */
        private void decide() throws IOException {
            byte[] octets = line.toByteArray();
            line.reset();
            boolean whole = octets[octets.length - 1] == '\n';
            boolean forSession;
            if (inRest) {
                forSession = restIsForSession;
            } else if (Replies.isChallenge(said)) {
                forSession = true;
                said = "";
            } else {
                forSession = isForSession(new String(octets, StandardCharsets.ISO_8859_1));
            }
            inRest = !whole;
            restIsForSession = forSession;
            if (forSession) decided = ByteBuffer.wrap(octets);
        }

        private boolean isForSession(String octets) throws IOException {
            String typed = octets.replaceFirst("\r?\n\\z", "");
            String text = Faults.normalized(typed);
            String keyword = Faults.keyword(text);
            Moment moment = new Moment(
                    Kind.COMMAND,
                    connectionNumber,
                    ++step,
                    keyword,
                    text,
                    occurrences.merge(keyword, 1, Integer::sum),
                    text.equals(keyword) ? 0 : occurrences.merge(text, 1, Integer::sum),
                    messageNumber(text));
            List<Happening<Change>> happening = faults.replyFaults(moment);
            boolean instead = happening.stream().anyMatch(some -> some.fault().instead());
            Optional<String> refusal = personality.refusal(keyword, text);
            command = text;
            changes = happening;
            said = "";
            if (!instead && refusal.isEmpty()) return true;
            notes.accept(Transcript.entry(Side.CLIENT, typed));
            send("", refusal.orElse(""));
            return false;
        }

        private static int messageNumber(String text) {
            String[] words = text.split(" ", 3);
            boolean number = words.length > 1 && words[1].matches("\\d{1,9}");
            return number ? Integer.parseInt(words[1]) : 0;
        }

        @Override
        public int available() throws IOException {
            return decided.remaining() + line.size() + input.remaining() + connection.available();
        }

        // ---- from the session

        @Override
        public int write(ByteBuffer buffer) throws IOException {
            for (int i = buffer.position(); said.length() < 2 && i < buffer.limit(); i++) said += (char) buffer.get(i);
            if (changes == null) changes = faults.replyFaults(Moment.of(Kind.GREETING, connectionNumber));
            if (end != End.NONE) throw new IOException("ended for a test");
            if (command == null || (changes.isEmpty() && !personality.rewrites(command)))
                return connection.write(buffer);
            if (reply == null) reply = new ByteArrayOutputStream();
            int length = buffer.remaining();
            reply.write(buffer.array(), buffer.arrayOffset() + buffer.position(), length);
            buffer.position(buffer.limit());
            if (isComplete(command, reply.toString(StandardCharsets.ISO_8859_1))) {
                endReply();
                if (end == End.FIN || end == End.RESET) throw new IOException("ended for a test");
            }
            return length;
        }

        private static boolean isComplete(String command, String reply) {
            boolean severalLines = reply.startsWith("+OK") && Replies.hasSeveralLines(command);
            return severalLines ? reply.endsWith("\r\n.\r\n") : reply.endsWith("\n");
        }

        /** What the session has said is all that it says; a message that broke off ends here, too. */
        private void endReply() throws IOException {
            if (reply == null) return;
            String octets = reply.toString(StandardCharsets.ISO_8859_1);
            reply = null;
            send(octets, personality.rewritten(command == null ? "" : command, octets));
        }

        private void send(String saidBySession, String octets) throws IOException {
            FaultyReply faulty = new FaultyReply(octets);
            List<Happening<Change>> happening = changes == null ? List.of() : changes;
            command = null;
            changes = List.of();
            // What stands in the place of the reply comes first, whatever was asked for first.
            happening.stream()
                    .filter(some -> some.fault().instead())
                    .forEach(some -> some.fault().apply(faulty, some.random()));
            happening.stream()
                    .filter(some -> !some.fault().instead())
                    .forEach(some -> some.fault().apply(faulty, some.random()));
            String sent = faulty.octets();
            if (!saidBySession.isEmpty() && !saidBySession.equals(sent)) notes.accept("# the client gets instead:");
            if (!saidBySession.equals(sent))
                sent.lines().limit(1).forEach(first -> notes.accept(Transcript.entry(Side.SERVER, first)));
            end = faulty.send(connection, patience);
            if (end == End.FIN) bottom().endOutput();
            if (end == End.RESET) Ending.reset(bottom());
        }

        // ---- the connection

        @Override
        public void endOutput() throws IOException {
            lingering = true;
            if (end == End.NONE) connection.endOutput();
        }

        @Override
        public Socket socket() {
            return connection.socket();
        }

        @Override
        public boolean isOpen() {
            return connection.isOpen();
        }

        @Override
        public void close() throws IOException {
            try {
                if (end == End.NONE) endReply();
            } finally {
                if (end == End.NONE) {
                    connection.close();
                } else {
                    bottom().abort(); // Without TLS's farewell.
                }
            }
        }

        @Override
        public void abort() {
            patience.end();
            connection.abort();
        }
    }

    private Connection bottom() {
        if (bottom == null) throw new IllegalStateException("nothing carries the session yet");
        return bottom;
    }
}
