package io.github.pop3kit.benchmarks.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.zip.CRC32;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A connection to a server under load: replies are checked as octets where they lie, for the driver has to cost less than the server. */
final class Line implements Closeable {

    private static final int INPUT = 256 * 1024;
    private static final int OUTPUT = 16 * 1024;

    private final Closeable connection;
    private final Channel channel;
    private final Buffers buffers;

    /** Reads and writes, in the clear or over TLS. */
    private interface Channel {
        int read(ByteBuffer to) throws IOException;

        void write(ByteBuffer from) throws IOException;
    }

    /** A thread's, used again for each of its connections. */
    static final class Buffers {
        private final ByteBuffer in;
        private final ByteBuffer out;
        private final CRC32 crc = new CRC32();

        /** TLS wants arrays, channels want none. */
        Buffers(boolean tls) {
            in = tls ? ByteBuffer.allocate(INPUT) : ByteBuffer.allocateDirect(INPUT);
            out = tls ? ByteBuffer.allocate(OUTPUT) : ByteBuffer.allocateDirect(OUTPUT);
        }
    }

    private Line(Closeable connection, Channel channel, Buffers buffers) {
        this.connection = connection;
        this.channel = channel;
        this.buffers = buffers;
        buffers.in.clear().limit(0);
        buffers.out.clear();
    }

    static Line connect(int port, Buffers buffers, @Nullable InetSocketAddress from) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
        try {
            if (from != null) channel.bind(from);
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            return new Line(
                    channel,
                    new Channel() {
                        @Override
                        public int read(ByteBuffer to) throws IOException {
                            return channel.read(to);
                        }

                        @Override
                        public void write(ByteBuffer from) throws IOException {
                            while (from.hasRemaining()) channel.write(from);
                        }
                    },
                    buffers);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    static Line over(SSLSocket socket, Buffers buffers) throws IOException {
        var input = socket.getInputStream();
        var output = socket.getOutputStream();
        return new Line(
                socket,
                new Channel() {
                    @Override
                    public int read(ByteBuffer to) throws IOException {
                        int read = input.read(to.array(), to.arrayOffset() + to.position(), to.remaining());
                        if (read > 0) to.position(to.position() + read);
                        return read;
                    }

                    @Override
                    public void write(ByteBuffer from) throws IOException {
                        output.write(from.array(), from.arrayOffset() + from.position(), from.remaining());
                        output.flush();
                    }
                },
                buffers);
    }

    // ---- commands

    /** Appends a command, which is sent before the driver waits. */
    void say(String command) throws IOException {
        if (buffers.out.remaining() < command.length() + 2) flush();
        for (int i = 0; i < command.length(); i++) buffers.out.put((byte) command.charAt(i));
        buffers.out.put((byte) '\r').put((byte) '\n');
    }

    private void flush() throws IOException {
        if (buffers.out.position() == 0) return;
        channel.write(buffers.out.flip());
        buffers.out.clear();
    }

    // ---- replies

    /** A status line, which has to be {@code +OK}; the rest of it does not matter. */
    void ok() throws IOException {
        int length = lineLength();
        ByteBuffer in = buffers.in;
        int at = in.position();
        boolean good = length >= 5 && in.get(at) == '+' && in.get(at + 1) == 'O' && in.get(at + 2) == 'K';
        if (!good) throw new ProtocolException("the server says " + new String(take(length), ISO_8859_1).trim());
        in.position(at + length);
    }

    /** What follows {@code +OK}. */
    String okText() throws IOException {
        String line = new String(take(lineLength()), ISO_8859_1).trim();
        if (!line.startsWith("+OK")) throw new ProtocolException("the server says " + line);
        return line.substring(3).trim();
    }

    /** What follows a status line has to be this. */
    void body(Expected expected) throws IOException {
        ByteBuffer in = buffers.in;
        CRC32 crc = buffers.crc;
        crc.reset();
        for (long left = expected.octets(); left > 0; ) {
            if (!in.hasRemaining()) fill();
            int limit = in.limit();
            int now = (int) Math.min(left, in.remaining());
            in.limit(in.position() + now);
            crc.update(in);
            in.limit(limit);
            left -= now;
        }
        if (crc.getValue() != expected.checksum()) throw new ProtocolException("other octets than they should be");
    }

    /** All that follows a status line, up to the closing line, which is included. */
    byte[] body() throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        while (true) {
            byte[] line = take(lineLength());
            octets.writeBytes(line);
            if (line.length == 3 && line[0] == '.' && line[1] == '\r') return octets.toByteArray();
        }
    }

    /** The server has to end the connection now. */
    void end() throws IOException {
        flush();
        boolean more = buffers.in.hasRemaining() || channel.read(buffers.in.clear()) >= 0;
        buffers.in.clear().limit(0); // Other connections of this thread may come next.
        if (more) throw new ProtocolException("octets behind the last reply");
    }

    /** Of the next line, its end included. */
    private int lineLength() throws IOException {
        ByteBuffer in = buffers.in;
        int searched = 0;
        while (true) {
            for (int i = in.position() + searched; i < in.limit(); i++) {
                if (in.get(i) == '\n') return i + 1 - in.position();
            }
            searched = in.remaining();
            if (in.limit() == in.capacity()) in.compact().flip();
            if (in.limit() == in.capacity()) throw new ProtocolException("a line without an end");
            fill();
        }
    }

    private byte[] take(int length) {
        byte[] octets = new byte[length];
        buffers.in.get(octets);
        return octets;
    }

    /** Reads more behind what is there. */
    private void fill() throws IOException {
        flush();
        ByteBuffer in = buffers.in;
        if (!in.hasRemaining()) in.clear().limit(0);
        int position = in.position();
        int limit = in.limit();
        in.limit(in.capacity()).position(limit);
        if (channel.read(in) < 0) throw new ProtocolException("the connection ends in a reply");
        in.limit(in.position()).position(position);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
