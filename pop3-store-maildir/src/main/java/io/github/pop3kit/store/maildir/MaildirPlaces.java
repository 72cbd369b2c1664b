package io.github.pop3kit.store.maildir;

import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the messages of a maildir are, in order, by their index from 0. Other programs rename them while a session is open, from
 * {@code new/} to {@code cur/} and to other flags; the base of the name finds them again.
 */
final class MaildirPlaces {

    private static final Logger log = LoggerFactory.getLogger(MaildirPlaces.class);

    private static final List<String> FOLDERS = List.of("new", "cur");
    private static final int TRIES = 5;

    private final MaildirIo io;
    private final Path maildir;
    private final String[] places;

    private MaildirPlaces(MaildirIo io, Path maildir, String[] places) {
        this.io = io;
        this.maildir = maildir;
        this.places = places;
    }

    /**
     * Is there a maildir at all?
     *
     * @throws StoreException {@link Reason#PERMANENT PERMANENT} if one of its folders is a link: it would show the mail of others
     */
    static boolean exist(MaildirIo io, Path maildir) throws IOException {
        boolean exist = modified(io, maildir.resolve("tmp")).isPresent();
        for (String folder : FOLDERS) {
            exist |= modified(io, maildir.resolve(folder)).isPresent();
        }
        return exist;
    }

    static MaildirPlaces none(MaildirIo io, Path maildir) {
        return new MaildirPlaces(io, maildir, new String[0]);
    }

    /** Finds all that have the name of a message; what they are is not looked at yet. */
    static MaildirPlaces find(MaildirIo io, Path maildir) throws IOException {
        List<String> listed = list(io, maildir);
        listed.sort(MaildirName.ORDER.thenComparing(Comparator.naturalOrder()));
        List<String> kept = new ArrayList<>(listed.size());
        List<String> renamed = new ArrayList<>();
        for (String place : listed) {
            int last = kept.size() - 1;
            if (last < 0 || MaildirName.ORDER.compare(kept.get(last), place) != 0) {
                kept.add(place);
            } else if (!place.equals(kept.get(last))) {
                kept.set(last, settle(io, maildir, kept.get(last), place, renamed));
            }
        }
        if (!renamed.isEmpty()) {
            kept.addAll(renamed);
            kept.sort(MaildirName.ORDER);
        }
        return new MaildirPlaces(io, maildir, kept.toArray(String[]::new));
    }

    /**
     * Two names with the same base. Mostly this is one message that was moved while the folders were read. If there really are
     * two files, the second is given a name of its own, as Dovecot does: only so are its unique-id and that of the first the same
     * tomorrow, whichever of them is removed today.
     *
     * @return which of the two names counts
     */
    private static String settle(MaildirIo io, Path maildir, String first, String second, List<String> renamed)
            throws IOException {
        Optional<Object> firstKey = key(io, MaildirIo.resolve(maildir, first));
        Path file = MaildirIo.resolve(maildir, second);
        Optional<Object> secondKey = key(io, file);
        if (secondKey.isEmpty() || secondKey.equals(firstKey)) return first;
        if (firstKey.isEmpty()) return second;
        String folder = second.substring(0, second.indexOf('/') + 1);
        String own = folder + MaildirName.unused() + MaildirName.tail(second);
        try {
            io.rename(file, MaildirIo.resolve(maildir, own));
            io.force(maildir.resolve(folder));
            renamed.add(own);
        } catch (IOException e) {
            log.warn(
                    "{} is not shown: it has the base of another message, and cannot be renamed: {}",
                    MaildirName.printable(file.toString()),
                    MaildirName.printable(e.toString()));
        }
        return first;
    }

    /** What identifies the file itself; empty if it is not a regular one, or not there. */
    private static Optional<Object> key(MaildirIo io, Path file) throws IOException {
        try {
            BasicFileAttributes attributes = io.attributes(file);
            Object key = attributes.fileKey();
            return attributes.isRegularFile() ? Optional.of(key == null ? new Object() : key) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    Path maildir() {
        return maildir;
    }

    int count() {
        return places.length;
    }

    String uniqueId(int index) {
        return MaildirName.uniqueId(places[index]);
    }

    /** These messages alone, numbered anew. */
    MaildirPlaces only(int[] indexes) {
        String[] kept = Arrays.stream(indexes).mapToObj(i -> places[i]).toArray(String[]::new);
        return new MaildirPlaces(io, maildir, kept);
    }

    /** What is done with a message's file. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Does it.
         *
         * @throws NoSuchFileException if the file is not at this path; it is looked for, and visited where it is
         */
        void visit(int index, Path file) throws IOException;
    }

    /** Visits the files of these messages, wherever they are now; those that are gone are left out. */
    void visit(BitSet indexes, Visitor visitor) throws IOException {
        BitSet left = (BitSet) indexes.clone();
        for (int tries = 0; !left.isEmpty(); tries++) {
            if (tries > 0) left.and(findAgain());
            if (tries > TRIES && !left.isEmpty()) {
                throw new StoreException(
                        Reason.TEMPORARY, maildir + ": messages are renamed faster than they are found");
            }
            for (int index = left.nextSetBit(0); index >= 0; index = left.nextSetBit(index + 1)) {
                try {
                    visitor.visit(index, MaildirIo.resolve(maildir, places[index]));
                    left.clear(index);
                } catch (NoSuchFileException e) {
                    // Renamed or removed. One look at the folders, after the others, finds all that were renamed.
                }
            }
        }
    }

    /** Looks where the messages are now; returns which there are. */
    private BitSet findAgain() throws IOException {
        BitSet found = new BitSet(places.length);
        String[] before = places.clone();
        for (String place : list(io, maildir)) {
            int index = Arrays.binarySearch(places, place, MaildirName.ORDER);
            if (index < 0) continue;
            if (!found.get(index) || place.equals(before[index])) places[index] = place;
            found.set(index);
        }
        return found;
    }

    /**
     * The names in both folders. A folder that changes while it is read may show a renamed file under both names or under
     * neither, so it is read again until it holds still, and no name that was seen is dropped.
     */
    private static List<String> list(MaildirIo io, Path maildir) throws IOException {
        List<String> listed = new ArrayList<>();
        for (int tries = 0; tries < TRIES; tries++) {
            boolean still = true;
            for (String folder : FOLDERS) {
                Path path = maildir.resolve(folder);
                Optional<FileTime> before = modified(io, path);
                if (before.isEmpty()) continue;
                io.list(path, name -> listed.add(folder + "/" + name));
                still &= modified(io, path).equals(before);
            }
            if (still) break;
        }
        return listed;
    }

    /** When the folder was last modified; empty if it is missing. */
    private static Optional<FileTime> modified(MaildirIo io, Path folder) throws IOException {
        try {
            BasicFileAttributes attributes = io.attributes(folder);
            if (attributes.isDirectory()) return Optional.of(attributes.lastModifiedTime());
            throw new StoreException(
                    Reason.PERMANENT, MaildirName.printable(folder + " is not a directory, or a link to one"));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
