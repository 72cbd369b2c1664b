package io.github.pop3kit.server.auth;

import io.github.pop3kit.store.Account;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Users in a file of Dovecot's passwd-file format, UTF-8, a line each:
 *
 * <pre>name:{SCHEME}secret:uid:gid:gecos:home:shell:key=value key=value</pre>
 *
 * <p>Fields may be left out from the right; a line that is blank or begins with {@code #} is a comment. The account has the name
 * that stands in the file; a name that is not there as typed is looked for in lower case, as Dovecot does. Its attributes are
 * {@code uid}, {@code gid}, {@code home} and the extra fields. Schemes so far: {@code PLAIN} and {@code CLEARTEXT}.
 *
 * <p>The file is read again when it changes. While it cannot be read, nobody can log in, and clients hear {@code [SYS/TEMP]}.
 */
public final class PasswdFile implements Authenticator {

    private static final Logger log = LoggerFactory.getLogger(PasswdFile.class);

    private static final int HOME = 5;
    private static final int EXTRA = 7;

    private record Entry(String name, String secret, Map<String, String> attributes) {
        @Override
        public String toString() {
            return "Entry[" + name + "]";
        }
    }

    /** What {@link #users} were read from; any difference means another file. */
    private record Version(@Nullable Object fileKey, long size, Object modified) {}

    private final Path file;
    private final ReentrantLock reading = new ReentrantLock();
    private @Nullable Version version;
    private Map<String, Entry> users = Map.of();

    /**
     * Reads the file.
     *
     * @throws IOException if it cannot be read now
     */
    public PasswdFile(Path file) throws IOException {
        this.file = file;
        users();
    }

    @Override
    public Optional<Account> password(String user, String password) throws IOException {
        Map<String, Entry> known = users();
        Entry entry = known.get(user);
        if (entry == null) entry = known.get(user.toLowerCase(Locale.ROOT));
        boolean right = Secret.same(entry == null ? null : plain(entry), password);
        return right && entry != null
                ? Optional.of(new Account(entry.name, entry.attributes, Optional.empty()))
                : Optional.empty();
    }

    /** The entry's password, or null where there is none to compare with: an empty one, or a scheme that is not known. */
    private static @Nullable String plain(Entry entry) {
        int end = entry.secret.indexOf('}');
        if (!entry.secret.startsWith("{") || end < 0 || end + 1 == entry.secret.length()) return null;
        return switch (entry.secret.substring(1, end).toUpperCase(Locale.ROOT)) {
            case "PLAIN", "CLEARTEXT" -> entry.secret.substring(end + 1);
            default -> null;
        };
    }

    private Map<String, Entry> users() throws IOException {
        reading.lock();
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            Version now = new Version(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
            if (!now.equals(version)) {
                users = read();
                version = now;
            }
            return users;
        } finally {
            reading.unlock();
        }
    }

    private Map<String, Entry> read() throws IOException {
        Map<String, Entry> entries = new HashMap<>();
        int number = 0;
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) continue;
            String[] fields = line.split(":", EXTRA + 1);
            if (fields.length < 2 || fields[0].isEmpty()) {
                log.warn("{} line {}: no name and password; left out", file, number);
                continue;
            }
            Entry entry = new Entry(fields[0], fields[1], attributes(fields));
            if (plain(entry) == null) {
                log.warn(
                        "{} line {}: the password has no scheme that is known, so nobody can log in with it",
                        file,
                        number);
            }
            if (entries.putIfAbsent(entry.name, entry) != null) {
                log.warn("{} line {}: the name stands there twice; the first line counts", file, number);
            }
        }
        return entries;
    }

    private static Map<String, String> attributes(String[] fields) {
        Map<String, String> attributes = new HashMap<>();
        if (fields.length > EXTRA) {
            for (String extra : fields[EXTRA].split(" ", -1)) {
                int equals = extra.indexOf('=');
                if (equals > 0) attributes.put(extra.substring(0, equals), extra.substring(equals + 1));
            }
        }
        put(attributes, "uid", fields, 2);
        put(attributes, "gid", fields, 3);
        put(attributes, "home", fields, HOME);
        return attributes;
    }

    private static void put(Map<String, String> attributes, String name, String[] fields, int index) {
        if (fields.length > index && !fields[index].isEmpty()) attributes.put(name, fields[index]);
    }
}
