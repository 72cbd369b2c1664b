package io.github.pop3kit.client.sync;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.CallerRunsPolicy;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A file for each message: written under another name, made durable, and renamed. Its name is made of the message's key, so that a
 * message that comes again is recognised, and no file is ever overwritten.
 *
 * <p>While messages come, others make durable those that came before; {@link #sync} waits for them, and only then they are visible. What a
 * crash leaves under the other name is written over when the message comes again.
 */
abstract sealed class FileSink implements Sink {

    private static final int BUFFER = 64 * 1024;

    /**
     * File systems make durable together what is asked for at once. Who comes when as many files wait as may be open does it himself.
     */
    private static final ThreadPoolExecutor DISK = new ThreadPoolExecutor(
            8, 8, 5, TimeUnit.SECONDS, new ArrayBlockingQueue<>(248), FileSink::thread, new CallerRunsPolicy());

    static {
        DISK.allowCoreThreadTimeOut(true);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(null, task, "pop3-sync-disk", 0, false);
        thread.setDaemon(true);
        return thread;
    }

    private record Written(Arrival arrival, Path file, CompletableFuture<Void> durable) {}

    /** What one thread has written since it synced. */
    private static final class Group {
        private final List<Written> files = new ArrayList<>();
        private final byte[] octets = new byte[BUFFER];
        private final byte[] converted = new byte[BUFFER + 1];
    }

    private final Disk disk;
    private final ThreadLocal<Group> groups = ThreadLocal.withInitial(Group::new);
    private boolean prepared;

    private FileSink(Disk disk) {
        this.disk = disk;
    }

    static Sink folder(Path directory, Disk disk) {
        return new Folder(directory, disk);
    }

    static Sink maildir(Path directory, Disk disk) {
        return new Maildir(directory, disk);
    }

    Disk disk() {
        return disk;
    }

    /** Makes the directories. */
    abstract void prepare() throws IOException;

    abstract Path temporary(Arrival arrival);

    /** Where files are in the end. */
    abstract Path directory();

    /** Whether an earlier attempt has stored the message, as far as its name tells. */
    abstract boolean isThere(Arrival arrival) throws IOException;

    /** Gives the file its name, unless it is there under it. */
    abstract void place(Arrival arrival, Path written) throws IOException;

    abstract boolean keepsCarriageReturns();

    final boolean isSame(Path one, Path other) throws IOException {
        if (disk.size(one) != disk.size(other)) return false;
        try (InputStream first = new BufferedInputStream(disk.read(one), BUFFER);
                InputStream second = new BufferedInputStream(disk.read(other), BUFFER)) {
            for (int octet; (octet = first.read()) == second.read(); ) {
                if (octet < 0) return true;
            }
            return false;
        }
    }

    @Override
    public final void store(Arrival arrival, InputStream message) throws IOException {
        synchronized (this) {
            if (!prepared) prepare();
            prepared = true;
        }
        if (isThere(arrival)) return;
        Group group = groups.get();
        Path file = temporary(arrival);
        Disk.Output out = disk.create(file);
        boolean complete = false;
        try {
            copy(message, out, group);
            complete = true;
        } finally {
            if (!complete) {
                giveUp(file);
                out.close();
            }
        }
        group.files.add(new Written(arrival, file, CompletableFuture.runAsync(() -> makeDurable(out), DISK)));
    }

    private void giveUp(Path file) {
        try {
            disk.delete(file);
        } catch (IOException e) {
            // What is left over is written over when the message comes again.
        }
    }

    private static void makeDurable(Disk.Output out) {
        try (out) {
            out.force();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void copy(InputStream message, Disk.Output out, Group group) throws IOException {
        if (keepsCarriageReturns()) {
            for (int read; (read = message.read(group.octets)) >= 0; ) {
                out.write(ByteBuffer.wrap(group.octets, 0, read));
            }
            return;
        }
        LineFeeds lineFeeds = new LineFeeds();
        for (int read; (read = message.read(group.octets)) >= 0; ) {
            out.write(ByteBuffer.wrap(group.converted, 0, lineFeeds.take(group.octets, read, group.converted)));
        }
        if (lineFeeds.endsInCarriageReturn()) out.write(ByteBuffer.wrap(new byte[] {'\r'}));
    }

    @Override
    public final void sync() throws IOException {
        Group group = groups.get();
        if (group.files.isEmpty()) return;
        boolean complete = false;
        try {
            awaitDurable(group.files);
            for (Written written : group.files) place(written.arrival, written.file);
            disk.forceDirectory(directory());
            complete = true;
        } finally {
            if (!complete) for (Written written : group.files) giveUp(written.file);
            group.files.clear();
        }
    }

    /** Waits for all of them, also for those behind one that fails. */
    private static void awaitDurable(List<Written> files) throws IOException {
        try {
            CompletableFuture.allOf(files.stream().map(Written::durable).toArray(CompletableFuture<?>[]::new))
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException failed) throw failed.getCause();
            throw e;
        }
    }

    /** {@code KEY.eml}. */
    private static final class Folder extends FileSink {

        private final Path directory;

        Folder(Path directory, Disk disk) {
            super(disk);
            this.directory = directory;
        }

        @Override
        void prepare() throws IOException {
            disk().createDirectories(directory);
        }

        @Override
        Path temporary(Arrival arrival) {
            return directory.resolve("." + arrival.key() + ".tmp");
        }

        @Override
        Path directory() {
            return directory;
        }

        @Override
        boolean isThere(Arrival arrival) {
            return false; // The name does not tell: a server may give a unique-id again to another message.
        }

        @Override
        void place(Arrival arrival, Path written) throws IOException {
            for (int n = 1; ; n++) {
                Path file = directory.resolve(arrival.key() + (n == 1 ? "" : "-" + n) + ".eml");
                if (!disk().exists(file)) {
                    disk().rename(written, file);
                    return;
                }
                if (isSame(written, file)) {
                    disk().delete(written);
                    return;
                }
            }
        }

        @Override
        boolean keepsCarriageReturns() {
            return true;
        }

        @Override
        public String toString() {
            return "folder " + directory;
        }
    }

    /** {@code new/SECONDS.KEY.pop3sync}; mail readers move it to {@code cur} and put flags behind the name. */
    private static final class Maildir extends FileSink {

        private static final String END = ".pop3sync";

        private final Path directory;

        /** What is there, by its key. */
        private @Nullable Map<String, List<Path>> there;

        Maildir(Path directory, Disk disk) {
            super(disk);
            this.directory = directory;
        }

        @Override
        void prepare() throws IOException {
            for (String name : List.of("", "tmp", "new", "cur")) disk().createDirectories(directory.resolve(name));
        }

        @Override
        Path temporary(Arrival arrival) {
            return directory.resolve("tmp").resolve(name(arrival));
        }

        private static String name(Arrival arrival) {
            return arrival.firstSeen().getEpochSecond() + "." + arrival.key() + END;
        }

        @Override
        Path directory() {
            return directory.resolve("new");
        }

        /** None but this sink gives such a name, and to this message alone. */
        @Override
        synchronized boolean isThere(Arrival arrival) throws IOException {
            if (!arrival.again()) return false;
            for (Path file : known(arrival)) {
                if (file.getFileName().toString().startsWith(name(arrival))) return true;
            }
            return false;
        }

        /** Looks at all names once: afterwards this sink alone adds to them. */
        private List<Path> known(Arrival arrival) throws IOException {
            Map<String, List<Path>> all = there;
            if (all == null) {
                all = new HashMap<>();
                for (String place : List.of("new", "cur")) {
                    for (String name : disk().list(directory.resolve(place))) {
                        int end = name.indexOf(END);
                        if (end < 0) continue;
                        String key = name.substring(name.lastIndexOf('.', end - 1) + 1, end);
                        all.computeIfAbsent(key, none -> new ArrayList<>(1))
                                .add(directory.resolve(place).resolve(name));
                    }
                }
                there = all;
            }
            return all.computeIfAbsent(arrival.key(), none -> new ArrayList<>(1));
        }

        /** Where the journal was lost the same message comes under another name. */
        @Override
        synchronized void place(Arrival arrival, Path written) throws IOException {
            List<Path> known = known(arrival);
            for (Path file : known) {
                if (disk().exists(file) && isSame(written, file)) {
                    disk().delete(written);
                    return;
                }
            }
            Path file = directory().resolve(name(arrival));
            disk().rename(written, file);
            known.add(file);
        }

        @Override
        boolean keepsCarriageReturns() {
            return false;
        }

        @Override
        public String toString() {
            return "maildir " + directory;
        }
    }
}
