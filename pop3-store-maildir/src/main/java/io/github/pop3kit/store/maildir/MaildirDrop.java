package io.github.pop3kit.store.maildir;

import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The messages of a maildir as they were found when it was opened. */
final class MaildirDrop implements Maildrop {

    private static final Logger log = LoggerFactory.getLogger(MaildirDrop.class);

    private final MaildirIo io;
    private final MaildirPlaces places;
    private final MaildirLock lock;
    private final long[] octets;
    /** In nanoseconds since 1970. */
    private final long[] modified;

    private final BitSet verbatim;

    private MaildirDrop(
            MaildirIo io, MaildirPlaces places, MaildirLock lock, long[] octets, long[] modified, BitSet verbatim) {
        this.io = io;
        this.places = places;
        this.lock = lock;
        this.octets = octets;
        this.modified = modified;
        this.verbatim = verbatim;
    }

    /**
     * Reads each message once, for LIST has to say exactly what RETR will send. Whatever is no regular file, or cannot be read,
     * costs only itself: it is left out, and the log says so once.
     */
    static MaildirDrop open(MaildirIo io, MaildirPlaces found, MaildirLock lock) throws IOException {
        long[] octets = new long[found.count()];
        long[] modified = new long[found.count()];
        BitSet verbatim = new BitSet();
        BitSet served = new BitSet(found.count());
        Odd odd = new Odd();
        ByteBuffer buffer = MessageScan.takeBuffer();
        try {
            BitSet all = new BitSet(found.count());
            all.set(0, found.count());
            found.visit(all, (index, file) -> {
                BasicFileAttributes attributes = io.attributes(file);
                if (!attributes.isRegularFile()) {
                    odd.add(file, "not a regular file");
                    return;
                }
                try (FileChannel message = io.open(file)) {
                    MessageScan scan = MessageScan.of(message, buffer);
                    octets[index] = scan.octets();
                    modified[index] = nanos(attributes);
                    verbatim.set(index, scan.verbatim());
                    served.set(index);
                } catch (AccessDeniedException e) {
                    odd.add(file, "not readable");
                } catch (FileSystemException e) {
                    throw e; // not found: looked for again; no descriptor left and the like: not the file's fault
                } catch (IOException e) {
                    odd.add(file, String.valueOf(e.getMessage()));
                }
            });
        } finally {
            MessageScan.giveBack(buffer);
        }
        odd.log();

        int[] kept = served.stream().toArray();
        BitSet keptVerbatim = new BitSet(kept.length);
        for (int i = 0; i < kept.length; i++) keptVerbatim.set(i, verbatim.get(kept[i]));
        return new MaildirDrop(
                io,
                found.only(kept),
                lock,
                Arrays.stream(kept).mapToLong(i -> octets[i]).toArray(),
                Arrays.stream(kept).mapToLong(i -> modified[i]).toArray(),
                keptVerbatim);
    }

    /** What is left out of a maildrop: how much, and one example for the log. */
    private static final class Odd {
        private int count;
        private String example = "";

        void add(Path file, String why) {
            if (count++ == 0) example = file + ": " + why;
        }

        void log() {
            if (count > 0) log.warn("{} entries are not served, such as {}", count, MaildirName.printable(example));
        }
    }

    @Override
    public int count() {
        return places.count();
    }

    @Override
    public String uniqueId(int number) {
        return places.uniqueId(number - 1);
    }

    @Override
    public long octets(int number) {
        return octets[number - 1];
    }

    @Override
    public Optional<Instant> received(int number) {
        return Optional.of(Instant.EPOCH.plusNanos(modified[number - 1]));
    }

    @Override
    public MessageContent open(int number) throws IOException {
        BitSet wanted = new BitSet();
        wanted.set(number - 1);
        MessageContent[] opened = new MessageContent[1];
        try {
            places.visit(wanted, (index, file) -> opened[0] = open(index, file));
        } catch (IOException e) {
            throw MaildirIo.refusal("message " + number + " cannot be opened", places.maildir(), e);
        }
        if (opened[0] == null) throw new StoreException(Reason.GONE, "somebody else removed message " + number);
        return opened[0];
    }

    private MessageContent open(int index, Path file) throws IOException {
        BasicFileAttributes attributes = io.attributes(file);
        if (!attributes.isRegularFile()) throw new StoreException(Reason.GONE, "the message is no longer a file");
        // A verbatim message has as many octets as its file.
        boolean asItWas = attributes.size() == octets[index] && nanos(attributes) == modified[index];
        return new MessageContent(io.open(file), verbatim.get(index) && asItWas);
    }

    @Override
    public void remove(int[] numbers) throws IOException {
        if (numbers.length == 0) return;
        BitSet marked = new BitSet();
        for (int number : numbers) marked.set(number - 1);
        Set<Path> touched = new HashSet<>();
        try {
            lock.check();
            places.visit(marked, (index, file) -> {
                io.delete(file);
                touched.add(file.getParent());
            });
            for (Path folder : touched) io.force(folder);
        } catch (IOException e) {
            throw MaildirIo.refusal("messages cannot be removed", places.maildir(), e);
        }
    }

    @Override
    public void close() {
        lock.close();
    }

    private static long nanos(BasicFileAttributes attributes) {
        return attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
    }
}
