package io.github.pop3kit.store.jdbc;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way in: read to its end before a connection is asked for, its lines ended with CRLF. In memory while it is
 * small, in a temporary file otherwise, so that a transaction that has to be run again can read it again.
 */
final class Message implements Closeable {

    private static final int IN_MEMORY = 512 * 1024;

    private final MessageDigest digest = sha256();
    private @Nullable ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private @Nullable Path file;
    private @Nullable OutputStream toFile;
    private long octets;
    private boolean verbatim = true;
    private byte[] digested = new byte[0];

    private Message() {}

    static Message read(InputStream source) throws IOException {
        Message message = new Message();
        try {
            message.copy(source);
            return message;
        } catch (IOException | RuntimeException | Error e) {
            message.close();
            throw e;
        }
    }

    private void copy(InputStream source) throws IOException {
        byte[] in = new byte[16 * 1024];
        byte[] out = new byte[2 * in.length + 2];
        byte last = '\n';
        for (int read = source.read(in); read >= 0; read = source.read(in)) {
            int length = 0;
            for (int i = 0; i < read; i++) {
                byte octet = in[i];
                if (octet == '\n' && last != '\r') out[length++] = '\r';
                if (octet == '.' && last == '\n') verbatim = false;
                out[length++] = octet;
                last = octet;
            }
            write(out, length);
        }
        if (last != '\n') write(new byte[] {'\r', '\n'}, 2);
        OutputStream written = toFile;
        if (written != null) written.close();
        digested = digest.digest();
    }

    private void write(byte[] buffer, int length) throws IOException {
        digest.update(buffer, 0, length);
        octets += length;
        ByteArrayOutputStream held = memory;
        if (held != null && octets > IN_MEMORY) {
            file = Files.createTempFile("pop3kit-", ".message");
            toFile = Files.newOutputStream(file);
            held.writeTo(toFile);
            memory = held = null;
        }
        OutputStream to = held == null ? toFile : held;
        if (to != null) to.write(buffer, 0, length);
    }

    long octets() {
        return octets;
    }

    /** No line begins with a dot. */
    boolean verbatim() {
        return verbatim;
    }

    /** The SHA-256 of it. */
    byte[] digest() {
        return digested;
    }

    /** From its first octet. */
    InputStream open() throws IOException {
        ByteArrayOutputStream held = memory;
        if (held != null) return new ByteArrayInputStream(held.toByteArray());
        if (file == null) throw new IOException("the message is closed");
        return Files.newInputStream(file);
    }

    @Override
    public void close() throws IOException {
        memory = null;
        if (toFile != null) toFile.close();
        if (file != null) Files.deleteIfExists(file);
        file = null;
    }

    /** The one digest of this store. */
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has it", e);
        }
    }
}
