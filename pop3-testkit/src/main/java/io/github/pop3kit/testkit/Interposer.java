package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.LineDecoder;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.protocol.transcript.Transcript.Side;
import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.server.ServerTls;
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
import java.util.Arrays;
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

    /** Stands for what a client answers to a challenge, and is replied to in one line. */
    private static final String RESPONSE = "AUTH RESPONSE";

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

    /** The reply that the session is giving, if it is to be changed. */
    private @Nullable ChangedReply reply;

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
    public List<String> mechanisms(List<String> offered) {
        return personality.mechanisms(offered);
    }

    @Override
    public String timestamp(String own) {
        return personality.timestamp().orElse(own);
    }

    @Override
    public ServerTls handshake(Connection clear, ServerTls own) throws IOException {
        ServerTls spoken = own;
        for (Happening<Disturbance> some : faults.handshakeFaults(Moment.of(Kind.HANDSHAKE, connectionNumber))) {
            some.fault().disturb(clear, patience, some.random());
            spoken = some.fault().instead().orElse(spoken);
        }
        return spoken;
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
                forSession = isResponseForSession();
                if (!forSession) decided = ByteBuffer.wrap(new byte[] {'*', '\r', '\n'});
            } else {
                forSession = isForSession(new String(octets, StandardCharsets.ISO_8859_1));
            }
            inRest = !whole;
            restIsForSession = forSession;
            if (forSession) decided = ByteBuffer.wrap(octets);
        }

        /** A session that does not see a response hears that the client has given up, and its reply to that is what is changed. */
        private boolean isResponseForSession() {
            said = "";
            List<Happening<Change>> happening = faults.replyFaults(Moment.response(connectionNumber, ++step));
            if (happening.isEmpty()) return true;
            command = RESPONSE;
            changes = happening;
            return happening.stream().noneMatch(some -> some.fault().instead());
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
            send(refusal.orElse(""));
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
            byte[] octets = new byte[buffer.remaining()];
            buffer.get(octets);
            if (reply == null) reply = new ChangedReply(connection, Optional.of(command), changes);
            if (reply.take(octets)) endReply();
            if (end == End.FIN || end == End.RESET) throw new IOException("ended for a test");
            return octets.length;
        }

        /** What the session has said is all that it says; a message that broke off ends here, too. */
        private void endReply() throws IOException {
            ChangedReply ended = reply;
            if (ended == null) return;
            reply = null;
            end(ended);
        }

        /** Says something in the place of the session, which has not seen the command. */
        private void send(String octets) throws IOException {
            ChangedReply instead =
                    new ChangedReply(connection, Optional.empty(), changes == null ? List.of() : changes);
            instead.take(octets.getBytes(StandardCharsets.ISO_8859_1));
            end(instead);
        }

        private void end(ChangedReply ended) throws IOException {
            command = null;
            changes = List.of();
            end = ended.end();
            if (end == End.FIN) bottom().endOutput();
            if (end == End.RESET) Ending.reset(bottom());
        }

        // ---- the connection

        @Override
        public void endOutput() throws IOException {
            lingering = true;
            if (end == End.NONE) endReply();
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

    /**
     * One reply and its changes. They are decided upon when the reply is whole, or when so much of it is there that it is a large
     * message; the rest of that goes on as it comes.
     */
    private final class ChangedReply {

        private static final int HEAD = 64 * 1024;

        private final Connection connection;

        /** The command; none if the session did not see it. */
        private final Optional<String> answered;

        private final List<Happening<Change>> happening;
        private final ReplyEnd replyEnd;
        private final ByteArrayOutputStream head = new ByteArrayOutputStream();
        private @Nullable FaultyReply faulty;

        ChangedReply(Connection connection, Optional<String> answered, List<Happening<Change>> happening) {
            this.connection = connection;
            this.answered = answered;
            this.happening = happening;
            this.replyEnd =
                    new ReplyEnd(answered.filter(Replies::hasSeveralLines).isPresent());
        }

        /** Takes octets of the session; returns whether no more are wanted. */
        boolean take(byte[] octets) throws IOException {
            boolean last = replyEnd.reachedWith(octets);
            FaultyReply begun = faulty;
            if (begun != null) {
                pass(begun, octets, last);
            } else {
                head.writeBytes(octets);
                boolean large = head.size() >= HEAD
                        && !answered.filter(personality::rewrites).isPresent();
                if (!last && !large) return false;
                begun = begin(last);
            }
            return last || (begun.isOver() && begun.end() != End.SILENCE);
        }

        /** There is no more of it. */
        End end() throws IOException {
            FaultyReply begun = faulty;
            if (begun == null) return begin(true).end();
            if (!replyEnd.isReached() && !begun.isOver()) pass(begun, new byte[0], true);
            return begun.end();
        }

        private FaultyReply begin(boolean last) throws IOException {
            byte[] octets = head.toByteArray();
            String reply = new String(octets, StandardCharsets.ISO_8859_1);
            String rewritten = answered.map(command -> personality.rewritten(command, reply))
                    .orElse(reply);
            FaultyReply begun = new FaultyReply(rewritten.length());
            for (Happening<Change> some : happening) some.fault().apply(begun, some.random());
            faulty = begun;
            byte[] filtered = begun.filter(rewritten.getBytes(StandardCharsets.ISO_8859_1), last);
            note(octets, filtered, last ? !Arrays.equals(octets, filtered) : begun.hasOtherOctets());
            begun.send(filtered, connection, patience);
            return begun;
        }

        private void pass(FaultyReply begun, byte[] octets, boolean last) throws IOException {
            begun.send(begun.filter(octets, last), connection, patience);
        }

        /** The transcript has what the session has said; of what the client gets in its stead the first line. */
        private void note(byte[] bySession, byte[] filtered, boolean changed) {
            if (!changed && answered.isPresent()) return;
            if (answered.isPresent() && bySession.length > 0) notes.accept("# the client gets instead:");
            new String(filtered, StandardCharsets.ISO_8859_1)
                    .lines()
                    .limit(1)
                    .forEach(first -> notes.accept(Transcript.entry(Side.SERVER, first)));
        }
    }

    private Connection bottom() {
        if (bottom == null) throw new IllegalStateException("nothing carries the session yet");
        return bottom;
    }
}
