package io.github.pop3kit.benchmarks.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A server without mail, users or checks, that sends replies which were made before: what is left is what driver and kernel cost.
 * For trusted clients that send whole commands in upper case, and no faster than they read.
 */
final class CannedServer {

    private static final ByteBuffer OK = line("+OK");

    private final List<Drop> drops;
    private final ByteBuffer in = ByteBuffer.allocateDirect(64 * 1024);

    /** The replies for the users of one kind. */
    private static final class Drop {
        private final Maildrops maildrops;
        private final ByteBuffer stat;
        private final ByteBuffer list;
        private final ByteBuffer uidl;
        private final ByteBuffer[] messages;

        Drop(Maildrops maildrops) {
            this.maildrops = maildrops;
            stat = line("+OK " + maildrops.messages() + " " + maildrops.totalOctets());
            StringBuilder scan = new StringBuilder("+OK\r\n");
            StringBuilder uniqueIds = new StringBuilder("+OK\r\n");
            for (int number = 1; number <= maildrops.messages(); number++) {
                scan.append(number).append(' ').append(maildrops.octets(number)).append("\r\n");
                uniqueIds.append(number).append(" canned").append(number).append("\r\n");
            }
            list = line(scan + ".");
            uidl = line(uniqueIds + ".");
            messages = new ByteBuffer[maildrops.messages()];
        }

        ByteBuffer message(int number) {
            ByteBuffer known = messages[number - 1];
            if (known == null) {
                byte[] octets = maildrops.message(number).onTheWire();
                known = ByteBuffer.allocateDirect(5 + octets.length).put(OK.duplicate());
                messages[number - 1] = known.put(octets).flip();
            }
            return known.duplicate();
        }
    }

    /** A connection: whose maildrop it is, and what could not be written yet. */
    private static final class Client {
        private @Nullable Drop drop;
        private final ArrayDeque<ByteBuffer> replies = new ArrayDeque<>();
        private boolean quit;
    }

    private CannedServer(List<Drop> drops) {
        this.drops = drops;
    }

    private static ByteBuffer line(String text) {
        byte[] octets = (text + "\r\n").getBytes(ISO_8859_1);
        return ByteBuffer.allocateDirect(octets.length).put(octets).flip();
    }

    /** Serves until the process ends; prints its port. */
    static void run(Options options) throws IOException {
        List<Drop> drops = new ArrayList<>();
        for (String each : options.required("maildrops").split(",", -1)) drops.add(new Drop(Maildrops.parse(each)));
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), options.number("port", 0)), 4096);
        System.out.println("listening on " + listener.socket().getLocalPort());
        new CannedServer(drops).serve(listener);
    }

    private void serve(ServerSocketChannel listener) throws IOException {
        Selector selector = Selector.open();
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        while (true) {
            selector.select(key -> {
                try {
                    if (key.isAcceptable()) {
                        accept(listener, selector);
                    } else {
                        attend((SocketChannel) key.channel(), key);
                    }
                } catch (IOException gone) {
                    close(key);
                }
            });
        }
    }

    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException gone) {
            // As it should be.
        }
    }

    private static void accept(ServerSocketChannel listener, Selector selector) throws IOException {
        for (SocketChannel channel; (channel = listener.accept()) != null; ) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.write(OK.duplicate());
            channel.register(selector, SelectionKey.OP_READ, new Client());
        }
    }

    private void attend(SocketChannel channel, SelectionKey key) throws IOException {
        Client client = (Client) key.attachment();
        if (key.isReadable()) {
            if (channel.read(in.clear()) < 0) {
                channel.close();
                return;
            }
            in.flip();
            while (in.hasRemaining()) answer(client);
        }
        while (!client.replies.isEmpty()) {
            ByteBuffer[] all = client.replies.toArray(ByteBuffer[]::new);
            channel.write(all);
            while (!client.replies.isEmpty() && !client.replies.element().hasRemaining()) client.replies.remove();
            if (all[all.length - 1].hasRemaining()) break;
        }
        if (!client.replies.isEmpty()) {
            key.interestOps(SelectionKey.OP_WRITE);
        } else if (client.quit) {
            channel.close();
        } else if (key.interestOps() != SelectionKey.OP_READ) {
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    private void answer(Client client) {
        int start = in.position();
        byte first = in.get(start);
        byte second = in.get(start + 1);
        int end = start;
        while (in.get(end) != '\n') end++;
        ByteBuffer reply = OK.duplicate();
        if (first == 'U' && second == 'S') {
            client.drop = find(start + 5, end - 1);
        } else if (first == 'Q') {
            client.quit = true;
        } else if (client.drop != null) {
            Drop drop = client.drop;
            if (first == 'S') reply = drop.stat.duplicate();
            if (first == 'L') reply = drop.list.duplicate();
            if (first == 'U') reply = drop.uidl.duplicate();
            if (first == 'R') reply = drop.message(number(start + 5, end - 1));
        }
        client.replies.add(reply);
        in.position(end + 1);
    }

    private int number(int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) number = 10 * number + in.get(i) - '0';
        return number;
    }

    private @Nullable Drop find(int from, int to) {
        byte[] name = new byte[to - from];
        in.get(from, name);
        Optional<Drop> found = drops.stream()
                .filter(drop -> {
                    int length = drop.maildrops.prefix().length();
                    byte[] prefix = drop.maildrops.prefix().getBytes(ISO_8859_1);
                    return name.length > length && Arrays.equals(name, 0, length, prefix, 0, length);
                })
                .findFirst();
        return found.orElse(null);
    }
}
