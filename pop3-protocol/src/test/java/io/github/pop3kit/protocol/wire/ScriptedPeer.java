package io.github.pop3kit.protocol.wire;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A peer whose octets arrive when this says so, and who notes what becomes of it. */
final class ScriptedPeer implements Connection {

    /** An arrival that stands for a broken connection. */
    static final String RESET = "reset";

    /** "waits" where a read finds nothing here and the next arrival has to come; otherwise what was written. */
    final List<String> log = new ArrayList<>();

    Runnable whileWriting = () -> {};
    Runnable whileWaiting = () -> {};
    private final Deque<String> arrivals;
    private ByteBuffer here = ByteBuffer.allocate(0);
    private boolean open = true;

    /** Each of these arrives when the one before it is read. */
    ScriptedPeer(String... arrivals) {
        this.arrivals = new ArrayDeque<>(List.of(arrivals));
    }

    @Override
    public int read(ByteBuffer buffer) throws IOException {
        if (!here.hasRemaining()) {
            log.add("waits");
            whileWaiting.run();
            if (arrivals.isEmpty()) return -1;
            String arrival = arrivals.remove();
            if (arrival.equals(RESET)) throw new IOException(RESET);
            here = ByteBuffer.wrap(arrival.getBytes(StandardCharsets.ISO_8859_1));
        }
        int length = Math.min(here.remaining(), buffer.remaining());
        buffer.put(here.slice(here.position(), length));
        here.position(here.position() + length);
        return length;
    }

    @Override
    public Socket socket() {
        throw new UnsupportedOperationException("a script has no socket");
    }

    @Override
    public int available() {
        return here.remaining();
    }

    @Override
    public int write(ByteBuffer buffer) {
        whileWriting.run();
        int length = buffer.remaining();
        log.add(StandardCharsets.ISO_8859_1.decode(buffer).toString());
        return length;
    }

    /** All that was written, as one. */
    String written() {
        return String.join("", log).replace("waits", "");
    }

    @Override
    public void endOutput() {}

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
    }

    @Override
    public void abort() {
        open = false;
    }
}
