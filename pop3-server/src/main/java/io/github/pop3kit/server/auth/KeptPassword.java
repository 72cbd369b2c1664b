package io.github.pop3kit.server.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is kept of a password, {@code {SCHEME}…} as in Dovecot's files. The schemes are Dovecot's; further ones are found by
 * {@link ServiceLoader}. Immutable.
 */
public final class KeptPassword {

    private static final Logger log = LoggerFactory.getLogger(KeptPassword.class);

    /** Dovecot's default for files. */
    private static final String DEFAULT_SCHEME = "CRYPT";

    private static final Pattern SCHEME = Pattern.compile("\\{([A-Za-z0-9._-]+)}(.*)", Pattern.DOTALL);

    private static final Pattern BASE64_SCHEME = Pattern.compile("S?SHA(1|256|512)?");
    private static final Set<String> HEX_SCHEMES = Set.of("CRAM-MD5", "HMAC-MD5");

    private static final Map<String, PasswordScheme> SCHEMES = schemes();

    private final String schemeName;
    private final String kept;

    private KeptPassword(String schemeName, String kept) {
        this.schemeName = schemeName;
        this.kept = kept;
    }

    private static Map<String, PasswordScheme> schemes() {
        Map<String, PasswordScheme> found = new HashMap<>();
        for (PasswordScheme scheme : BuiltInSchemes.ALL) scheme.names().forEach(name -> found.put(name, scheme));
        try {
            for (PasswordScheme scheme : ServiceLoader.load(PasswordScheme.class)) {
                scheme.names().forEach(name -> found.putIfAbsent(name, scheme));
            }
        } catch (ServiceConfigurationError e) {
            log.error("password schemes beyond the built-in ones cannot be loaded", e);
        }
        return Map.copyOf(found);
    }

    /** The names of the schemes that are known here. */
    public static Set<String> schemeNames() {
        return new TreeSet<>(SCHEMES.keySet());
    }

    /** Takes a password or its hash as it stands in a file; without a scheme it is of crypt(3), as for Dovecot. */
    public static KeptPassword of(String text) {
        Matcher scheme = SCHEME.matcher(text);
        if (!scheme.matches()) return new KeptPassword(DEFAULT_SCHEME, text);
        String name = scheme.group(1).toUpperCase(Locale.ROOT);
        String kept = scheme.group(2);
        int dot = name.lastIndexOf('.');
        Optional<byte[]> octets = dot < 0 ? Optional.empty() : octets(name.substring(dot + 1), kept);
        if (octets.isPresent()) {
            name = name.substring(0, dot);
            kept = usual(name, octets.get());
        }
        // crypt(3) of many systems knows bcrypt too.
        boolean bcrypt = name.equals(DEFAULT_SCHEME) && kept.startsWith("$2");
        return new KeptPassword(bcrypt ? "BLF-CRYPT" : name, kept);
    }

    /** Behind a scheme's name Dovecot takes how what follows is written. */
    private static Optional<byte[]> octets(String encoding, String kept) {
        try {
            return switch (encoding) {
                case "HEX" -> Optional.of(HexFormat.of().parseHex(kept));
                case "B64", "BASE64" -> Optional.of(Base64.getDecoder().decode(kept));
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException neither) {
            return Optional.empty();
        }
    }

    /** As it would be written without a word about it. */
    private static String usual(String scheme, byte[] octets) {
        if (BASE64_SCHEME.matcher(scheme).matches()) return Base64.getEncoder().encodeToString(octets);
        return HEX_SCHEMES.contains(scheme)
                ? HexFormat.of().formatHex(octets)
                : new String(octets, StandardCharsets.UTF_8);
    }

    /**
     * Makes a new one, with a new salt.
     *
     * @throws IllegalArgumentException if there is no such scheme; the message lists those that are
     */
    public static KeptPassword make(String scheme, String password) {
        String name = scheme.toUpperCase(Locale.ROOT);
        PasswordScheme known = SCHEMES.get(name);
        if (known == null) {
            throw new IllegalArgumentException(
                    "There is no password scheme " + scheme + "; there are " + String.join(", ", schemeNames()));
        }
        return new KeptPassword(name, known.keep(name, password));
    }

    /** Whether this can let in anybody: the scheme is known here, and there is something behind it. */
    public boolean usable() {
        return SCHEMES.containsKey(schemeName) && !kept.isEmpty();
    }

    /** The name of its scheme, in upper case. */
    public String scheme() {
        return schemeName;
    }

    /** Whether it is of this password; takes the time that the scheme takes. */
    public boolean matches(String password) {
        PasswordScheme scheme = SCHEMES.get(schemeName);
        if (scheme == null || kept.isEmpty()) return false;
        if (scheme.matches(schemeName, kept, password)) return true;
        // Two ways to type the same: whoever made the entry may have prepared it (RFC 4013), or not.
        String prepared = Secret.prepared(password);
        return !prepared.equals(password) && scheme.matches(schemeName, kept, prepared);
    }

    boolean slow() {
        PasswordScheme scheme = SCHEMES.get(schemeName);
        return scheme != null && scheme.slow();
    }

    /** The password itself, where that is what is kept. */
    @Nullable
    String cleartext() {
        return SCHEMES.get(schemeName) instanceof BuiltInSchemes.Plain && !kept.isEmpty() ? kept : null;
    }

    Optional<StoredScram> scram(String mechanism) {
        return schemeName.equals(mechanism) ? StoredScram.parse(mechanism, kept) : Optional.empty();
    }

    Optional<CramMd5Key> cramMd5() {
        boolean is = schemeName.equals("CRAM-MD5") || schemeName.equals("HMAC-MD5");
        return is ? CramMd5Key.parse(kept) : Optional.empty();
    }

    /** As it stands in a file: a secret. */
    public String text() {
        return "{" + schemeName + "}" + kept;
    }

    @Override
    public String toString() {
        return "{" + schemeName + "}****";
    }
}
