package io.github.pop3kit.protocol.wire;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.util.Set;

/**
 * A socket that gathers what TLS writes to it until TLS waits for the peer or {@link #flush} is called: the JDK writes each message of
 * a handshake and each record by itself, six packets for what one can carry, and the peer is woken as many times.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // The carrier has locks of its own.
final class GatheringSocket extends Socket {

    private static final int FULL = 64 * 1024;

    private final Socket carrier;
    private final InputStream in;
    private final OutputStream out;
    private ByteArrayOutputStream gathered = new ByteArrayOutputStream(0);

    GatheringSocket(Socket carrier) throws IOException {
        this.carrier = carrier;
        this.out = carrier.getOutputStream();
        this.in = new FilterInputStream(carrier.getInputStream()) {
            @Override
            public int read() throws IOException {
                flush();
                return super.read();
            }

            @Override
            public int read(byte[] octets, int offset, int length) throws IOException {
                flush();
                return super.read(octets, offset, length);
            }
        };
    }

    /** Writes what was gathered, once: after a failure it is lost, as the connection is. A session that waits keeps nothing of it. */
    void flush() throws IOException {
        if (gathered.size() == 0) return;
        ByteArrayOutputStream whole = gathered;
        gathered = new ByteArrayOutputStream(0);
        whole.writeTo(out);
    }

    @Override
    public InputStream getInputStream() {
        return in;
    }

    @Override
    public OutputStream getOutputStream() {
        return new OutputStream() {
            @Override
            public void write(int octet) {
                gathered.write(octet);
            }

            @Override
            public void write(byte[] octets, int offset, int length) throws IOException {
                gathered.write(octets, offset, length);
                if (gathered.size() >= FULL) GatheringSocket.this.flush();
            }
        };
    }

    @Override
    public void shutdownOutput() throws IOException {
        flush();
        carrier.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        try {
            flush();
        } finally {
            carrier.close();
        }
    }

    // ---- everything else is the carrier's

    @Override
    public void shutdownInput() throws IOException {
        carrier.shutdownInput();
    }

    @Override
    public boolean isConnected() {
        return carrier.isConnected();
    }

    @Override
    public boolean isBound() {
        return carrier.isBound();
    }

    @Override
    public boolean isClosed() {
        return carrier.isClosed();
    }

    @Override
    public boolean isInputShutdown() {
        return carrier.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return carrier.isOutputShutdown();
    }

    @Override
    public InetAddress getInetAddress() {
        return carrier.getInetAddress();
    }

    @Override
    public InetAddress getLocalAddress() {
        return carrier.getLocalAddress();
    }

    @Override
    public int getPort() {
        return carrier.getPort();
    }

    @Override
    public int getLocalPort() {
        return carrier.getLocalPort();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return carrier.getRemoteSocketAddress();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return carrier.getLocalSocketAddress();
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        carrier.setSoTimeout(millis);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return carrier.getSoTimeout();
    }

    @Override
    public String toString() {
        return carrier.toString();
    }

    // What is not handed on would make a socket of its own, whose descriptor stays until the collector comes by; JSSE
    // asks at each end.

    @Override
    public void setSoLinger(boolean on, int seconds) throws SocketException {
        carrier.setSoLinger(on, seconds);
    }

    @Override
    public int getSoLinger() throws SocketException {
        return carrier.getSoLinger();
    }

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        carrier.setTcpNoDelay(on);
    }

    @Override
    public boolean getTcpNoDelay() throws SocketException {
        return carrier.getTcpNoDelay();
    }

    @Override
    public void setKeepAlive(boolean on) throws SocketException {
        carrier.setKeepAlive(on);
    }

    @Override
    public boolean getKeepAlive() throws SocketException {
        return carrier.getKeepAlive();
    }

    @Override
    public void setOOBInline(boolean on) throws SocketException {
        carrier.setOOBInline(on);
    }

    @Override
    public boolean getOOBInline() throws SocketException {
        return carrier.getOOBInline();
    }

    @Override
    public void sendUrgentData(int octet) throws IOException {
        carrier.sendUrgentData(octet);
    }

    @Override
    public void setSendBufferSize(int octets) throws SocketException {
        carrier.setSendBufferSize(octets);
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        return carrier.getSendBufferSize();
    }

    @Override
    public void setReceiveBufferSize(int octets) throws SocketException {
        carrier.setReceiveBufferSize(octets);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return carrier.getReceiveBufferSize();
    }

    @Override
    public void setTrafficClass(int octet) throws SocketException {
        carrier.setTrafficClass(octet);
    }

    @Override
    public int getTrafficClass() throws SocketException {
        return carrier.getTrafficClass();
    }

    @Override
    public void setReuseAddress(boolean on) throws SocketException {
        carrier.setReuseAddress(on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return carrier.getReuseAddress();
    }

    @Override
    public <T> Socket setOption(SocketOption<T> option, T value) throws IOException {
        carrier.setOption(option, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> option) throws IOException {
        return carrier.getOption(option);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return carrier.supportedOptions();
    }
}
