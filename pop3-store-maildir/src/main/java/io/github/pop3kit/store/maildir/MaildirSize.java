package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The quota file of a maildir, {@code maildirsize}: its limits, and then what was added and removed, a line each. It is kept where it
 * exists and never created: the limits are somebody else's.
 */
final class MaildirSize {

    static final String FILE = "maildirsize";

    private static final Logger log = LoggerFactory.getLogger(MaildirSize.class);
    private static final int LONGEST = 5120;
    private static final Duration FRESH = Duration.ofMinutes(15);
    private static final Pattern LIMIT = Pattern.compile("([0-9]{1,18})([SC])");
    private static final Pattern LINE = Pattern.compile(" *(-?[0-9]{1,18}) +(-?[0-9]{1,18}) *");

    private final MaildirIo io;
    private final Path root;
    private final Path file;

    /** Of the maildir; the file is in {@code control}. */
    MaildirSize(MaildirIo io, Path maildir, Path control) {
        this.io = io;
        this.root = maildir;
        this.file = control.resolve(FILE);
    }

    /** What a session adds or removes: one line at its end. */
    Change change() throws IOException {
        return new Change(exists());
    }

    private boolean exists() throws IOException {
        try {
            return io.attributes(file).isRegularFile();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** A line to be. Where there is no file, nothing is counted. */
    final class Change {
        private final boolean counts;
        private long octets;
        private long messages;

        private Change(boolean counts) {
            this.counts = counts;
        }

        /** How much a file counts that is about to be removed. */
        long sizeOf(String base, Path message) throws IOException {
            if (!counts) return 0;
            long size = MaildirName.size(base, 'S');
            return size < 0 ? io.attributes(message).size() : size;
        }

        void removed(long size) {
            octets -= size;
            messages--;
        }

        void added(long size) {
            octets += size;
            messages++;
        }

        /** Appends the line. Mail matters more than its count: if this fails, the file is removed, to be counted anew. */
        void save() {
            if (!counts || (octets == 0 && messages == 0)) return;
            try (FileChannel sizes = io.append(file)) {
                io.write(sizes, ByteBuffer.wrap((octets + " " + messages + "\n").getBytes(US_ASCII)));
            } catch (NoSuchFileException e) {
                return; // Somebody wants it counted anew.
            } catch (IOException e) {
                distrust(e);
            }
        }
    }

    private void distrust(IOException why) {
        log.warn("{} could not be kept: {}", file, MaildirName.printable(why.toString()));
        try {
            io.delete(file);
        } catch (IOException remains) {
            log.warn("{} is wrong now: {}", file, MaildirName.printable(remains.toString()));
        }
    }

    /** Counts anew, if there is a file: a session that did not come to its end has removed nobody knows how much. */
    void countAnew() {
        try {
            Optional<Sums> kept = read();
            if (kept.isPresent()) recount(kept.get());
        } catch (IOException e) {
            distrust(e);
        }
    }

    /**
     * Makes sure that one more message of this size stays within the limits, if there are any.
     *
     * @throws StoreException {@link Reason#OVER_QUOTA OVER_QUOTA}
     */
    void admit(long size) throws IOException {
        Optional<Sums> kept = read();
        if (kept.isEmpty()) return;
        Sums sums = kept.get();
        if (!sums.sound) sums = recount(sums);
        // Too much, if the file is right: it is trusted only when it was counted just now.
        if (!sums.fits(size) && (sums.lines > 1 || sums.old)) sums = recount(sums);
        if (!sums.fits(size)) throw new StoreException(Reason.OVER_QUOTA, root + " is over its quota");
    }

    /** Limits and sums; a limit of 0 is none. */
    private record Sums(String limits, long octets, long messages, int lines, boolean old, boolean sound) {
        boolean fits(long size) {
            Matcher limit = LIMIT.matcher(limits);
            while (limit.find()) {
                long most = Long.parseLong(limit.group(1));
                long now = limit.group(2).equals("S") ? octets + size : messages + 1;
                if (most > 0 && now > most) return false;
            }
            return true;
        }
    }

    private Optional<Sums> read() throws IOException {
        BasicFileAttributes attributes;
        String text;
        try {
            attributes = io.attributes(file);
            if (!attributes.isRegularFile()) return Optional.empty();
            text = new String(io.read(file), US_ASCII);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        String[] lines = text.split("\n", -1); // the last one has no end, and does not count
        if (lines.length < 2) return Optional.empty();
        long octets = 0;
        long messages = 0;
        boolean sound = text.length() <= LONGEST && text.indexOf('\0') < 0;
        for (int i = 1; i < lines.length - 1 && sound; i++) {
            Matcher line = LINE.matcher(lines[i]);
            sound = line.matches();
            if (!sound) break;
            octets += Long.parseLong(line.group(1));
            messages += Long.parseLong(line.group(2));
        }
        Instant changed = attributes.lastModifiedTime().toInstant();
        boolean old = changed.isBefore(Instant.now().minus(FRESH));
        sound &= octets >= 0 && messages >= 0;
        return Optional.of(new Sums(lines[0], octets, messages, lines.length - 2, old, sound));
    }

    /** Counts the files of all folders; what changes meanwhile is not written down. */
    private Sums recount(Sums limits) throws IOException {
        List<Path> maildirs = new ArrayList<>(List.of(root));
        io.listAll(root, name -> {
            if (name.startsWith(".")) maildirs.add(MaildirIo.resolve(root, name));
        });
        List<Path> folders = new ArrayList<>();
        for (Path maildir : maildirs) {
            if (!io.attributes(maildir).isDirectory()) continue;
            for (String part : MaildirFolders.NAMES) folders.add(maildir.resolve(part));
        }
        long[] sums = new long[2];
        List<Object> before = times(folders);
        for (Path folder : folders) {
            List<String> names = new ArrayList<>();
            try {
                if (!io.attributes(folder).isDirectory()) continue;
                io.list(folder, names::add);
            } catch (NoSuchFileException e) {
                continue;
            }
            for (String name : names) {
                long size = MaildirName.size(MaildirName.base("cur/" + name), 'S');
                try {
                    sums[0] += size < 0
                            ? io.attributes(MaildirIo.resolve(folder, name)).size()
                            : size;
                    sums[1]++;
                } catch (NoSuchFileException e) {
                    // Moved or removed.
                }
            }
        }
        if (times(folders).equals(before)) write(limits.limits(), sums);
        return new Sums(limits.limits(), sums[0], sums[1], 1, false, true);
    }

    private List<Object> times(List<Path> folders) throws IOException {
        List<Object> times = new ArrayList<>();
        for (Path folder : folders) {
            try {
                times.add(io.attributes(folder).lastModifiedTime());
            } catch (NoSuchFileException e) {
                times.add("missing");
            }
        }
        return times;
    }

    /** It is a count that everybody can make again: whoever needs it goes on without the file, too. */
    private void write(String limits, long[] sums) {
        Path written = file.resolveSibling(FILE + "." + MaildirName.unused());
        try {
            try (FileChannel sizes = io.create(written)) {
                io.write(sizes, ByteBuffer.wrap((limits + "\n" + sums[0] + " " + sums[1] + "\n").getBytes(US_ASCII)));
            }
            io.replace(written, file);
        } catch (IOException e) {
            log.warn("{} could not be written: {}", file, MaildirName.printable(e.toString()));
            try {
                io.delete(written);
            } catch (IOException remains) {
                log.debug("{} remains: {}", written, remains.toString());
            }
        }
    }
}
