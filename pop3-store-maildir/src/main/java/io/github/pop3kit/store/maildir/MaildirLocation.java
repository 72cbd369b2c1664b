package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where each account's maildir is. What an account says of itself is never trusted: each value is checked before it becomes part of
 * a path, and the path must stay below the directory in front of the first template, symbolic links included.
 *
 * @param prefix the part in front of the first template, absolute; empty where the location begins with {@code {home}}, and then each
 *     account's home takes its place
 * @param rest the part with the templates
 */
record MaildirLocation(Optional<Path> prefix, String rest) {

    private static final Pattern TEMPLATE = Pattern.compile("\\{([^{}]*)}");
    private static final Pattern LEADING_SLASHES = Pattern.compile("^/+");
    private static final List<String> NAMES = List.of("user", "local", "domain", "home");
    private static final String HOME = "{home}";
    private static final int LONGEST_NAME = 255;

    static MaildirLocation below(Path root) {
        return new MaildirLocation(Optional.of(root.toAbsolutePath().normalize()), "{user}");
    }

    /** Understands what follows {@code maildir:}. */
    static MaildirLocation parse(String location) {
        if (location.isEmpty()) {
            throw new IllegalArgumentException("maildir: needs a place, such as maildir:/srv/mail/{user}/Maildir");
        }
        String fixed = TEMPLATE.matcher(location).replaceAll("");
        if (fixed.indexOf('{') >= 0 || fixed.indexOf('}') >= 0) {
            throw new IllegalArgumentException("A brace without its partner in \"maildir:" + location + "\"");
        }
        Matcher template = TEMPLATE.matcher(location);
        if (!template.find()) return below(Path.of(location));
        do {
            if (!NAMES.contains(template.group(1))) {
                throw new IllegalArgumentException("Unknown template " + template.group() + " in \"maildir:" + location
                        + "\"; there are {user} {local} {domain} {home}");
            }
        } while (template.find());

        int start = location.lastIndexOf('/', location.indexOf('{')) + 1;
        String rest = location.substring(start);
        if (Arrays.asList(rest.split("/")).contains("..")) {
            throw new IllegalArgumentException("\"..\" after a template in \"maildir:" + location + "\"");
        }
        if (location.startsWith(HOME)) return new MaildirLocation(Optional.empty(), location.substring(HOME.length()));
        Path prefix = Path.of(location.substring(0, start)).toAbsolutePath().normalize();
        return new MaildirLocation(Optional.of(prefix), rest);
    }

    /**
     * Makes sure that the place of all maildirs is there. An account without a maildir has no mail yet; but if the disk is not
     * mounted, all would seem to have none, and their clients would forget what they have seen.
     */
    void check() throws StoreException {
        if (prefix.isPresent() && !Files.isDirectory(prefix.get())) {
            throw new StoreException(
                    Reason.TEMPORARY,
                    "there is no directory "
                            + MaildirName.printable(prefix.get().toString()));
        }
    }

    /**
     * The account's maildir, its symbolic links resolved as far as it exists: two sessions have the same maildrop exactly when
     * these paths are equal.
     *
     * @throws StoreException if the account's name or home cannot be part of a path, or leads out of the prefix
     */
    Path of(Account account) throws IOException {
        String name = checked(account.name());
        String relative = LEADING_SLASHES.matcher(filled(name, account)).replaceFirst("");
        try {
            Path start = prefix.isPresent() ? prefix.get() : Path.of(home(account));
            return stayingBelow(start, start.resolve(relative));
        } catch (InvalidPathException e) {
            throw refused("the file system cannot express the name", account.name());
        }
    }

    private String filled(String name, Account account) throws StoreException {
        int at = name.indexOf('@');
        StringBuilder filled = new StringBuilder();
        Matcher template = TEMPLATE.matcher(rest);
        while (template.find()) {
            String value = switch (template.group(1)) {
                case "user" -> name;
                case "local" -> at < 0 ? name : checked(name.substring(0, at));
                case "domain" -> checked(at < 0 ? "" : name.substring(at + 1));
                default -> home(account);
            };
            template.appendReplacement(filled, Matcher.quoteReplacement(value));
        }
        return template.appendTail(filled).toString();
    }

    private static Path stayingBelow(Path start, Path maildir) throws IOException {
        Path real = real(maildir);
        if (!real.startsWith(real(start))) throw refused("the maildir is not below " + start, maildir.toString());
        return real;
    }

    /** Symbolic links resolved in the part that exists; a link that leads nowhere does exist. */
    private static Path real(Path path) throws IOException {
        Path existing = path;
        while (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        return existing.toRealPath().resolve(existing.relativize(path)).normalize();
    }

    private static String checked(String name) throws StoreException {
        boolean fine = !name.isEmpty()
                && name.getBytes(UTF_8).length <= LONGEST_NAME
                && !name.startsWith(".")
                && !name.contains("..")
                && name.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || "._@+-".indexOf(c) >= 0);
        if (!fine) throw refused("such a name cannot be part of a path", name);
        return name;
    }

    private static String home(Account account) throws StoreException {
        String home = account.attributes().getOrDefault("home", "");
        boolean fine = home.startsWith("/")
                && !Arrays.asList(home.split("/")).contains("..")
                && home.chars().noneMatch(Character::isISOControl);
        if (!fine) throw refused("an account needs an absolute home", account.name() + ": " + home);
        return home;
    }

    private static StoreException refused(String why, String what) {
        return new StoreException(Reason.PERMANENT, why + ": \"" + MaildirName.printable(what) + "\"");
    }
}
