package io.github.pop3kit.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;

/**
 * One message, read off a connection: ends where its closing line ends, and leaves what follows in the buffer that it shares with
 * whoever reads the replies. Not safe for use by several threads.
 */
public final class DotReadableChannel implements ReadableByteChannel {

    private final ReadableByteChannel in;
    private final ByteBuffer buffer;
    private final DotDecoder decoder;
    private final ByteBuffer heldBack = ByteBuffer.allocate(3).flip();
    private boolean done;
    private boolean open = true;

    /**
     * A channel over the next message.
     *
     * @param in where octets come from; never closed here
     * @param buffer what was read from it already, between position and limit; refilled as needed
     * @param lineEnd how the message's lines end, see {@link DotFraming#after}
     */
    public DotReadableChannel(ReadableByteChannel in, ByteBuffer buffer, LineEnd lineEnd) {
        this.in = in;
        this.buffer = buffer;
        this.decoder = new DotDecoder(lineEnd);
    }

    /**
     * Reads some of the message; -1 behind its end.
     *
     * @throws EOFException if the connection ends before the message does: what was read is not the whole message
     */
    @Override
    public int read(ByteBuffer out) throws IOException {
        if (!open) throw new ClosedChannelException();
        int start = out.position();
        while (out.hasRemaining() && out.position() == start) {
            if (heldBack.hasRemaining()) {
                Octets.move(heldBack, out, Math.min(heldBack.remaining(), out.remaining()));
            } else if (done) {
                return -1;
            } else {
                decode(out, start);
            }
        }
        return out.position() - start;
    }

    private void decode(ByteBuffer out, int start) throws IOException {
        switch (decoder.decode(buffer, out)) {
            case DONE -> done = true;
            case NEED_INPUT -> {
                if (out.position() == start) refill();
            }
            case NEED_OUTPUT -> {
                if (out.position() > start) return;
                // Room for one octet or two, where three come at once.
                heldBack.clear();
                done = decoder.decode(buffer, heldBack) == CodecResult.DONE;
                heldBack.flip();
            }
        }
    }

    private void refill() throws IOException {
        try {
            if (in.read(buffer.clear()) < 0) throw new EOFException("the connection ended within a message");
        } finally {
            buffer.flip(); // After a failure, too: what was read before must not be read again.
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    /** Reads on to the end of the message, so that the next reply can be read; leaves the connection open. */
    @Override
    public void close() throws IOException {
        if (!open) return;
        try {
            ByteBuffer unwanted = ByteBuffer.allocate(4096);
            while (read(unwanted) >= 0) unwanted.clear();
        } finally {
            open = false;
        }
    }
}
