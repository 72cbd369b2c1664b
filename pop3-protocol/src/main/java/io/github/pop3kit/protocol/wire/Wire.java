package io.github.pop3kit.protocol.wire;

import io.github.pop3kit.protocol.CodecResult;
import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.DotEncoder;
import io.github.pop3kit.protocol.DotFraming;
import io.github.pop3kit.protocol.DotInputStream;
import io.github.pop3kit.protocol.LineDecoder;
import io.github.pop3kit.protocol.LineEnd;
import io.github.pop3kit.protocol.Reply;
import io.github.pop3kit.protocol.ResponseCode;
import io.github.pop3kit.protocol.ScanListing;
import io.github.pop3kit.protocol.UniqueIdListing;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.protocol.transcript.Transcript.Side;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One end of a POP3 connection: bounded lines in, buffered lines out, messages in and out, and a deadline that somebody else
 * enforces.
 *
 * <p>Replies and commands are only appended to a buffer. It is written when reading would have to wait, so that a pipelined batch
 * is answered in as few writes as possible, and when it has grown large. One thread uses a wire; {@link #late},
 * {@link #abortWhenWaiting} and {@link #abort} are for another.
 */
public final class Wire implements Closeable {

    /** A reply, listing line or unique-id of a server; RFC 2449 section 4 promises 512. */
    private static final int REPLY_LIMIT = 8192;

    /** What a waiting session keeps of its buffers. */
    private static final int IDLE_INPUT = 1024;

    private static final int IDLE_OUTPUT = 4096;
    private static final int INPUT = 16 * 1024;
    private static final int HIGH_WATER = 64 * 1024;

    /** Of a number of 64 bits. */
    private static final int MOST_DIGITS = 19;

    private static final int LONGEST_LINGER_OCTETS = 1024 * 1024;
    private static final Duration LONGEST_LINGER = Duration.ofSeconds(2);

    private final Side self;
    private final LineDecoder lines;
    private final LongSupplier nanoTime;
    private final Duration stalled;
    private Connection connection;
    private ByteBuffer input = ByteBuffer.allocate(IDLE_INPUT).flip();
    private ByteBuffer output = ByteBuffer.allocate(IDLE_INPUT);
    private boolean inputFilled;
    private volatile long deadline;
    private volatile boolean reading;
    private volatile boolean unwelcome;
    private volatile boolean writing;
    private volatile long writingSince;
    private @Nullable Duration idle;
    private @Nullable Consumer<String> transcript;

    private Wire(Side self, Connection connection, LineDecoder lines, LongSupplier nanoTime, Duration stalled) {
        this.self = self;
        this.connection = connection;
        this.lines = lines;
        this.nanoTime = nanoTime;
        this.stalled = stalled;
        deadlineIn(stalled);
    }

    /**
     * A server's end.
     *
     * @param commands what takes its client's lines
     * @param nanoTime the clock of the deadlines, as {@link System#nanoTime}
     * @param stalled how long one write may take to a peer that may idle, and how long the peer has until another deadline is set
     */
    public static Wire server(Connection connection, LineDecoder commands, LongSupplier nanoTime, Duration stalled) {
        return new Wire(Side.SERVER, connection, commands, nanoTime, stalled);
    }

    /** A client's end. */
    public static Wire client(Connection connection, LongSupplier nanoTime, Duration stalled) {
        return new Wire(Side.CLIENT, connection, new LineDecoder(REPLY_LIMIT), nanoTime, stalled);
    }

    /** Shows every line to somebody, as {@link Transcript#entry} prints it: secrets are starred, messages left out. */
    public void tap(Consumer<String> listener) {
        transcript = listener;
    }

    // ---- lines in

    /**
     * The peer's next line, one character per octet; null at the end of the connection, where a line without its end is nothing.
     * Writes what was appended before it waits.
     *
     * @throws LineTooLongException if the line passes the limit
     */
    public @Nullable String readLine() throws IOException {
        String line = nextLine();
        if (line != null) show(peer(), line);
        return line;
    }

    /** Like {@link #readLine}, for a client's response to a SASL challenge: longer, and secret. */
    public @Nullable String readResponse() throws IOException {
        lines.expectResponse();
        String line = nextLine();
        if (line != null && transcript != null) transcript.accept("C: ****");
        return line;
    }

    /** How the line that was read last ended. */
    public LineEnd lineEnd() {
        return lines.lineEnd();
    }

    private @Nullable String nextLine() throws IOException {
        if (output.position() >= HIGH_WATER) flush();
        if (idle != null) deadlineIn(idle);
        while (true) {
            switch (lines.decode(input)) {
                case LINE -> {
                    if (idle != null) deadlineIn(idle); // What is done about it does not count.
                    return lines.line();
                }
                case TOO_LONG -> throw new LineTooLongException();
                case NEED_INPUT -> {
                    if (!fill()) return null;
                }
            }
        }
    }

    /** Reads more; false at the end of the connection. */
    private boolean fill() throws IOException {
        // Octets that are here already belong to the batch that is being answered; without a sign of any, do not ask.
        boolean perhapsMore = inputFilled || lines.inLine();
        if (output.position() > 0 && !(perhapsMore && connection.available() > 0)) flush();
        resizeForInput();
        reading = true;
        try {
            if (unwelcome) throw new ClosedChannelException();
            return connection.read(input.clear()) >= 0;
        } finally {
            reading = false;
            inputFilled = !input.hasRemaining();
            input.flip(); // After a failure, too: what was read before must not be read again.
        }
    }

    /** A batch gets a large buffer; a session that waits keeps small ones, for there may be ten thousand of them. */
    private void resizeForInput() {
        if (inputFilled && input.capacity() < INPUT) {
            input = ByteBuffer.allocate(INPUT);
        } else if (!inputFilled && input.capacity() > IDLE_INPUT) {
            input = ByteBuffer.allocate(IDLE_INPUT);
        }
        if (output.position() == 0 && output.capacity() > IDLE_OUTPUT) replaceOutput(ByteBuffer.allocate(IDLE_INPUT));
    }

    /** Whether the peer has sent something that was not read yet. */
    public boolean hasInput() throws IOException {
        return input.hasRemaining() || lines.inLine() || connection.available() > 0;
    }

    // ---- lines out: these only append

    /** {@code +OK text}. */
    public void ok(String text) {
        append(Reply.ok(text).line());
    }

    /** {@code -ERR text}. */
    public void err(String text) {
        append(Reply.err(text).line());
    }

    /** {@code -ERR [code] text}. */
    public void err(ResponseCode code, String text) {
        append(Reply.err(code, text).line());
    }

    /** {@code + base64}. */
    public void challenge(String base64) {
        append(new Reply.Challenge(base64).line());
    }

    /** A command. */
    public void command(Command command) {
        append(command.line());
    }

    /** A client's response to a SASL challenge, which is a secret; {@code *} gives up. */
    public void response(String base64) {
        appendUnseen(base64);
        if (transcript != null) transcript.accept("C: ****");
    }

    /** A line of a listing. Long listings are written as they grow. */
    public void listing(String line) throws IOException {
        append(line);
        if (output.position() >= HIGH_WATER) flush();
    }

    /** The line of a scan listing, printed where it goes: a maildrop may have a hundred thousand, and a string of each costs more. */
    public void listing(ScanListing line) throws IOException {
        if (transcript != null) {
            listing(line.toString());
            return;
        }
        reserve(2 * MOST_DIGITS + 3);
        appendNumber(line.number());
        output.put((byte) ' ');
        appendNumber(line.octets());
        endLine();
    }

    /** The line of a unique-id listing, likewise. */
    public void listing(UniqueIdListing line) throws IOException {
        String uniqueId = line.uniqueId();
        if (transcript != null) {
            listing(line.toString());
            return;
        }
        requireOneLine(uniqueId);
        reserve(MOST_DIGITS + uniqueId.length() + 3);
        appendNumber(line.number());
        output.put((byte) ' ').put(uniqueId.getBytes(StandardCharsets.ISO_8859_1));
        endLine();
    }

    private void appendNumber(long number) {
        int start = output.position();
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) digits++;
        output.position(start + digits);
        long rest = number;
        for (int i = start + digits - 1; i >= start; i--) {
            output.put(i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
    }

    private void endLine() throws IOException {
        output.put((byte) '\r').put((byte) '\n');
        if (output.position() >= HIGH_WATER) flush();
    }

    /** The line of one dot behind a listing. */
    public void endListing() {
        append(".");
    }

    private void append(String line) {
        appendUnseen(line);
        show(self, line);
    }

    private void appendUnseen(String line) {
        requireOneLine(line);
        byte[] octets = line.getBytes(StandardCharsets.ISO_8859_1);
        reserve(octets.length + 2);
        output.put(octets).put((byte) '\r').put((byte) '\n');
    }

    /** The last place where a second command or reply could be slipped into a name or a text. */
    private static void requireOneLine(String text) {
        if (text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a line has no line end in it");
        }
    }

    private void reserve(int octets) {
        if (output.remaining() < octets) grow(output.position() + octets);
    }

    private void grow(int atLeast) {
        ByteBuffer larger = atLeast <= IDLE_OUTPUT
                ? ByteBuffer.allocate(IDLE_OUTPUT)
                : atLeast <= SpareBuffers.OCTETS ? SpareBuffers.borrow() : ByteBuffer.allocate(2 * atLeast);
        replaceOutput(larger.put(output.flip()));
    }

    private void replaceOutput(ByteBuffer other) {
        SpareBuffers.giveBack(output);
        output = other;
    }

    /**
     * Writes what was appended. A peer that may idle has time for each write: over a slow line a whole message may take far longer
     * than that, and the time for the next line begins behind it. An absolute deadline stays what it is.
     */
    public void flush() throws IOException {
        if (output.position() == 0) return;
        send(output.flip());
        output.clear();
    }

    private void send(ByteBuffer octets) throws IOException {
        while (octets.hasRemaining()) {
            if (idle != null) deadlineIn(stalled);
            write(octets);
        }
        if (idle != null) deadlineIn(idle);
    }

    private void write(ByteBuffer octets) throws IOException {
        writingSince = nanoTime.getAsLong();
        writing = true;
        try {
            connection.write(octets);
        } finally {
            writing = false;
        }
    }

    // ---- messages

    /**
     * Sends a message and its closing line.
     *
     * @param content read to its end, or as far as the encoder needs it; not closed
     * @throws IOException if the connection fails
     * @throws UncheckedIOException if the content fails; the wire is to be closed then, for the peer must not see a closing line
     */
    public void body(ReadableByteChannel content, DotEncoder encoder) throws IOException {
        ByteBuffer stored = SpareBuffers.borrow();
        try {
            CodecResult result = CodecResult.NEED_INPUT;
            while (result != CodecResult.DONE && read(content, stored.clear().limit(HIGH_WATER)) >= 0) {
                stored.flip();
                boolean wireForm = stored.limit() == HIGH_WATER && encoder.unchanged(stored) == HIGH_WATER;
                result = encode(stored, encoder);
                ByteBuffer direct = wireForm && connection.takesDirectBuffers() ? DirectBuffers.borrow() : null;
                if (direct != null) sendAsStored(content, encoder, direct);
            }
        } finally {
            SpareBuffers.giveBack(stored);
        }
        while (encoder.finish(output) != CodecResult.DONE) makeRoom();
        if (transcript != null) {
            transcript.accept("# a message, " + encoder.octets() + " octets");
            transcript.accept(Transcript.entry(self, "."));
        }
    }

    private CodecResult encode(ByteBuffer stored, DotEncoder encoder) throws IOException {
        while (true) {
            CodecResult result = encoder.encode(stored, output);
            if (result != CodecResult.NEED_OUTPUT) return result;
            makeRoom();
        }
    }

    /**
     * Sends the rest of a large message that is stored as it goes on the wire, so far: what need not be changed does not pass through
     * arrays, and of five copies the kernel's two are left.
     */
    private void sendAsStored(ReadableByteChannel content, DotEncoder encoder, ByteBuffer stored) throws IOException {
        try {
            while (read(content, stored.clear()) >= 0) {
                stored.flip();
                int unchanged = encoder.unchanged(stored);
                if (unchanged >= HIGH_WATER) {
                    encoder.copied(stored, unchanged);
                    int end = stored.limit();
                    flush();
                    send(stored.limit(unchanged));
                    stored.limit(end);
                }
                encode(stored, encoder); // The rest, or the end of the message, which is gathered with other replies.
            }
        } finally {
            DirectBuffers.giveBack(stored);
        }
    }

    private static int read(ReadableByteChannel content, ByteBuffer stored) {
        try {
            return content.read(stored);
        } catch (IOException e) {
            throw new UncheckedIOException("the message cannot be read to its end", e);
        }
    }

    private void makeRoom() throws IOException {
        if (output.capacity() < SpareBuffers.OCTETS) {
            grow(SpareBuffers.OCTETS);
        } else {
            flush();
        }
    }

    /** The message behind the status line that was read last. Close it before the next line is read. */
    public InputStream message(DotFraming framing) {
        if (input.capacity() < INPUT) {
            input = ByteBuffer.allocate(INPUT).put(input).flip();
        }
        return new DotInputStream(connection, input, framing.after(lines.lineEnd()));
    }

    // ---- the connection

    /** Goes on over another connection, usually TLS over the same socket; octets of the old one that were read are lost. */
    public void upgrade(Connection secured) {
        connection = secured;
        input = ByteBuffer.allocate(IDLE_INPUT).flip();
        inputFilled = false;
    }

    /** From now on the peer has this long, whatever it sends; replaces the deadline before. */
    public void deadlineIn(Duration patience) {
        deadline = nanoTime.getAsLong() + patience.toNanos();
    }

    /** From now on each line has this long. The octets of a line gain it no time. */
    public void idleAfter(Duration patience) {
        idle = patience;
        deadlineIn(patience);
    }

    /** Whether the deadline is past. For any thread. */
    public boolean late(long now) {
        return now - deadline > 0;
    }

    /** For how long the peer has not taken anything of what is being written, in nanoseconds; 0 if nothing is. For any thread. */
    public long stuckFor(long now) {
        long since = writingSince;
        return writing ? Math.max(0, now - since) : 0;
    }

    /**
     * Ends the connection as soon as the wire waits for its peer, which may be now; what is being written is written first. For
     * any thread.
     */
    public void abortWhenWaiting() {
        unwelcome = true; // Before the other flag is looked at: of the two threads one sees what the other set.
        if (reading) abort();
    }

    /** Ends the connection at once; who reads or writes gets an exception. For any thread. */
    public void abort() {
        connection.abort();
    }

    /**
     * Ends the connection; what was appended and not flushed is lost. Octets of the peer that are still under way are taken off
     * it first, up to a bound: otherwise TCP would answer them with a reset, and the peer would lose the last reply.
     */
    @Override
    public void close() throws IOException {
        idle = null;
        deadlineIn(LONGEST_LINGER);
        try {
            if (connection.isOpen() && hasInput()) linger();
        } catch (IOException gone) {
            // There is nobody left to be polite to.
        } finally {
            connection.close();
        }
    }

    private void linger() throws IOException {
        connection.endOutput();
        ByteBuffer unwanted = ByteBuffer.allocate(INPUT);
        int taken = 0;
        int read;
        while (taken < LONGEST_LINGER_OCTETS && (read = connection.read(unwanted.clear())) >= 0) taken += read;
    }

    private Side peer() {
        return self == Side.SERVER ? Side.CLIENT : Side.SERVER;
    }

    private void show(Side side, String octets) {
        if (transcript != null) transcript.accept(Transcript.entry(side, octets));
    }
}
