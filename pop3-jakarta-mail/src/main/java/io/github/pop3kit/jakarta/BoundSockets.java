package io.github.pop3kit.jakarta;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/** Sockets that are bound to an address or port of this host: {@code localaddress}, {@code localport}. */
final class BoundSockets extends SocketFactory {

    private final SocketFactory sockets;
    private final InetSocketAddress local;

    BoundSockets(SocketFactory sockets, InetSocketAddress local) {
        this.sockets = sockets;
        this.local = local;
    }

    @Override
    public Socket createSocket() throws IOException {
        Socket socket = sockets.createSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(local);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return sockets.createSocket(host, port, local.getAddress(), local.getPort());
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) throws IOException {
        return sockets.createSocket(host, port, from, fromPort);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return sockets.createSocket(host, port, local.getAddress(), local.getPort());
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) throws IOException {
        return sockets.createSocket(host, port, from, fromPort);
    }
}
