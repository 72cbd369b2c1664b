package io.github.pop3kit.protocol;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/** Reads commands for {@link Command#parse}, and stars their secrets for {@link Command#redact}. */
final class CommandParser {

    private static final String SECRET = "****";

    /** Message-numbers of up to nine digits fit an int and are more than any maildrop has. */
    private static final int NUMBER_DIGITS = 9;

    private static final Pattern WELL_KNOWN_MECHANISM = Pattern.compile("PLAIN|LOGIN|EXTERNAL|ANONYMOUS|OTP|NTLM|GSSAPI"
            + "|GSS-SPNEGO|XOAUTH2|OAUTHBEARER|(CRAM|DIGEST)-MD5|SCRAM-SHA3?-[0-9]{1,3}(-PLUS)?");

    private final String line;
    private final String keyword;

    /** What stands behind the first blank; "" where there is nothing, which {@link #bare} tells from a blank at the end. */
    private final String argument;

    private final boolean bare;

    private CommandParser(String line) {
        int blank = line.indexOf(' ');
        this.line = line;
        this.bare = blank < 0;
        // Keywords are ASCII: toUpperCase could make one of letters that are not, such as a dotless i.
        this.keyword = asciiUpper(bare ? line : line.substring(0, blank));
        this.argument = bare ? "" : line.substring(blank + 1);
    }

    static Command parse(String line) {
        if (line.indexOf('\0') >= 0) return new Command.Malformed(line, "a command has no NUL in it");
        if (line.indexOf('\r') >= 0) return new Command.Malformed(line, "a command has no CR in it");
        return new CommandParser(line).parse();
    }

    private Command parse() {
        return switch (keyword) {
            case "USER" -> argument.isEmpty() ? malformed("a name") : new Command.User(Text.decode(argument));
            case "PASS" -> bare ? malformed("a password") : new Command.Pass(Text.decode(argument));
            case "APOP" -> apop();
            case "AUTH" -> auth();
            case "LANG" -> lang();
            case "CAPA" -> alone(new Command.Capa());
            case "STLS" -> alone(new Command.Stls());
            case "UTF8" -> alone(new Command.Utf8());
            case "QUIT" -> alone(new Command.Quit());
            case "STAT" -> alone(new Command.Stat());
            case "NOOP" -> alone(new Command.Noop());
            case "RSET" -> alone(new Command.Rset());
            case "LAST" -> alone(new Command.Last());
            case "LIST" -> numberOrNothing(Command.List::new);
            case "UIDL" -> numberOrNothing(Command.Uidl::new);
            case "RETR" -> number(Command.Retr::new);
            case "DELE" -> number(Command.Dele::new);
            case "TOP" -> top();
            default -> new Command.Unknown(line);
        };
    }

    /** The digest comes last, so that a name may have blanks in it. */
    private Command apop() {
        int blank = argument.lastIndexOf(' ');
        String digest = argument.substring(blank + 1);
        boolean hexadecimal =
                digest.length() == 32 && digest.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
        if (blank <= 0 || !hexadecimal) return malformed("a name and a digest");
        return new Command.Apop(Text.decode(argument.substring(0, blank)), digest);
    }

    private Command auth() {
        if (argument.isEmpty()) return new Command.Auth("", Optional.empty());
        int blank = argument.indexOf(' ');
        String mechanism = asciiUpper(blank < 0 ? argument : argument.substring(0, blank));
        if (!isMechanism(mechanism)) return malformed("a SASL mechanism");
        if (blank < 0) return new Command.Auth(mechanism, Optional.empty());
        String response = argument.substring(blank + 1);
        if (response.isEmpty() || response.indexOf(' ') >= 0) return malformed("one initial response");
        return new Command.Auth(mechanism, Optional.of(response));
    }

    private Command lang() {
        if (bare) return new Command.Lang(Optional.empty());
        boolean tag = !argument.isEmpty() && argument.chars().allMatch(c -> c > ' ' && c < 0x7F);
        return tag ? new Command.Lang(Optional.of(argument)) : malformed("a language tag or nothing");
    }

    private Command alone(Command command) {
        return bare ? command : malformed("no argument");
    }

    private Command number(IntFunction<Command> command) {
        int number = (int) Text.number(argument, NUMBER_DIGITS);
        return number < 0 ? malformed("a message-number") : command.apply(number);
    }

    private Command numberOrNothing(Function<OptionalInt, Command> command) {
        if (bare) return command.apply(OptionalInt.empty());
        int number = (int) Text.number(argument, NUMBER_DIGITS);
        return number < 0 ? malformed("a message-number or nothing") : command.apply(OptionalInt.of(number));
    }

    private Command top() {
        int blank = argument.indexOf(' ');
        int number = blank < 0 ? -1 : (int) Text.number(argument.substring(0, blank), NUMBER_DIGITS);
        String lines = argument.substring(blank + 1);
        boolean digits = !lines.isEmpty() && lines.chars().allMatch(c -> c >= '0' && c <= '9');
        if (number < 0 || !digits) return malformed("a message-number and a number of lines");
        return new Command.Top(number, saturated(lines));
    }

    /** Clients ask for TOP 1 99999999999 when they mean everything. */
    private static int saturated(String digits) {
        long number = 0;
        for (int i = 0; i < digits.length() && number <= Integer.MAX_VALUE; i++) {
            number = number * 10 + digits.charAt(i) - '0';
        }
        return (int) Math.min(number, Integer.MAX_VALUE);
    }

    private Command malformed(String taken) {
        return new Command.Malformed(line, keyword + " takes " + taken);
    }

    static String redact(String line) {
        CommandParser parsed = new CommandParser(line);
        return parsed.bare ? parsed.redactKeyword() : parsed.redactArgument();
    }

    private String redactKeyword() {
        return isKeyword(keyword) ? line : SECRET;
    }

    private String redactArgument() {
        if (!isKeyword(keyword)) return SECRET;
        return switch (keyword) {
            case "PASS" -> keyword + " " + SECRET;
            case "USER" -> redactUser();
            case "APOP" -> redactApop();
            case "AUTH" -> redactAuth();
            default -> parse(line) instanceof Command.Malformed ? keyword + " " + SECRET : line;
        };
    }

    /** Behind a name some type the password, as IMAP's LOGIN wants it. */
    private String redactUser() {
        if (!(parse(line) instanceof Command.User)) return keyword + " " + SECRET;
        int blank = argument.indexOf(' ');
        return blank < 0 ? line : keyword + " " + argument.substring(0, blank) + " " + SECRET;
    }

    /** What is not in order may be in the wrong order: the name is shown only where a digest follows it. */
    private String redactApop() {
        if (!(apop() instanceof Command.Apop)) return keyword + " " + SECRET;
        return keyword + " " + argument.substring(0, argument.lastIndexOf(' ')) + " " + SECRET;
    }

    /** Where a mechanism belongs, one who forgot it has put the secret. */
    private String redactAuth() {
        int blank = argument.indexOf(' ');
        String mechanism = asciiUpper(blank < 0 ? argument : argument.substring(0, blank));
        if (!WELL_KNOWN_MECHANISM.matcher(mechanism).matches()) return keyword + " " + SECRET;
        return keyword + " " + mechanism + (blank < 0 ? "" : " " + SECRET);
    }

    private static boolean isKeyword(String keyword) {
        return !(new CommandParser(keyword).parse() instanceof Command.Unknown);
    }

    /** RFC 4422 section 3.1: at most 20 letters, digits, hyphens and underscores. */
    private static boolean isMechanism(String name) {
        return !name.isEmpty()
                && name.length() <= 20
                && name.chars().allMatch(c -> (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_');
    }

    private static String asciiUpper(String keyword) {
        for (int i = 0; i < keyword.length(); i++) {
            if (keyword.charAt(i) > 0x7E) return keyword;
        }
        return keyword.toUpperCase(Locale.ROOT);
    }
}
