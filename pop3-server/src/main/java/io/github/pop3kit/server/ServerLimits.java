package io.github.pop3kit.server;

import io.github.pop3kit.protocol.LineDecoder;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a server puts up with: an immutable set of limits. Times are measured on a clock that does not jump. */
public final class ServerLimits {

    /** Mail is never removed by those who run the server. */
    public static final int EXPIRE_NEVER = 999_999_999;

    /** More than a year in milliseconds: far below what the arithmetic of nanoseconds bears. */
    private static final long LARGEST = 36_000_000_000L;

    private static final int LINE_END = 2;

    /** The table of all limits: name, kind, default, meaning. A time is kept in milliseconds. */
    private enum Limit {
        CONNECTIONS(Kind.COUNT, 10_000, "connections at once"),
        CONNECTIONS_PER_ADDRESS(Kind.COUNT, 100, "connections at once from one address, or a /64 of IPv6"),
        SESSIONS_PER_USER(Kind.COUNT, 10, "sessions at once of one user, where the store lets there be several"),
        LOGIN(Kind.TIME, 180_000, "from connecting to being logged in"),
        HANDSHAKE(Kind.TIME, 10_000, "for a TLS handshake, and for what a proxy says before it"),
        IDLE(Kind.TIME, 600_000, "without a command after login; RFC 1939 asks for 10m at least"),
        STALLED_WRITE(Kind.TIME, 600_000, "for one write to get through"),
        STOP(Kind.TIME, 30_000, "for commands under way when the server stops"),
        BAD_COMMANDS_BEFORE_LOGIN(Kind.COUNT, 3, "bad commands in a row that end a session before login"),
        BAD_COMMANDS(Kind.COUNT, 20, "bad commands in a row that end a session after login"),
        COMMAND_OCTETS(
                Kind.COUNT,
                LineDecoder.COMMAND_LIMIT,
                "octets of a command line, more end the session; RFC 2449 asks for 255 at least"),
        AUTH_OCTETS(
                Kind.COUNT,
                LineDecoder.SASL_LIMIT - LINE_END,
                "octets of an AUTH command or of a response to its challenge, without its line end"),
        LOGIN_FAILURES(Kind.COUNT, 3, "refused logins that end a session"),
        LOGIN_FAILURE_DELAY(Kind.TIME, 2_000, "until a refused login is answered, or a multiple of it; 0 for at once"),
        LOGIN_PENALTY(
                Kind.TIME, 15_000, "at most, that an address waits after several refused logins; 0 for no such rule"),
        LOGIN_DELAY(Kind.TIME, 0, "between two logins of a user; 0 for no such rule"),
        EXPIRE(Kind.DAYS, -1, "until mail is removed by the site, in days or never; announced, not done");

        private final Kind kind;
        private final long standard;
        private final String meaning;

        Limit(Kind kind, long standard, String meaning) {
            this.kind = kind;
            this.standard = standard;
            this.meaning = meaning;
        }

        String named() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private enum Kind {
        COUNT {
            @Override
            long parse(String value) {
                return Integer.parseInt(value);
            }

            @Override
            String print(long value) {
                return Long.toString(value);
            }
        },
        TIME {
            @Override
            long parse(String value) {
                String digits = value.replaceFirst("(ms|s|m|h)$", "");
                long unit = switch (value.substring(digits.length())) {
                    case "ms" -> 1;
                    case "m" -> 60_000;
                    case "h" -> 3_600_000;
                    default -> 1000;
                };
                return Math.multiplyExact(Integer.parseInt(digits), unit);
            }

            @Override
            String print(long value) {
                return value % 1000 == 0 ? value / 1000 + "s" : value + "ms";
            }
        },
        DAYS {
            @Override
            long parse(String value) {
                return value.equalsIgnoreCase("never") ? EXPIRE_NEVER : Integer.parseInt(value);
            }

            @Override
            String print(long value) {
                return value < 0 ? "unsaid" : value == EXPIRE_NEVER ? "never" : Long.toString(value);
            }
        };

        abstract long parse(String value);

        abstract String print(long value);
    }

    /** Of the others nothing would be left: who wants no limit must not get a server that serves nobody. */
    private static final Set<Limit> ZERO_HAS_A_MEANING =
            EnumSet.of(Limit.STOP, Limit.LOGIN_FAILURE_DELAY, Limit.LOGIN_PENALTY, Limit.LOGIN_DELAY, Limit.EXPIRE);

    private static final ServerLimits DEFAULTS = new ServerLimits(Map.of());

    /** What differs from the defaults. */
    private final Map<Limit, Long> values;

    private ServerLimits(Map<Limit, Long> values) {
        this.values = values;
    }

    /** The limits of a server on the open Internet. */
    public static ServerLimits defaults() {
        return DEFAULTS;
    }

    /** Every limit's name with its default and meaning, in a fixed order. */
    public static Map<String, String> describe() {
        return Arrays.stream(Limit.values())
                .collect(Collectors.toMap(
                        Limit::named,
                        limit -> limit.kind.print(limit.standard) + ", " + limit.meaning,
                        (one, other) -> one,
                        LinkedHashMap::new));
    }

    /**
     * These limits with one of them changed, by its name: {@code with("idle", "15m")}. Times have a unit, {@code ms}, {@code s}
     * (taken where there is none), {@code m} or {@code h}.
     *
     * @throws IllegalArgumentException with a sentence for the operator
     */
    public ServerLimits with(String name, String value) {
        for (Limit limit : Limit.values()) {
            if (!limit.named().equals(name)) continue;
            try {
                long parsed = limit.kind.parse(value);
                long least = ZERO_HAS_A_MEANING.contains(limit) ? 0 : 1;
                if (parsed < least || parsed > LARGEST) throw new NumberFormatException();
                return with(limit, parsed);
            } catch (ArithmeticException | NumberFormatException e) {
                throw new IllegalArgumentException(
                        "The limit " + name + " cannot be \"" + value + "\"; write it like "
                                + limit.kind.print(Math.max(limit.standard, 1)),
                        e);
            }
        }
        throw new IllegalArgumentException("There is no limit \"" + name + "\"; there are "
                + String.join(", ", describe().keySet()));
    }

    /** These limits with no more connections than that, such as descriptors allow. */
    public ServerLimits withConnectionsAtMost(long most) {
        return with(Limit.CONNECTIONS, Math.min(most, value(Limit.CONNECTIONS)));
    }

    /** These limits with another time that a session may be without a command after login. */
    public ServerLimits withIdle(Duration idle) {
        return with(Limit.IDLE, idle.toMillis());
    }

    /** These limits with another time between two logins of a user; zero for no such rule (RFC 2449 section 6.5). */
    public ServerLimits withLoginDelay(Duration delay) {
        return with(Limit.LOGIN_DELAY, delay.toMillis());
    }

    /**
     * These limits, announcing that the site removes mail after so many days ({@link #EXPIRE_NEVER} for never), which it then has
     * to do itself (RFC 2449 section 6.7).
     */
    public ServerLimits withExpire(int days) {
        return with(Limit.EXPIRE, days);
    }

    private ServerLimits with(Limit limit, long value) {
        Map<Limit, Long> changed = new EnumMap<>(Limit.class);
        changed.putAll(values);
        changed.put(limit, value);
        return new ServerLimits(changed);
    }

    int connections() {
        return count(Limit.CONNECTIONS);
    }

    int connectionsPerAddress() {
        return count(Limit.CONNECTIONS_PER_ADDRESS);
    }

    int sessionsPerUser() {
        return count(Limit.SESSIONS_PER_USER);
    }

    Duration login() {
        return time(Limit.LOGIN);
    }

    Duration handshake() {
        return time(Limit.HANDSHAKE);
    }

    Duration idle() {
        return time(Limit.IDLE);
    }

    Duration stalledWrite() {
        return time(Limit.STALLED_WRITE);
    }

    Duration stop() {
        return time(Limit.STOP);
    }

    int badCommandsBeforeLogin() {
        return count(Limit.BAD_COMMANDS_BEFORE_LOGIN);
    }

    int badCommands() {
        return count(Limit.BAD_COMMANDS);
    }

    LineDecoder commandLines() {
        return LineDecoder.forCommands(count(Limit.COMMAND_OCTETS), count(Limit.AUTH_OCTETS) + LINE_END);
    }

    int loginFailures() {
        return count(Limit.LOGIN_FAILURES);
    }

    Duration loginFailureDelay() {
        return time(Limit.LOGIN_FAILURE_DELAY);
    }

    Duration loginPenalty() {
        return time(Limit.LOGIN_PENALTY);
    }

    Duration loginDelay() {
        return time(Limit.LOGIN_DELAY);
    }

    /** Negative if nothing is announced. */
    int expireDays() {
        return count(Limit.EXPIRE);
    }

    private int count(Limit limit) {
        return (int) value(limit);
    }

    private Duration time(Limit limit) {
        return Duration.ofMillis(value(limit));
    }

    private long value(Limit limit) {
        return values.getOrDefault(limit, limit.standard);
    }

    /** Every limit by name. */
    @Override
    public String toString() {
        return Arrays.stream(Limit.values())
                .map(limit -> limit.named() + "=" + limit.kind.print(value(limit)))
                .collect(Collectors.joining(", "));
    }
}
