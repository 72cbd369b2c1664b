package io.github.pop3kit.client.sync;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A disk that counts what is done to it, and at a chosen step fails, is full, or is the last thing that a process does. After a loss of
 * power it has only what was made durable: no octet and no name that was not forced.
 */
final class FaultyDisk implements Disk {

    /** What happens at the step. */
    enum Fault {
        /** Nothing; steps are counted. */
        NONE,
        /** This one operation fails, a write in its middle. */
        FAILS,
        /** From here on nothing can be written. */
        FULL,
        /** The process is killed, in the middle of a write. */
        KILLED
    }

    private interface Undo {
        void run() throws IOException;
    }

    private record Change(Path directory, Undo undo) {}

    private final Disk real = Disk.SYSTEM;
    private final Map<Path, Long> durable = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private final Fault fault;
    private final int step;
    private int steps;

    FaultyDisk(Fault fault, int step) {
        this.fault = fault;
        this.step = step;
    }

    /** How many steps there were. */
    synchronized int steps() {
        return steps;
    }

    /** Whether the fault has happened. */
    synchronized boolean hasFailed() {
        return fault != Fault.NONE && steps >= step;
    }

    private enum Kind {
        READ,
        WRITE
    }

    /** Counts; says whether a write gets to its middle before it fails. */
    private synchronized boolean fails(Kind kind) throws IOException {
        steps++;
        switch (fault) {
            case FAILS -> {
                if (steps == step) return true;
            }
            case FULL -> {
                if (steps >= step && kind == Kind.WRITE) return true;
            }
            case KILLED -> {
                if (steps == step) return true;
                if (steps > step) throw new IOException("the process is dead");
            }
            default -> {}
        }
        return false;
    }

    private void check(Kind kind) throws IOException {
        if (fails(kind)) throw new IOException("step " + step + " " + fault);
    }

    /** What was not made durable is gone. */
    synchronized void losePower() {
        try {
            for (int i = changes.size() - 1; i >= 0; i--) changes.get(i).undo.run();
            for (Map.Entry<Path, Long> each : durable.entrySet()) {
                Path file = each.getKey();
                if (Files.exists(file) && Files.size(file) > each.getValue()) real.truncate(file, each.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        changes.clear();
        durable.clear();
    }

    private synchronized void changed(Path file, Undo undo) {
        changes.add(new Change(file.toAbsolutePath().getParent(), undo));
    }

    private synchronized void written(Path file, boolean forced) throws IOException {
        if (forced) durable.put(file, Files.size(file));
        else durable.putIfAbsent(file, 0L);
    }

    @Override
    public Output create(Path file) throws IOException {
        check(Kind.WRITE);
        Output out = real.create(file);
        synchronized (this) {
            durable.put(file, 0L);
        }
        changed(file, () -> Files.deleteIfExists(file));
        return new Counted(file, out);
    }

    @Override
    public Output append(Path file) throws IOException {
        check(Kind.WRITE);
        boolean there = Files.exists(file);
        synchronized (this) {
            if (there) durable.putIfAbsent(file, Files.size(file)); // From before this process.
            else durable.put(file, 0L);
        }
        Output out = real.append(file);
        if (!there) changed(file, () -> Files.deleteIfExists(file));
        return new Counted(file, out);
    }

    @Override
    public InputStream read(Path file) throws IOException {
        check(Kind.READ);
        try (InputStream in = real.read(file)) {
            return new ByteArrayInputStream(in.readAllBytes());
        }
    }

    @Override
    public boolean exists(Path file) {
        return real.exists(file);
    }

    @Override
    public long size(Path file) throws IOException {
        check(Kind.READ);
        return real.size(file);
    }

    @Override
    public void truncate(Path file, long size) throws IOException {
        check(Kind.WRITE);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
        written(file, true);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        check(Kind.WRITE);
        byte @Nullable [] lost = Files.exists(to) ? Files.readAllBytes(to) : null;
        real.rename(from, to);
        synchronized (this) {
            Long length = durable.remove(from);
            if (length != null) durable.put(to, length);
        }
        changed(to, () -> {
            Files.move(to, from, StandardCopyOption.REPLACE_EXISTING);
            synchronized (this) {
                Long length = durable.remove(to);
                if (length != null) durable.put(from, length);
            }
            if (lost != null) Files.write(to, lost);
        });
    }

    @Override
    public void delete(Path file) throws IOException {
        check(Kind.WRITE);
        byte @Nullable [] lost = Files.exists(file) ? Files.readAllBytes(file) : null;
        real.delete(file);
        Long length;
        synchronized (this) {
            length = durable.remove(file);
        }
        if (lost == null) return;
        changed(file, () -> {
            Files.write(file, lost);
            if (length != null) durable.put(file, length);
        });
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        check(Kind.READ);
        return real.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        check(Kind.WRITE);
        Files.createDirectories(directory);
    }

    @Override
    public @Nullable Closeable tryLock(Path file) throws IOException {
        return real.tryLock(file);
    }

    @Override
    public synchronized void forceDirectory(Path directory) throws IOException {
        check(Kind.WRITE);
        changes.removeIf(change -> change.directory.equals(directory.toAbsolutePath()));
    }

    private final class Counted implements Output {

        private final Path file;
        private final Output out;

        Counted(Path file, Output out) {
            this.file = file;
            this.out = out;
        }

        @Override
        public void write(ByteBuffer octets) throws IOException {
            boolean fails = fails(Kind.WRITE);
            if (fails) octets.limit(octets.position() + octets.remaining() / 2);
            out.write(octets);
            if (fails) throw new IOException("step " + step + " " + fault);
        }

        @Override
        public void force() throws IOException {
            check(Kind.WRITE);
            written(file, true);
        }

        @Override
        public void lock() throws IOException {
            out.lock();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
