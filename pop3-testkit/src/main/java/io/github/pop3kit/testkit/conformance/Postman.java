package io.github.pop3kit.testkit.conformance;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Brings a message into the maildrop that is checked, by a way that is not POP3. */
@FunctionalInterface
public interface Postman {

    /** Delivers one message; its lines end in LF. When it returns the next session should see the message. */
    void deliver(byte[] message) throws IOException;

    /** Writes into a maildir that the server reads. The files belong to whom the maildir belongs to, if this process may say so. */
    static Postman maildir(Path maildir) {
        AtomicLong count = new AtomicLong();
        return message -> {
            Path tmp = maildir.resolve("tmp");
            Path fresh = maildir.resolve("new");
            if (!Files.isDirectory(tmp) || !Files.isDirectory(fresh)) {
                throw new IOException(maildir + " is no maildir: it has no tmp and new");
            }
            long now = System.currentTimeMillis();
            String name = String.format(
                    "%d.M%06dP%dQ%06d.pop3check",
                    now / 1000, now % 1000 * 1000, ProcessHandle.current().pid(), count.incrementAndGet());
            Path file = Files.write(tmp.resolve(name), message, StandardOpenOption.CREATE_NEW);
            belongs(file, fresh);
            Files.move(file, fresh.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        };
    }

    private static void belongs(Path file, Path folder) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) return;
        view.setPermissions(PosixFilePermissions.fromString("rw-------"));
        PosixFileAttributes owner = Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        try {
            if (!view.getOwner().equals(owner.owner())) view.setOwner(owner.owner());
            view.setGroup(owner.group());
        } catch (FileSystemException notRoot) {
            // The server may be allowed to read it all the same.
        }
    }

    /** Runs a command of the shell for each message, which is its standard input; the status 0 says that it is delivered. */
    static Postman command(String command) {
        return message -> {
            // From a file: whether it reads all of a pipe, and how fast, is up to the command.
            Path file = Files.write(Files.createTempFile("pop3-check", ".eml"), message);
            Process process;
            try {
                process = new ProcessBuilder("sh", "-c", command)
                        .redirectInput(file.toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
            } catch (IOException e) {
                Files.delete(file);
                throw e;
            }
            try {
                if (!process.waitFor(30, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IOException("the command that delivers does not end within 30 seconds");
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while a message was delivered", e);
            } finally {
                Files.deleteIfExists(file);
            }
            if (process.exitValue() != 0) {
                throw new IOException("the command that delivers ended with status " + process.exitValue());
            }
        };
    }
}
