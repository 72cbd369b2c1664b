package io.github.pop3kit.client;

import io.github.pop3kit.protocol.Reply;
import io.github.pop3kit.protocol.ResponseCode;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an {@code -ERR} means: by its code; without one by its words, which are a hint and noted as one. */
final class Rejection {

    private static final Pattern IN_USE =
            Pattern.compile("\\block(ed)?\\b|in use|another (session|pop3? ?3? client)|already open");
    private static final Pattern TOO_MUCH = Pattern.compile(
            "\\bwait\\b|too many|too (soon|often|frequent)|allowed only every|exceed|rate limit|throttl|login frequency");
    private static final Pattern TROUBLE = Pattern.compile(
            "unavailable|temporar|try (again|later)|internal (server )?error|system error|overload|time(d)? ?out");
    private static final Pattern TIME = Pattern.compile("\\b(\\d{1,4}) ?(s|sec|seconds?|m|min|minutes?|h|hours?)\\b");

    private Rejection() {}

    /** To any command but those that log in. */
    static CommandRejectedException of(Dialogue dialogue, String what, Reply.Err refusal) {
        CommandRejectedException known = known(dialogue, refusal);
        if (known != null) return known;
        String words = refusal.text().toLowerCase(Locale.ROOT);
        // The words of an ordinary refusal, "no such message", say nothing else; of the others this one asks for
        // patience.
        if (refusal.code().isEmpty() && TOO_MUCH.matcher(words).find()) return limited(dialogue, refusal, words);
        return new CommandRejectedException(dialogue.server(), what, refusal);
    }

    /** To a command that logs in. */
    static CommandRejectedException ofLogin(Dialogue dialogue, Reply.Err refusal) {
        CommandRejectedException known = known(dialogue, refusal);
        if (known != null) return known;
        String server = dialogue.server();
        boolean silent = refusal.code().isEmpty();
        String words = refusal.text().toLowerCase(Locale.ROOT);
        if (silent && TOO_MUCH.matcher(words).find()) return limited(dialogue, refusal, words);
        if (silent && IN_USE.matcher(words).find()) {
            dialogue.deviates(Deviation.Kind.ERROR_WITHOUT_CODE, refusal.text());
            return new MaildropInUseException(server, refusal);
        }
        if (silent && TROUBLE.matcher(words).find()) {
            dialogue.deviates(Deviation.Kind.ERROR_WITHOUT_CODE, refusal.text());
            return new ServerTroubleException(server, refusal, true, true);
        }
        return new CredentialsRefusedException(server, refusal);
    }

    /** Instead of a greeting: it is the server's own trouble, and mostly passes. */
    static Pop3Exception ofGreeting(String server, Reply.Err refusal) {
        boolean permanent = refusal.code()
                .filter(code -> code.within(ResponseCode.SYS_PERM))
                .isPresent();
        return new ServerTroubleException(server, refusal, !permanent, false);
    }

    private static @Nullable CommandRejectedException known(Dialogue dialogue, Reply.Err refusal) {
        if (refusal.code().isEmpty()) return null;
        ResponseCode code = refusal.code().get();
        String server = dialogue.server();
        if (code.within(ResponseCode.IN_USE)) return new MaildropInUseException(server, refusal);
        if (code.within(ResponseCode.LOGIN_DELAY)) {
            return new RateLimitedException(
                    server, refusal, announcedDelay(dialogue).orElse(null));
        }
        if (code.within(ResponseCode.AUTH)) return new CredentialsRefusedException(server, refusal);
        if (code.within(ResponseCode.SYS_TEMP)) return new ServerTroubleException(server, refusal, true, true);
        if (code.within(ResponseCode.SYS_PERM)) return new ServerTroubleException(server, refusal, false, true);
        return null;
    }

    private static RateLimitedException limited(Dialogue dialogue, Reply.Err refusal, String words) {
        dialogue.deviates(Deviation.Kind.ERROR_WITHOUT_CODE, refusal.text());
        return new RateLimitedException(dialogue.server(), refusal, time(words));
    }

    private static @Nullable Duration time(String words) {
        Matcher time = TIME.matcher(words);
        if (!time.find()) return null;
        long number = Long.parseLong(time.group(1));
        return switch (time.group(2).charAt(0)) {
            case 'h' -> Duration.ofHours(number);
            case 'm' -> Duration.ofMinutes(number);
            default -> Duration.ofSeconds(number);
        };
    }

    /** RFC 2449 section 6.5: seconds. */
    private static Optional<Duration> announcedDelay(Dialogue dialogue) {
        return dialogue.capabilities().find("LOGIN-DELAY").stream()
                .flatMap(capability -> capability.arguments().stream())
                .findFirst()
                .filter(seconds -> seconds.matches("[0-9]{1,9}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
    }
}
