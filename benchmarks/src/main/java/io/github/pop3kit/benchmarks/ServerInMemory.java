package io.github.pop3kit.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/**
 * Sockets whose peer is no process and no thread: a maildrop of one message that answers while the client writes. Through it a
 * client's codec is measured and nothing of the network.
 */
final class ServerInMemory extends SocketFactory {

    private final byte[] wire;

    /** A server of this message: as it goes over the wire, with the closing line. */
    ServerInMemory(byte[] wire) {
        this.wire = wire;
    }

    private InputStream reply(String command) {
        if (command.startsWith("RETR "))
            return new SequenceInputStream(octets("+OK\r\n"), new ByteArrayInputStream(wire));
        if (command.equals("STAT")) return octets("+OK 1 " + wire.length + "\r\n");
        if (command.equals("CAPA")) return octets("+OK\r\nUSER\r\nTOP\r\n.\r\n");
        return octets("+OK\r\n");
    }

    private static InputStream octets(String text) {
        return new ByteArrayInputStream(text.getBytes(ISO_8859_1));
    }

    @Override
    public Socket createSocket() {
        return new Conversation();
    }

    @Override
    public Socket createSocket(String host, int port) {
        return new Conversation();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        return new Conversation();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
        return new Conversation();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
        return new Conversation();
    }

    private final class Conversation extends Socket {

        private InputStream reply = octets("+OK ready\r\n");
        private final ByteArrayOutputStream command = new ByteArrayOutputStream();

        private final InputStream in = new InputStream() {
            @Override
            public int read() throws IOException {
                return reply.read();
            }

            @Override
            public int read(byte[] block, int offset, int length) throws IOException {
                return reply.read(block, offset, length);
            }
        };

        private final OutputStream out = new OutputStream() {
            @Override
            public void write(int octet) {
                if (octet == '\n') {
                    reply = reply(command.toString(ISO_8859_1).trim());
                    command.reset();
                } else {
                    command.write(octet);
                }
            }
        };

        @Override
        public InputStream getInputStream() {
            return in;
        }

        @Override
        public OutputStream getOutputStream() {
            return out;
        }

        @Override
        public void connect(SocketAddress endpoint, int timeout) {}

        @Override
        public void connect(SocketAddress endpoint) {}

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public void setSoTimeout(int timeout) {}
    }
}
