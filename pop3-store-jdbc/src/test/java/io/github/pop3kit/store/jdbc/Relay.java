package io.github.pop3kit.store.jdbc;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a store and PostgreSQL, and cuts the line at a statement: before the database has it, or when it has done it and
 * answers. It understands as much of the protocol as that takes: what the store says ends a statement with Sync or is a Query.
 */
final class Relay implements AutoCloseable {

    /** When the line is cut. */
    enum Cut {
        BEFORE_THE_STATEMENT,
        BEFORE_ITS_ANSWER
    }

    private static final int STARTUP = 0;

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final int database;
    private int countdown;
    private boolean lasting;
    private Cut cut = Cut.BEFORE_THE_STATEMENT;
    private boolean happened;

    /** @param database the port behind */
    Relay(int database) throws IOException {
        this.database = database;
        thread(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Cuts at this statement, 1 for the next one, and at each that follows if it is lasting. */
    synchronized void cutAt(int statement, Cut how, boolean forGood) {
        countdown = statement;
        cut = how;
        lasting = forGood;
        happened = false;
    }

    /** Cuts no more. Whether it did. */
    synchronized boolean mend() {
        countdown = 0;
        return happened;
    }

    private synchronized boolean isTime() {
        if (countdown == 0 || --countdown > 0) return false;
        if (lasting) countdown = 1;
        happened = true;
        return true;
    }

    private synchronized Cut how() {
        return cut;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), database);
                client.setTcpNoDelay(true);
                behind.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(behind);
                thread(() -> forth(client, behind));
            } catch (IOException e) {
                // Closed, or a client that is gone already.
            }
        }
    }

    /** Message by message, as the store says them; what the database answers goes back as it comes. */
    private void forth(Socket client, Socket behind) {
        try (client;
                behind) {
            DataInputStream said = new DataInputStream(client.getInputStream());
            OutputStream to = behind.getOutputStream();
            message(said, to, STARTUP, said.readInt());
            thread(() -> back(behind, client));
            for (int type = said.read(); type >= 0; type = said.read()) {
                boolean cutting = (type == 'S' || type == 'Q') && isTime();
                if (cutting && how() == Cut.BEFORE_THE_STATEMENT) return;
                if (cutting) client.shutdownOutput(); // From now on no answer gets through.
                message(said, to, type, said.readInt());
                if (cutting) {
                    awaitAnswer(behind);
                    return;
                }
            }
        } catch (IOException gone) {
            // Of either side.
        } finally {
            sockets.remove(client);
            sockets.remove(behind);
        }
    }

    private static void message(DataInputStream said, OutputStream to, int type, int length) throws IOException {
        byte[] octets = new byte[length + (type == STARTUP ? 0 : 1)];
        int head = type == STARTUP ? 0 : 1;
        if (head == 1) octets[0] = (byte) type;
        for (int i = 0; i < 4; i++) octets[head + i] = (byte) (length >>> (24 - 8 * i));
        said.readFully(octets, head + 4, length - 4);
        to.write(octets);
        to.flush();
    }

    /** The other thread reads the answer, and notices that it cannot pass it on. */
    private static void awaitAnswer(Socket behind) throws IOException {
        synchronized (behind) {
            try {
                while (!behind.isInputShutdown() && !behind.isClosed()) behind.wait(1_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
    }

    private static void back(Socket behind, Socket client) {
        byte[] buffer = new byte[64 * 1024];
        try {
            InputStream answers = behind.getInputStream();
            OutputStream to = client.getOutputStream();
            for (int read = answers.read(buffer); read >= 0; read = answers.read(buffer)) to.write(buffer, 0, read);
        } catch (IOException gone) {
            // Of either side.
        } finally {
            synchronized (behind) {
                try {
                    behind.shutdownInput();
                    client.close();
                } catch (IOException gone) {
                    // So it is closed.
                }
                behind.notifyAll();
            }
        }
    }

    private static void thread(Runnable task) {
        Thread thread = new Thread(task, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) socket.close();
    }
}
