package io.github.pop3kit.server.auth;

import io.github.pop3kit.protocol.sasl.Utf8;
import io.github.pop3kit.store.Account;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Users in a file of Dovecot's passwd-file format, UTF-8, or else ISO 8859-1, a line each:
 *
 * <pre>name:{SCHEME}secret:uid:gid:gecos:home:shell:key=value key=value</pre>
 *
 * <p>Fields may be left out from the right; a line that is blank or begins with {@code #} is a comment. The schemes are those of
 * {@link KeptPassword}. The account has the name that stands in the file, or that its extra field {@code user} has; a name that is
 * not there as typed is looked for in lower case, as Dovecot does. Its attributes are {@code uid}, {@code gid}, {@code home} (or
 * {@code userdb_home}) and the extra fields. An entry with {@code nologin}, or with {@code allow_nets} or {@code allow_real_nets},
 * which are not supported, lets nobody in.
 *
 * <p>SCRAM and CRAM-MD5 need an entry of their scheme, or the password itself; APOP needs the password. A certificate is for the
 * user whose name its e-mail addresses or its common name have.
 *
 * <p>The file is read again when it changes. While it cannot be read, nobody can log in, and clients hear {@code [SYS/TEMP]}. The
 * same they hear while too many others have their passwords checked against slow hashes.
 */
public final class PasswdFile implements Authenticator {

    private static final Logger log = LoggerFactory.getLogger(PasswdFile.class);

    private static final long A_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int HOME = 5;
    private static final int EXTRA = 7;
    private static final int RFC822_NAME = 1;

    /** Extra fields that keep everybody out: the networks are not looked at, and to let in everybody would be worse. */
    private static final List<String> BARRING = List.of("nologin", "allow_nets", "allow_real_nets");

    /** So soon behind a change another one may bear the same time, for file systems count in ticks. */
    private static final Duration A_TICK = Duration.ofMillis(100);

    /** By so much the clock of a file server may be ahead. */
    private static final Duration AHEAD = Duration.ofMinutes(1);

    private static final List<String> SCRAM = List.of("SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512");

    /** What users who are not there are compared with, if nobody is there. */
    private static final KeptPassword NOBODYS = KeptPassword.of("{PLAIN}nobody");

    private record Entry(String name, KeptPassword secret, boolean barred, Map<String, String> attributes) {

        Account account() {
            return new Account(attributes.getOrDefault("user", name), attributes, Optional.empty());
        }

        boolean serves(String mechanism) {
            if (barred || !secret.usable()) return false;
            return switch (mechanism) {
                case "PLAIN", "EXTERNAL" -> true;
                case "APOP" -> secret.cleartext() != null;
                case "CRAM-MD5" ->
                    secret.cleartext() != null || secret.cramMd5().isPresent();
                default -> secret.cleartext() != null || secret.scram(mechanism).isPresent();
            };
        }

        @Override
        public String toString() {
            return "Entry[" + name + "]";
        }
    }

    /** What {@link #directory} was read from; any difference means another file. */
    private record Version(@Nullable Object fileKey, long size, Object modified) {}

    /**
     * What the file said.
     *
     * @param entries by their names, prepared by SASLprep as those that clients type
     * @param usual an entry like most others, to make believe with for users who are not there
     * @param iterations of SCRAM, by its mechanisms, likewise
     */
    private record Directory(
            Map<String, Entry> entries, Set<String> mechanisms, KeptPassword usual, Map<String, Integer> iterations) {

        @Nullable
        Entry find(String user) {
            String prepared = Secret.prepared(user);
            Entry entry = entries.get(prepared);
            return entry != null ? entry : entries.get(prepared.toLowerCase(Locale.ROOT));
        }
    }

    private final Path file;
    private final Set<String> masters;
    private final VerifiedLogins verified;
    private final SlowHashes slowHashes = new SlowHashes();
    private final ReentrantLock reading = new ReentrantLock();
    private final LongSupplier nanoTime;
    private @Nullable Version version;
    private volatile long looked;
    private volatile Directory directory = new Directory(Map.of(), Set.of(), NOBODYS, Map.of());

    /**
     * Reads the file.
     *
     * @throws IOException if it cannot be read now
     */
    public PasswdFile(Path file) throws IOException {
        this(file, Set.of(), Duration.ZERO);
    }

    /**
     * Reads the file.
     *
     * @param masters names of users in it who may open the maildrop of every other one: with their own password, and the other's name
     *     for the authorization identity
     * @param remembered how long a password that was right need not be checked again, which spares slow hashes; zero for never. What is
     *     remembered is forgotten when the entry changes
     * @throws IOException if it cannot be read now
     */
    public PasswdFile(Path file, Set<String> masters, Duration remembered) throws IOException {
        this(file, masters, remembered, System::nanoTime);
    }

    PasswdFile(Path file, Set<String> masters, Duration remembered, LongSupplier nanoTime) throws IOException {
        this.file = file;
        this.masters = Set.copyOf(masters);
        this.nanoTime = nanoTime;
        this.verified = new VerifiedLogins(remembered, nanoTime);
        directory();
    }

    @Override
    public Optional<Account> password(String user, String password) throws IOException {
        Directory now = directory();
        Entry entry = now.find(user);
        // Who is not there is checked too: how long it takes must not tell.
        KeptPassword secret = entry == null || !entry.secret.usable() ? now.usual : entry.secret;
        String name = entry == null ? "" : entry.name;
        boolean right = verified.knows(name, secret.text(), password) || check(secret, password);
        if (!right || entry == null || !entry.serves("PLAIN")) return Optional.empty();
        verified.remember(name, secret.text(), password);
        return Optional.of(entry.account());
    }

    private boolean check(KeptPassword secret, String password) throws IOException {
        return secret.slow() ? slowHashes.work(() -> secret.matches(password)) : secret.matches(password);
    }

    @Override
    public Optional<ScramKeys> scram(String mechanism, String user) throws IOException {
        Directory now = directory();
        Entry entry = now.find(user);
        if (entry == null || !entry.serves(mechanism)) {
            int iterations = now.iterations.getOrDefault(mechanism, ScramKeys.ITERATIONS);
            return Optional.of(ScramKeys.nobody(mechanism, user, iterations));
        }
        String password = entry.secret.cleartext();
        if (password != null) return Optional.of(ScramKeys.ofPassword(entry.account(), mechanism, password));
        return entry.secret.scram(mechanism).map(stored -> stored.keys(entry.account()));
    }

    @Override
    public Optional<Account> digest(DigestResponse response) throws IOException {
        Entry entry = directory().find(response.user());
        if (entry == null || !entry.serves(response.mechanism())) {
            response.isOf("nobody"); // How long it takes must not tell.
            return Optional.empty();
        }
        String password = entry.secret.cleartext();
        boolean right = password != null
                ? response.isOf(password)
                : entry.secret.cramMd5().map(response::isOf).orElse(false);
        return right ? Optional.of(entry.account()) : Optional.empty();
    }

    @Override
    public Optional<Account> certificate(List<X509Certificate> chain) throws IOException {
        Directory now = directory();
        for (String name : names(chain.get(0))) {
            Entry entry = now.find(name);
            if (entry != null && entry.serves("EXTERNAL")) return Optional.of(entry.account());
        }
        return Optional.empty();
    }

    /** The e-mail addresses of the certificate's subject; its common name if it has none. */
    private static List<String> names(X509Certificate certificate) throws IOException {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> name : alternatives) {
                    if (name.get(0).equals(RFC822_NAME)) names.add((String) name.get(1));
                }
            }
            if (!names.isEmpty()) return names;
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN"))
                    names.add(part.getValue().toString());
            }
            return names;
        } catch (CertificateParsingException | InvalidNameException e) {
            throw new IOException("the names in a client's certificate cannot be read", e);
        }
    }

    @Override
    public Optional<Account> actAs(Account user, String other) throws IOException {
        if (!masters.contains(user.name())) return Optional.empty();
        Entry entry = directory().find(other);
        return entry == null || entry.barred ? Optional.empty() : Optional.of(entry.account());
    }

    /** What at least one entry serves. Asked several times by each session, it looks at the file no more than once a second. */
    @Override
    public Set<String> mechanisms() {
        try {
            return nanoTime.getAsLong() - looked < A_SECOND ? directory.mechanisms : directory().mechanisms;
        } catch (IOException e) {
            return directory.mechanisms; // Who tries will hear of it.
        }
    }

    private Directory directory() throws IOException {
        reading.lock();
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            Version now = new Version(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
            if (!now.equals(version)) {
                directory = read();
                version = isSettled(attributes.lastModifiedTime()) ? now : null;
            }
            looked = nanoTime.getAsLong();
            return directory;
        } finally {
            reading.unlock();
        }
    }

    /** Whether a change that is still to come could be told by its time from the one that was read. */
    private static boolean isSettled(FileTime modified) {
        Duration age = Duration.between(modified.toInstant(), Instant.now());
        return age.compareTo(A_TICK) > 0 || age.compareTo(AHEAD.negated()) < 0;
    }

    private Directory read() throws IOException {
        Map<String, Entry> entries = new HashMap<>();
        int number = 0;
        for (String octets : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            number++;
            if (octets.isBlank() || octets.startsWith("#")) continue;
            Optional<String> utf8 = Utf8.decode(octets.getBytes(StandardCharsets.ISO_8859_1));
            // Most often it is but somebody's full name, and costs neither him nor the others their mail.
            if (utf8.isEmpty()) log.warn("{} line {}: not in UTF-8; taken for ISO 8859-1", file, number);
            String line = utf8.orElse(octets);
            String[] fields = line.split(":", EXTRA + 1);
            if (fields.length < 2 || fields[0].isEmpty()) {
                log.warn("{} line {}: no name and password; left out", file, number);
                continue;
            }
            Entry entry = entry(fields);
            String trouble = entry.secret.usable()
                    ? entry.barred ? String.join(" or ", BARRING) + " stands there" : ""
                    : "the password is empty or of a scheme that is not known";
            if (!trouble.isEmpty()) log.warn("{} line {}: {}, so nobody can log in with it", file, number, trouble);
            if (entries.putIfAbsent(Secret.prepared(entry.name), entry) != null) {
                log.warn("{} line {}: the name stands there twice; the first line counts", file, number);
            }
        }
        return directory(entries);
    }

    private Directory directory(Map<String, Entry> entries) {
        List<Entry> usable =
                entries.values().stream().filter(entry -> entry.serves("PLAIN")).toList();
        Set<String> mechanisms = new HashSet<>(Set.of("PLAIN", "EXTERNAL"));
        for (String mechanism : List.of("SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "CRAM-MD5", "APOP")) {
            long served =
                    usable.stream().filter(entry -> entry.serves(mechanism)).count();
            if (served > 0) mechanisms.add(mechanism);
            if (served > 0 && served < usable.size() && SCRAM.contains(mechanism)) {
                log.warn(
                        "{}: {} of {} users can log in by {}; clients that prefer it fail for the others,"
                                + " unless it is left out of the mechanisms",
                        file,
                        served,
                        usable.size(),
                        mechanism);
            }
        }
        Map<String, Integer> iterations = new HashMap<>();
        Map<String, Integer> schemes = new HashMap<>();
        KeptPassword usual = NOBODYS;
        for (Entry entry : usable) {
            int seen = schemes.merge(entry.secret.scheme(), 1, Integer::sum);
            if (seen >= Collections.max(schemes.values())) usual = entry.secret;
            for (String mechanism : SCRAM) {
                entry.secret.scram(mechanism).ifPresent(stored -> iterations.put(mechanism, stored.iterations()));
            }
        }
        return new Directory(Map.copyOf(entries), Set.copyOf(mechanisms), usual, Map.copyOf(iterations));
    }

    private static Entry entry(String[] fields) {
        Map<String, String> attributes = attributes(fields);
        boolean barred = BARRING.stream().anyMatch(attributes::containsKey);
        return new Entry(fields[0], KeptPassword.of(fields[1]), barred, attributes);
    }

    private static Map<String, String> attributes(String[] fields) {
        Map<String, String> attributes = new HashMap<>();
        if (fields.length > EXTRA) {
            for (String extra : fields[EXTRA].split(" ", -1)) {
                int equals = extra.indexOf('=');
                if (equals > 0) attributes.put(extra.substring(0, equals), extra.substring(equals + 1));
                if (equals < 0 && !extra.isEmpty()) attributes.put(extra, "");
            }
        }
        put(attributes, "uid", fields, 2);
        put(attributes, "gid", fields, 3);
        put(attributes, "home", fields, HOME);
        String home = attributes.get("userdb_home");
        if (home != null) attributes.put("home", home);
        return attributes;
    }

    private static void put(Map<String, String> attributes, String name, String[] fields, int index) {
        if (fields.length > index && !fields[index].isEmpty()) attributes.put(name, fields[index]);
    }
}
