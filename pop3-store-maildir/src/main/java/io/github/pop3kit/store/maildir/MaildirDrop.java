package io.github.pop3kit.store.maildir;

import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The messages of a maildir as they were found when it was opened, served wherever other programs move them. */
final class MaildirDrop implements Maildrop {

    private static final int TRIES = 5;

    private final MaildirIo io;
    private final Path maildir;
    private final Snapshot snapshot;
    private final UniqueIdFormat uniqueIds;
    private final MaildirSync sync;
    private final MaildirSize quota;
    private final Hold hold;

    /** The right to change a maildir: as long as the session lasts, or for as long as a change takes. */
    interface Hold extends AutoCloseable {

        /** Does it while nobody else removes anything; never after {@link #close()}. */
        void during(Change change) throws IOException;

        @Override
        void close();

        /** What is done. */
        @FunctionalInterface
        interface Change {
            void make() throws IOException;
        }
    }

    MaildirDrop(
            MaildirIo io,
            Path maildir,
            Snapshot snapshot,
            UniqueIdFormat uniqueIds,
            MaildirSync sync,
            MaildirSize quota,
            Hold hold) {
        this.io = io;
        this.maildir = maildir;
        this.snapshot = snapshot;
        this.uniqueIds = uniqueIds;
        this.sync = sync;
        this.quota = quota;
        this.hold = hold;
    }

    @Override
    public int count() {
        return snapshot.count();
    }

    @Override
    public String uniqueId(int number) {
        int index = number - 1;
        return snapshot.uniqueId(index).orElseGet(() -> {
            long validity = snapshot.state().validity();
            if (uniqueIds.isDovecots()) return uniqueIds.of(snapshot.uid(index), validity, "", "");
            String base = MaildirName.base(snapshot.place(index));
            return MaildirName.asUniqueId(uniqueIds.of(snapshot.uid(index), validity, base, base));
        });
    }

    @Override
    public long octets(int number) {
        return snapshot.octets(number - 1);
    }

    @Override
    public Optional<Instant> received(int number) throws IOException {
        Instant[] received = new Instant[1];
        visit(only(number), "a message cannot be looked at", (index, file) -> {
            received[0] = io.attributes(file).lastModifiedTime().toInstant();
        });
        return Optional.ofNullable(received[0]);
    }

    @Override
    public MessageContent open(int number) throws IOException {
        MessageContent[] opened = new MessageContent[1];
        visit(only(number), "message " + number + " cannot be opened", (index, file) -> opened[0] = open(index, file));
        if (opened[0] == null) throw new StoreException(Reason.GONE, "somebody else removed message " + number);
        return opened[0];
    }

    private MessageContent open(int index, Path file) throws IOException {
        BasicFileAttributes attributes = io.attributes(file);
        if (!attributes.isRegularFile()) throw new StoreException(Reason.GONE, "the message is no longer a file");
        FileChannel channel = io.open(file);
        try {
            boolean verbatim = MaildirSync.stamp(attributes) == snapshot.stamp(index)
                    ? snapshot.verbatim(index)
                    : countAgain(index, channel);
            return new MessageContent(new WholeFile(channel, attributes.size()), verbatim);
        } catch (IOException | RuntimeException | Error e) {
            try (channel) {
                throw e;
            }
        }
    }

    /**
     * Somebody touched the file since it was listed. A message that is longer or shorter now is not sent, for it is not what the
     * client was told; from the next session on it is listed as it is.
     *
     * @return whether it is verbatim
     */
    private boolean countAgain(int index, FileChannel message) throws IOException {
        ByteBuffer buffer = MessageScan.takeBuffer();
        try {
            MessageScan scan = MessageScan.of(message, buffer);
            message.position(0);
            if (scan.octets() == snapshot.octets(index)) return scan.verbatim();
            sync.correct(snapshot.uid(index), MaildirName.base(snapshot.place(index)), scan.octets());
            throw new StoreException(
                    Reason.TEMPORARY,
                    maildir + ": message " + (index + 1) + " was listed with " + snapshot.octets(index)
                            + " octets and has " + scan.octets() + " now");
        } finally {
            MessageScan.giveBack(buffer);
        }
    }

    /**
     * A file that has to have as many octets as when it was opened: one that was cut meanwhile must not look like a whole message, and
     * what was added since was not listed. Nobody has to ask the file whether it ends there.
     */
    private static final class WholeFile implements ReadableByteChannel {
        private final FileChannel file;
        private long left;

        WholeFile(FileChannel file, long length) {
            this.file = file;
            this.left = length;
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            if (left == 0) return -1;
            int limit = to.limit();
            to.limit(to.position() + (int) Math.min(to.remaining(), left));
            int read = file.read(to);
            to.limit(limit);
            if (read < 0) throw new IOException("the file was cut while it was read");
            left -= read;
            return read;
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    @Override
    public void remove(int[] numbers) throws IOException {
        if (numbers.length == 0) return;
        BitSet marked = new BitSet();
        for (int number : numbers) marked.set(number - 1);
        try {
            hold.during(() -> remove(marked));
        } catch (IOException e) {
            throw MaildirIo.refusal("messages cannot be removed", maildir, e);
        }
    }

    /** The intent, the files, the folders, and the end of the intent: in this order each is on the disk before the next. */
    private void remove(BitSet marked) throws IOException {
        RemovalIntent intent = new RemovalIntent(io, maildir);
        // Sessions with snapshots do not exclude each other, and another one may have failed meanwhile.
        intent.finish(new MaildirFolders(io, maildir), quota);
        List<String> bases = new ArrayList<>();
        marked.stream().forEach(index -> bases.add(MaildirName.base(snapshot.place(index))));
        boolean declared = true;
        try {
            intent.declare(bases);
        } catch (IOException e) {
            // One unlink is one act by itself, and on a full disk it makes room.
            if (bases.size() > 1 || !MaildirIo.isFull(e)) throw e;
            declared = false;
        }
        Set<Path> touched = new HashSet<>();
        MaildirSize.Change change = quota.change();
        try {
            visit(marked, (index, file) -> {
                long size = change.sizeOf(MaildirName.base(snapshot.place(index)), file);
                io.delete(file);
                change.removed(size);
                touched.add(file.getParent());
            });
        } catch (IOException e) {
            // Whatever may not be removed is better left alone than tried again at each login.
            if (declared && touched.isEmpty() && !MaildirIo.isUncertain(e)) intent.takeBack(e);
            throw e;
        }
        for (Path folder : touched) io.force(folder);
        change.save();
        if (declared) intent.forget();
    }

    @Override
    public void close() {
        hold.close();
    }

    // ---- where the files are

    private static BitSet only(int number) {
        BitSet one = new BitSet();
        one.set(number - 1);
        return one;
    }

    /** What is done with a message's file. */
    @FunctionalInterface
    private interface Visitor {
        /**
         * Does it.
         *
         * @throws NoSuchFileException if the file is not at this path; it is looked for, and visited where it is
         */
        void visit(int index, Path file) throws IOException;
    }

    private void visit(BitSet indexes, String failure, Visitor visitor) throws IOException {
        try {
            visit(indexes, visitor);
        } catch (IOException e) {
            throw MaildirIo.refusal(failure, maildir, e);
        }
    }

    /** Visits the files of these messages, wherever they are now; those that are gone are left out. */
    private void visit(BitSet indexes, Visitor visitor) throws IOException {
        BitSet left = (BitSet) indexes.clone();
        for (int tries = 0; !left.isEmpty(); tries++) {
            if (tries > 0) findAgain(left);
            if (tries > TRIES && !left.isEmpty()) {
                throw new StoreException(
                        Reason.TEMPORARY, maildir + ": messages are renamed faster than they are found");
            }
            for (int index = left.nextSetBit(0); index >= 0; index = left.nextSetBit(index + 1)) {
                String place = snapshot.place(index);
                // What the kept snapshot says is checked: nobody who may write there gets the mail of others by it.
                if (!MaildirName.isListable(place) || !MaildirFolders.NAMES.contains(place.substring(0, 3))) {
                    throw new StoreException(Reason.PERMANENT, maildir + ": " + Snapshot.FILE + " was forged");
                }
                try {
                    visitor.visit(index, MaildirIo.resolve(maildir, place));
                    left.clear(index);
                } catch (NoSuchFileException e) {
                    // Renamed or removed. One look at the folders, after the others, finds all that were renamed.
                }
            }
        }
    }

    /** Looks where these messages are now, and keeps those that are there. */
    private void findAgain(BitSet left) throws IOException {
        Map<String, String> places = new HashMap<>();
        for (String place : new MaildirFolders(io, maildir).list().places()) {
            places.put(MaildirName.base(place), place);
        }
        Map<Integer, String> moved = new HashMap<>();
        for (int index = 0; index < snapshot.count(); index++) {
            String before = snapshot.place(index);
            String now = places.get(MaildirName.base(before));
            if (now == null) {
                left.clear(index);
            } else if (!now.equals(before)) {
                moved.put(index, now);
            }
        }
        snapshot.moved(moved);
    }
}
