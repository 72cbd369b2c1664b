package io.github.pop3kit.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way from the server, without dot-stuffing and closing line. Read it, or close it, before anything else is asked. For
 * one thread.
 *
 * <p>It ends where the message ends. If the connection ends before, reading throws: what came until then is not the message.
 */
public final class MessageStream extends InputStream {

    private static final int BUFFER = 8 * 1024;
    private static final long REPORTED = 64 * 1024;

    private final Dialogue dialogue;
    private final InputStream body;
    private final Progress begin;
    private final @Nullable String uniqueId;
    private final @Nullable Consumer<Progress> progress;
    private byte[] buffer = new byte[0];
    private int position;
    private int limit;
    private long octets;
    private long nextReport;
    private boolean ended;
    private boolean closed;

    MessageStream(
            Dialogue dialogue,
            InputStream body,
            Progress begin,
            @Nullable String uniqueId,
            @Nullable Consumer<Progress> progress) {
        this.dialogue = dialogue;
        this.body = body;
        this.begin = begin;
        this.uniqueId = uniqueId;
        this.progress = progress;
        report();
    }

    /** The message-number. */
    public int number() {
        return begin.number();
    }

    /** The unique-id, if the session has asked for it before; the server's own text, never a file name. */
    public Optional<String> uniqueId() {
        return Optional.ofNullable(uniqueId);
    }

    /** The size as LIST has announced it, if LIST was asked; it may be a little wrong. Otherwise -1. */
    public long announcedOctets() {
        return begin.announcedOctets();
    }

    /** How many octets of the message were read here. */
    public long octets() {
        return octets - (limit - position);
    }

    long octetsReceived() {
        return octets;
    }

    @Override
    public int read() throws IOException {
        if (position == limit) {
            if (buffer.length == 0) buffer = new byte[BUFFER];
            int read = receive(buffer, 0, buffer.length);
            if (read < 0) return -1;
            position = 0;
            limit = read;
        }
        return buffer[position++] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) return 0;
        if (position == limit) return receive(into, offset, length);
        int buffered = Math.min(length, limit - position);
        System.arraycopy(buffer, position, into, offset, buffered);
        position += buffered;
        return buffered;
    }

    private int receive(byte[] into, int offset, int length) throws IOException {
        if (closed) throw new IOException("the message was closed");
        if (ended) return -1;
        int read = dialogue.receive(body, into, offset, length);
        if (read < 0) {
            ended = true;
            report();
            dialogue.messageEnds(this);
            return -1;
        }
        octets += read;
        if (octets > dialogue.limits().messageOctets()) throw dialogue.tooLarge(number());
        if (octets >= nextReport) report();
        return read;
    }

    private void report() {
        nextReport = octets + REPORTED;
        if (progress == null) return;
        progress.accept(new Progress(begin.number(), begin.nth(), begin.messages(), octets, begin.announcedOctets()));
    }

    @Override
    public long transferTo(OutputStream out) throws IOException {
        byte[] copied = dialogue.block();
        long before = octets();
        for (int read; (read = read(copied, 0, copied.length)) >= 0; ) out.write(copied, 0, read);
        return octets() - before;
    }

    /**
     * Reads on to the end of the message, so that the session can go on. If more is left than {@link ClientLimits#drainOctets}, the
     * connection is closed instead, and what is asked next throws {@link ConnectionLostException}.
     *
     * @throws Pop3Exception if the connection fails meanwhile
     */
    @Override
    public void close() throws IOException {
        if (closed) return;
        try {
            if (!ended && dialogue.isUsable()) drain();
        } finally {
            closed = true;
        }
    }

    private void drain() throws IOException {
        long most = octets + dialogue.limits().drainOctets();
        boolean hopeless = announcedOctets() > most;
        byte[] unwanted = dialogue.block();
        while (!hopeless && !ended && receive(unwanted, 0, unwanted.length) >= 0) hopeless = octets > most;
        if (!ended) dialogue.cut("was left: message " + number() + " was closed long before its end");
    }
}
