package io.github.pop3kit.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOptions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A socket whose other end is in the same process. It does what a TCP socket does on loopback, half-close, time-outs and bounded
 * buffers included; closed with a linger time of 0 it resets the connection.
 */
final class MemorySocket extends Socket {

    private MemorySocket(End end) throws SocketException {
        super(end);
    }

    /** Who serves the far end of a socket that connects. */
    @FunctionalInterface
    interface Listener {
        /**
         * Takes the far end.
         *
         * @param port the one that the client asked for
         */
        void accept(Socket farEnd, int port) throws IOException;
    }

    /** A socket that reaches the listener, whatever host it is connected to. */
    static Socket reaching(Listener listener) throws IOException {
        MemoryPipe there = new MemoryPipe();
        MemoryPipe back = new MemoryPipe();
        return new MemorySocket(new End(back, there, port -> {
            Socket farEnd = new MemorySocket(new End(there, back, none -> {}));
            farEnd.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            listener.accept(farEnd, port);
        }));
    }

    /** What happens when a socket connects. */
    @FunctionalInterface
    private interface Plug {
        void in(int port) throws IOException;
    }

    /** One end; what the methods of {@link Socket} come to. */
    private static final class End extends SocketImpl {

        private final MemoryPipe in;
        private final MemoryPipe out;
        private final Plug plug;
        private final Map<Integer, Object> options = new ConcurrentHashMap<>(Map.of(
                SocketOptions.SO_TIMEOUT,
                0,
                SocketOptions.SO_LINGER,
                false,
                SocketOptions.TCP_NODELAY,
                false,
                SocketOptions.SO_KEEPALIVE,
                false,
                SocketOptions.SO_OOBINLINE,
                false,
                SocketOptions.SO_REUSEADDR,
                false,
                SocketOptions.SO_SNDBUF,
                MemoryPipe.CAPACITY,
                SocketOptions.SO_RCVBUF,
                MemoryPipe.CAPACITY,
                SocketOptions.IP_TOS,
                0,
                SocketOptions.SO_BINDADDR,
                InetAddress.getLoopbackAddress()));

        End(MemoryPipe in, MemoryPipe out, Plug plug) {
            this.in = in;
            this.out = out;
            this.plug = plug;
        }

        @Override
        protected void create(boolean stream) {}

        @Override
        protected void bind(InetAddress host, int wanted) {
            localport = wanted;
        }

        @Override
        protected void connect(String host, int wanted) throws IOException {
            connect(InetAddress.getLoopbackAddress(), wanted);
        }

        @Override
        protected void connect(SocketAddress wanted, int timeout) throws IOException {
            connect(InetAddress.getLoopbackAddress(), ((InetSocketAddress) wanted).getPort());
        }

        @Override
        protected void connect(InetAddress wanted, int wantedPort) throws IOException {
            address = wanted;
            port = wantedPort;
            plug.in(wantedPort);
        }

        @Override
        protected InputStream getInputStream() {
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    byte[] octet = new byte[1];
                    return read(octet, 0, 1) < 0 ? -1 : octet[0] & 0xFF;
                }

                @Override
                public int read(byte[] octets, int offset, int length) throws IOException {
                    return in.read(octets, offset, length, (int) getOption(SocketOptions.SO_TIMEOUT));
                }

                @Override
                public int available() {
                    return in.available();
                }
            };
        }

        @Override
        protected OutputStream getOutputStream() {
            return new OutputStream() {
                @Override
                public void write(int octet) throws IOException {
                    write(new byte[] {(byte) octet}, 0, 1);
                }

                @Override
                public void write(byte[] octets, int offset, int length) throws IOException {
                    out.write(octets, offset, length);
                }
            };
        }

        @Override
        protected int available() {
            return in.available();
        }

        @Override
        protected void shutdownInput() {
            in.endInput();
        }

        @Override
        protected void shutdownOutput() {
            out.endOutput();
        }

        @Override
        protected void close() {
            if (Integer.valueOf(0).equals(options.get(SocketOptions.SO_LINGER))) {
                in.reset();
                out.reset();
            } else {
                out.endOutput();
                in.closeInput();
            }
        }

        @Override
        public void setOption(int option, Object value) {
            options.put(option, value);
        }

        @Override
        public Object getOption(int option) throws SocketException {
            Object value = options.get(option);
            if (value == null) throw new SocketException("no such option in memory: " + option);
            return value;
        }

        @Override
        protected void sendUrgentData(int octet) throws IOException {
            throw new SocketException("no urgent data in memory");
        }

        @Override
        protected void listen(int backlog) throws IOException {
            throw new SocketException("this socket connects");
        }

        @Override
        protected void accept(SocketImpl client) throws IOException {
            throw new SocketException("this socket connects");
        }
    }
}
