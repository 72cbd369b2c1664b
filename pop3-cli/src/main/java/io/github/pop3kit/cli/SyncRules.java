package io.github.pop3kit.cli;

import io.github.pop3kit.client.sync.Migration;
import io.github.pop3kit.client.sync.Retention;
import io.github.pop3kit.client.sync.Sink;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where mail goes and what stays on the server, in words; the same on the command line and in a file. */
final class SyncRules {

    private static final Pattern PLACE = Pattern.compile("(eml|maildir|mbox):(.+)");
    private static final Pattern DAYS = Pattern.compile("(\\d{1,5})d");
    private static final Pattern NEWEST = Pattern.compile("newest:(\\d{1,9})");
    private static final Pattern SIZE =
            Pattern.compile("(\\d{1,12})\\s*(|k|kb|kib|m|mb|mib|g|gb|gib)", Pattern.CASE_INSENSITIVE);

    private SyncRules() {}

    /** {@code eml:DIR}, {@code maildir:DIR} or {@code mbox:FILE}. */
    static Sink place(String text) {
        Matcher place = PLACE.matcher(text);
        if (!place.matches()) {
            throw new TypeConversionException("'" + text + "' is not like eml:DIR, maildir:DIR or mbox:FILE");
        }
        Path path = home(place.group(2));
        return switch (place.group(1)) {
            case "eml" -> Sink.folder(path);
            case "maildir" -> Sink.maildir(path);
            default -> Sink.mbox(path);
        };
    }

    /** Behind {@code maildir:} no shell knows the tilde. */
    static Path home(String path) {
        return path.startsWith("~/") ? Path.of(System.getProperty("user.home"), path.substring(2)) : Path.of(path);
    }

    /** {@code all}, {@code nothing}, {@code 14d} or {@code newest:100}. */
    static Retention keep(String text) {
        if (text.equals("all")) return Retention.keepAll();
        if (text.equals("nothing")) return Retention.deleteAfterFetch();
        Matcher days = DAYS.matcher(text);
        if (days.matches()) return Retention.keepDays(Integer.parseInt(days.group(1)));
        Matcher newest = NEWEST.matcher(text);
        if (newest.matches()) return Retention.keepNewest(Integer.parseInt(newest.group(1)));
        throw new TypeConversionException("'" + text + "' is not like all, nothing, 14d or newest:100");
    }

    /** {@code ask}, {@code adopt} or {@code fetch}. */
    static Migration migration(String text) {
        for (Migration migration : Migration.values()) {
            if (migration.name().equalsIgnoreCase(text)) return migration;
        }
        throw new TypeConversionException("'" + text + "' is not ask, adopt or fetch");
    }

    /** {@code 500k}, {@code 10M}, {@code 1GiB}: each k is 1024. */
    static long size(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) throw new TypeConversionException("'" + text + "' is not a size, such as 500k or 10M");
        long number = Long.parseLong(size.group(1));
        String unit = size.group(2).toLowerCase(Locale.ROOT);
        if (unit.isEmpty()) return number;
        return switch (unit.charAt(0)) {
            case 'k' -> number << 10;
            case 'm' -> number << 20;
            default -> number << 30;
        };
    }

    /** For picocli. */
    static final class Place implements ITypeConverter<Sink> {
        @Override
        public Sink convert(String value) {
            return place(value);
        }
    }

    /** For picocli. */
    static final class Keep implements ITypeConverter<Retention> {
        @Override
        public Retention convert(String value) {
            return keep(value);
        }
    }

    /** For picocli. */
    static final class Size implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            return size(value);
        }
    }
}
