package io.github.pop3kit.protocol;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One command of a client. {@link #parse} is total: whatever a peer sends becomes a value, {@link Malformed} and
 * {@link Unknown} at worst.
 *
 * <p>{@link #line()} is the way back. {@code toString()} never shows a secret; {@link #redact} stars those of a line.
 */
public sealed interface Command {

    /** RFC 1939 section 7. The name is everything behind the blank: nothing is trimmed. */
    record User(String name) implements Command {
        @Override
        public String line() {
            return "USER " + Text.encode(name);
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.user(this);
        }

        @Override
        public String toString() {
            return redact(line());
        }
    }

    /** RFC 1939 section 7. The password is everything behind the blank, further blanks included. */
    record Pass(String password) implements Command {
        @Override
        public String line() {
            return "PASS " + Text.encode(password);
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.pass(this);
        }

        @Override
        public String toString() {
            return redact(line());
        }
    }

    /** RFC 1939 section 7. The digest is 32 lower-case hexadecimal digits. */
    record Apop(String name, String digest) implements Command {
        @Override
        public String line() {
            return "APOP " + Text.encode(name) + " " + digest;
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.apop(this);
        }

        @Override
        public String toString() {
            return redact(line());
        }
    }

    /**
     * RFC 5034 section 4; without a mechanism it asks for their list, as RFC 1734's servers came to answer.
     *
     * @param mechanism in upper case; empty for the bare AUTH
     * @param initialResponse in base64 as it was sent; {@code =} stands for an empty one
     */
    record Auth(String mechanism, Optional<String> initialResponse) implements Command {
        @Override
        public String line() {
            String start = mechanism.isEmpty() ? "AUTH" : "AUTH " + mechanism;
            return initialResponse.map(response -> start + " " + response).orElse(start);
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.auth(this);
        }

        @Override
        public String toString() {
            return redact(line());
        }
    }

    /** RFC 2449 section 5. */
    record Capa() implements Command {
        @Override
        public String line() {
            return "CAPA";
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.capa(this);
        }
    }

    /** RFC 2595 section 4. */
    record Stls() implements Command {
        @Override
        public String line() {
            return "STLS";
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.stls(this);
        }
    }

    /** RFC 6856 section 2.1. */
    record Utf8() implements Command {
        @Override
        public String line() {
            return "UTF8";
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.utf8(this);
        }
    }

    /** RFC 6856 section 3.2; without a language it asks for their list. */
    record Lang(Optional<String> language) implements Command {
        @Override
        public String line() {
            return language.map(tag -> "LANG " + tag).orElse("LANG");
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.lang(this);
        }
    }

    /** RFC 1939 sections 5 and 6. */
    record Quit() implements Command {
        @Override
        public String line() {
            return "QUIT";
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.quit(this);
        }
    }

    /** RFC 1939 section 5. */
    record Stat() implements Command {
        @Override
        public String line() {
            return "STAT";
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.stat(this);
        }
    }

    /** RFC 1939 section 5. */
    record List(OptionalInt number) implements Command {
        @Override
        public String line() {
            return number.isPresent() ? "LIST " + number.getAsInt() : "LIST";
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.list(this);
        }
    }

    /** RFC 1939 section 5. */
    record Retr(int number) implements Command {
        @Override
        public String line() {
            return "RETR " + number;
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.retr(this);
        }
    }

    /** RFC 1939 section 5. */
    record Dele(int number) implements Command {
        @Override
        public String line() {
            return "DELE " + number;
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.dele(this);
        }
    }

    /** RFC 1939 section 5. */
    record Noop() implements Command {
        @Override
        public String line() {
            return "NOOP";
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.noop(this);
        }
    }

    /** RFC 1939 section 5. */
    record Rset() implements Command {
        @Override
        public String line() {
            return "RSET";
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.rset(this);
        }
    }

    /**
     * RFC 1939 section 7.
     *
     * @param lines how many lines of the body; a number too large for an int is {@link Integer#MAX_VALUE}
     */
    record Top(int number, int lines) implements Command {
        @Override
        public String line() {
            return "TOP " + number + " " + lines;
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.top(this);
        }
    }

    /** RFC 1939 section 7. */
    record Uidl(OptionalInt number) implements Command {
        @Override
        public String line() {
            return number.isPresent() ? "UIDL " + number.getAsInt() : "UIDL";
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.uidl(this);
        }
    }

    /** RFC 1460 section 5; RFC 1725 took it out again. */
    record Last() implements Command {
        @Override
        public String line() {
            return "LAST";
        }

        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.last(this);
        }
    }

    /**
     * A command that its own rules do not allow.
     *
     * @param line as it was sent
     * @param reason a fixed sentence for the reply, such as {@code RETR takes a message-number}
     */
    record Malformed(String line, String reason) implements Command {
        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.malformed(this);
        }

        @Override
        public String toString() {
            return redact(line);
        }
    }

    /** A line that begins with no keyword of POP3. It may hold anything, a mistyped password too. */
    record Unknown(String line) implements Command {
        @Override
        public <R> R visit(Commands<R> commands) throws IOException {
            return commands.unknown(this);
        }

        @Override
        public String toString() {
            return redact(line);
        }
    }

    /** The command as it stands on the wire, one character per octet, without the line end. It may hold a secret. */
    String line();

    /** Calls this command's method of {@code commands}. */
    <R> R visit(Commands<R> commands) throws IOException;

    /**
     * Reads a line as {@link LineDecoder} yields it.
     *
     * <p>Keywords are matched on ASCII letters in either case. Arguments are parted by exactly one blank. A NUL or a CR anywhere
     * makes a line {@link Malformed}: neither can be part of an argument, and other software would end the line there.
     */
    static Command parse(String line) {
        return CommandParser.parse(line);
    }

    /**
     * The line as a log may show it: a password, a digest, what follows a SASL mechanism, and everything whose meaning is not
     * known is {@code ****}.
     */
    static String redact(String line) {
        return CommandParser.redact(line);
    }
}
