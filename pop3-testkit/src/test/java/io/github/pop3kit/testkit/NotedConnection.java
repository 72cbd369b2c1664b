package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.wire.Connection;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A connection to nobody that notes each write, and how it ends. */
final class NotedConnection implements Connection {

    final List<String> writes = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    private final ByteBuffer input;

    /** What is read from it; the buffer that reads is larger. */
    NotedConnection(String input) {
        this.input = StandardCharsets.US_ASCII.encode(input);
    }

    @Override
    public int read(ByteBuffer buffer) {
        int read = input.remaining();
        buffer.put(input);
        return read == 0 ? -1 : read;
    }

    @Override
    public int write(ByteBuffer buffer) {
        int length = buffer.remaining();
        writes.add(StandardCharsets.ISO_8859_1.decode(buffer).toString());
        return length;
    }

    @Override
    public int available() {
        return 0;
    }

    @Override
    public void endOutput() {
        events.add("endOutput");
    }

    @Override
    public Socket socket() {
        return new Socket();
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {
        events.add("close");
    }

    @Override
    public void abort() {
        events.add("abort");
    }
}
