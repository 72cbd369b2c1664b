package io.github.pop3kit.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The other end of one connection on loopback, which does what a test says. What it misses in time fails the test. */
final class Peer implements AutoCloseable {

    private final ServerSocket listening;
    private final FutureTask<Void> playing;

    /** What it does with the connection, which is closed behind it. */
    @FunctionalInterface
    interface Part {
        void play(Socket socket) throws Exception;
    }

    Peer(Part part) throws IOException {
        this("127.0.0.1", 0, part);
    }

    Peer(String address, int port, Part part) throws IOException {
        listening = new ServerSocket(port, 1, InetAddress.getByName(address));
        playing = new FutureTask<>(() -> {
            try (Socket socket = listening.accept()) {
                socket.setSoTimeout(10_000);
                part.play(socket);
            }
            return null;
        });
        Thread thread = new Thread(playing, "peer");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Waits until the part is over, and fails as it did. */
    void played() throws Exception {
        try {
            playing.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error) throw (Error) e.getCause();
            throw (Exception) e.getCause();
        } catch (TimeoutException e) {
            throw new AssertionError("the peer still waits", e);
        }
    }

    /** Octets as numbers, and text where it begins with a quote: {@code "5 1 0"}, {@code "3 'host"}. */
    static byte[] octets(String... parts) {
        StringBuilder all = new StringBuilder();
        for (String part : parts) {
            if (part.startsWith("'")) {
                all.append(part.substring(1));
            } else {
                for (String number : part.split(" ", -1)) all.append((char) Integer.parseInt(number));
            }
        }
        return all.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] read(Socket socket, int length) throws IOException {
        byte[] read = socket.getInputStream().readNBytes(length);
        if (read.length < length) throw new EOFException();
        return read;
    }

    static void awaitEnd(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            // An end, too.
        }
    }

    /** Waits for the threads of the client to end; they must, without being told. */
    static void noThreadIsLeft() throws InterruptedException {
        for (Thread each : Thread.getAllStackTraces().keySet()) {
            if (!each.getName().equals("pop3-client") && !each.getName().equals("pop3-watchdog")) continue;
            each.join(10_000);
            if (each.isAlive()) throw new AssertionError(each + " is left");
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
