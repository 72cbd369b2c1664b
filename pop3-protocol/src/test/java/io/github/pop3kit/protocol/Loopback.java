package io.github.pop3kit.protocol;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** The two ends of a TCP connection. */
public record Loopback(SocketChannel client, SocketChannel server) implements AutoCloseable {

    public static Loopback open() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return new Loopback(SocketChannel.open(listener.getLocalAddress()), listener.accept());
        }
    }

    /** Starts what the other end does meanwhile. */
    public static <T> FutureTask<T> meanwhile(Callable<T> otherEnd) {
        FutureTask<T> task = new FutureTask<>(otherEnd);
        Thread thread = new Thread(task, "other end");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
    }
}
