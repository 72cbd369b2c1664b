package io.github.pop3kit.client;

import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.protocol.wire.SocketConnection;
import io.github.pop3kit.protocol.wire.StreamConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** One try to connect to one address. */
interface Call {

    /** Waits until there is a connection. */
    Connection connect() throws IOException;

    /** Ends the try at once, and the connection if there is one already. From any thread, at any time. */
    void abort();

    /** Prepares a try; connects to nothing yet. */
    @FunctionalInterface
    interface Dialer {
        Call dial(InetSocketAddress address) throws IOException;
    }

    /** Over a channel. */
    final class OfChannel implements Call {

        private final InetSocketAddress address;
        private final SocketChannel channel = SocketChannel.open();

        OfChannel(InetSocketAddress address) throws IOException {
            this.address = address;
        }

        @Override
        public Connection connect() throws IOException {
            channel.connect(address);
            return new SocketConnection(channel);
        }

        @Override
        public void abort() {
            try {
                channel.close();
            } catch (IOException alreadyGone) {
                // It was to be ended, and it is.
            }
        }
    }

    /** Over a socket of somebody else's making; it can only be aborted early if it can be made without being connected. */
    final class OfFactory implements Call {

        private final InetSocketAddress address;
        private final SocketFactory factory;
        private final Duration patience;
        private volatile boolean aborted;
        private volatile @Nullable Socket socket;

        OfFactory(InetSocketAddress address, SocketFactory factory, Duration patience) {
            this.address = address;
            this.factory = factory;
            this.patience = patience;
        }

        @Override
        public Connection connect() throws IOException {
            Socket made = unconnected();
            if (made != null) {
                keep(made);
                // Zero would be for ever.
                made.connect(address, (int) Math.max(1, Math.min(patience.toMillis(), Integer.MAX_VALUE)));
            } else {
                made = factory.createSocket(address.getAddress(), address.getPort());
                keep(made);
            }
            made.setTcpNoDelay(true);
            return new StreamConnection(made);
        }

        private @Nullable Socket unconnected() throws IOException {
            try {
                return factory.createSocket();
            } catch (SocketException e) {
                // The way in which a factory says that it cannot do this.
                if (e.getCause() instanceof UnsupportedOperationException) return null;
                throw e;
            }
        }

        private void keep(Socket made) throws IOException {
            socket = made;
            if (!aborted) return; // Before this is looked at: of the two threads one sees what the other set.
            made.close();
            throw new SocketException("aborted");
        }

        @Override
        public void abort() {
            aborted = true;
            Socket made = socket;
            if (made == null) return;
            try {
                made.close();
            } catch (IOException alreadyGone) {
                // It was to be ended, and it is.
            }
        }
    }
}
