package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The file system as this store uses it. Every file operation passes here, so that tests can make one fail and a faster way has a
 * place to go.
 *
 * <p>A file name is octets, and those of mail need not be text in any charset. Here they are strings of which each char is one octet
 * ({@code ISO_8859_1}): compact in memory, in the right order, and never damaged on the way to a path and back.
 */
class MaildirIo {

    /**
     * What went wrong comes as words alone, and in the language of whoever started the process. So what is always full, and what can
     * never be read, are asked for theirs, where the system has them.
     */
    private static final List<String> FULL =
            List.of("No space left", "quota exceeded", wordsOf("/dev/full", StandardOpenOption.WRITE));

    /** Memory begins with nothing. */
    private static final List<String> BROKEN =
            List.of("Input/output error", wordsOf("/proc/self/mem", StandardOpenOption.READ));

    private static final boolean ROOT = isRoot();
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> READ_AND_WRITE = PosixFilePermissions.fromString("rw-rw-rw-");

    /** Shows the visitor all names in a folder but those that begin with a dot, in no order. */
    void list(Path folder, Consumer<String> visitor) throws IOException {
        listAll(folder, name -> {
            if (!name.startsWith(".")) visitor.accept(name);
        });
    }

    /** Shows the visitor all names in a folder, in no order. */
    void listAll(Path folder, Consumer<String> visitor) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) visitor.accept(octets(entry));
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** Of the entry itself, not of what it may link to. */
    BasicFileAttributes attributes(Path entry) throws IOException {
        return Files.readAttributes(entry, BasicFileAttributes.class, NOFOLLOW_LINKS);
    }

    /**
     * Opens a file to read. The caller has just seen in its {@link #attributes} that it is regular, for opening a fifo would wait
     * for a writer: the JDK has no way to open without waiting.
     */
    FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ, NOFOLLOW_LINKS);
    }

    /** Opens a file to read and write that is there. */
    FileChannel openToChange(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, NOFOLLOW_LINKS);
    }

    /**
     * Opens a file to write that must not have been there. Who may read and write the folder may read and write the file, as
     * Dovecot does it; a process of root gives the file to the folder's owner, or the other programs of that owner could not use it.
     */
    FileChannel create(Path file) throws IOException {
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, NOFOLLOW_LINKS);
        Path folder = file.getParent();
        if (folder == null || !isPosix(file)) return FileChannel.open(file, options);
        PosixFileAttributes above = Files.readAttributes(folder, PosixFileAttributes.class);
        Set<PosixFilePermission> permissions = EnumSet.copyOf(PRIVATE);
        permissions.addAll(above.permissions());
        permissions.retainAll(READ_AND_WRITE);
        FileChannel created = FileChannel.open(file, options, PosixFilePermissions.asFileAttribute(permissions));
        if (ROOT) own(file, above, created);
        return created;
    }

    private static void own(Path file, PosixFileAttributes above, FileChannel created) throws IOException {
        try {
            PosixFileAttributeView view =
                    Files.getFileAttributeView(file, PosixFileAttributeView.class, NOFOLLOW_LINKS);
            view.setOwner(above.owner());
            view.setGroup(above.group());
        } catch (IOException e) {
            try (created) {
                Files.deleteIfExists(file);
            }
            throw e;
        }
    }

    /** Opens a file to write behind its end. */
    FileChannel append(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND, NOFOLLOW_LINKS);
    }

    void write(FileChannel file, ByteBuffer octets) throws IOException {
        while (octets.hasRemaining()) file.write(octets);
    }

    /** All octets of a small file that other programs replace by renaming; read through one descriptor, they belong together. */
    byte[] read(Path file) throws IOException {
        for (int tries = 1; ; tries++) {
            if (!Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS)
                    .isRegularFile()) {
                throw new StoreException(Reason.PERMANENT, MaildirName.printable(file + " is not a regular file"));
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, NOFOLLOW_LINKS)) {
                ByteBuffer octets = ByteBuffer.allocate(Math.toIntExact(channel.size() + 1));
                while (channel.read(octets) >= 0) {
                    if (octets.hasRemaining()) continue;
                    octets = ByteBuffer.allocate(Math.multiplyExact(octets.capacity(), 2))
                            .put(octets.flip());
                }
                return Arrays.copyOf(octets.array(), octets.position());
            } catch (NoSuchFileException | AccessDeniedException certain) {
                throw certain;
            } catch (IOException e) {
                // NFS: it may have been replaced by another host while we had it open.
                if (tries > 2) throw e;
            }
        }
    }

    /** Writes what the file has to the disk: its octets and its times. */
    void force(FileChannel file) throws IOException {
        file.force(true);
    }

    /** Makes the names in a folder durable as they are now. */
    void force(Path folder) throws IOException {
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    /** Creates a directory and those above it that are missing, for the owner alone, durably. */
    void createFolder(Path folder) throws IOException {
        try {
            if (attributes(folder).isDirectory()) return;
        } catch (NoSuchFileException e) {
            Path parent = folder.getParent();
            if (parent != null && !Files.isDirectory(parent)) createFolder(parent);
        }
        try {
            Files.createDirectory(folder, ownerOnly(folder, "rwx------"));
        } catch (FileAlreadyExistsException e) {
            if (!attributes(folder).isDirectory()) {
                throw new StoreException(
                        Reason.PERMANENT, MaildirName.printable(folder + " is not a directory, or a link to one"));
            }
        }
        Path parent = folder.getParent();
        if (parent != null) force(parent);
    }

    /** Renames a file. Nothing is there under the new name. */
    void rename(Path from, Path to) throws IOException {
        Files.move(from, to);
    }

    /** Puts a file in the place of another, if there is one: whoever looks sees either the old one or the new one. */
    void replace(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    void delete(Path file) throws IOException {
        Files.delete(file);
    }

    /** Sets when the file was last modified. */
    void touch(Path file, FileTime time) throws IOException {
        Files.getFileAttributeView(file, BasicFileAttributeView.class, NOFOLLOW_LINKS)
                .setTimes(time, null, null);
    }

    /** Whether the failure was one of room: on the disk, or in its owner's quota. */
    static boolean isFull(IOException e) {
        return says(FULL, e);
    }

    /** Whether what was asked for may have been done nevertheless: a disk that fails does not say. */
    static boolean isUncertain(IOException e) {
        return e instanceof FileSystemException && says(BROKEN, e);
    }

    private static boolean says(List<String> words, IOException e) {
        String why =
                e instanceof FileSystemException f ? String.valueOf(f.getReason()) : String.valueOf(e.getMessage());
        return words.stream().anyMatch(why::contains);
    }

    private static String wordsOf(String device, StandardOpenOption how) {
        try (FileChannel channel = FileChannel.open(Path.of(device), how)) {
            ByteBuffer octet = ByteBuffer.allocate(1);
            int done = how == StandardOpenOption.READ ? channel.read(octet) : channel.write(octet);
            return device + ": " + done; // It is another thing here; these are nobody's words.
        } catch (IOException e) {
            String words = e.getMessage();
            return words == null || words.isBlank() ? device + ": nothing" : words; // Nothing would be in everything.
        }
    }

    /** Says what a failure in a maildir means: permanent where rights are missing, temporary otherwise. */
    static StoreException refusal(String what, Path maildir, IOException cause) {
        if (cause instanceof StoreException already) return already;
        Reason reason =
                cause instanceof AccessDeniedException || readOnly(maildir) ? Reason.PERMANENT : Reason.TEMPORARY;
        String printable = MaildirName.printable(cause.toString());
        String message = MaildirName.printable(maildir + ": " + what) + ": " + printable;
        // A file's name may be made to forge lines of the log, and a cause prints it as it is.
        return printable.equals(cause.toString())
                ? new StoreException(reason, message, cause)
                : new StoreException(reason, message);
    }

    private static boolean readOnly(Path where) {
        try {
            return Files.getFileStore(where).isReadOnly();
        } catch (IOException e) {
            return false;
        }
    }

    /** The path of an entry whose name is given in octets; slashes in it separate folders. */
    static Path resolve(Path folder, String octets) {
        if (isAscii(octets)) return folder.resolve(octets);
        // Only a URI can carry octets that are no text into a path.
        StringBuilder uri = new StringBuilder(folder.toUri().toString());
        if (uri.charAt(uri.length() - 1) != '/') uri.append('/');
        for (int i = 0; i < octets.length(); i++) {
            char octet = octets.charAt(i);
            if (octet == '/' || (octet < 0x80 && Character.isLetterOrDigit(octet))) {
                uri.append(octet);
            } else {
                uri.append(String.format(Locale.ROOT, "%%%02X", (int) octet));
            }
        }
        return Path.of(URI.create(uri.toString()));
    }

    private static String octets(Path entry) {
        String name = String.valueOf(entry.getFileName());
        if (isAscii(name)) return name;
        String uri = entry.toUri().getRawPath();
        if (uri.endsWith("/")) uri = uri.substring(0, uri.length() - 1);
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        for (int i = uri.lastIndexOf('/') + 1; i < uri.length(); i++) {
            if (uri.charAt(i) == '%') {
                octets.write(Integer.parseInt(uri, i + 1, i + 3, 16));
                i += 2;
            } else {
                octets.write(uri.charAt(i));
            }
        }
        return octets.toString(ISO_8859_1);
    }

    private static boolean isAscii(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= 0x80) return false;
        }
        return true;
    }

    private static boolean isPosix(Path where) {
        return where.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException notLinux) {
            return false;
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path where, String permissions) {
        return isPosix(where)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
