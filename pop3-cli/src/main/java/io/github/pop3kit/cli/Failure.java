package io.github.pop3kit.cli;

import com.google.common.base.Throwables;
import io.github.pop3kit.client.BatchInterruptedException;
import io.github.pop3kit.client.CancelledException;
import io.github.pop3kit.client.CommitException;
import io.github.pop3kit.client.ConnectionLostException;
import io.github.pop3kit.client.CredentialsRefusedException;
import io.github.pop3kit.client.Pop3Exception;
import io.github.pop3kit.client.ProtocolViolationException;
import io.github.pop3kit.client.TlsFailedException;
import io.github.pop3kit.client.sync.SyncException;
import io.github.pop3kit.testkit.conformance.CannotCheckException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine.ExitCode;

/** Why a command cannot do its work: the cause, and what to do, in words for the user; and the exit status. */
final class Failure extends Exception {

    private static final long serialVersionUID = 1L;

    private static final int UNAVAILABLE = 69; // EX_UNAVAILABLE, and so on
    private static final int NO_HOST = 68;
    private static final int INPUT_OUTPUT = 74;
    static final int TRY_AGAIN = 75;
    private static final int PROTOCOL = 76;
    private static final int NOT_PERMITTED = 77;
    private static final int CONFIGURATION = 78;

    /** What shells say of a process that SIGINT has ended. */
    static final int INTERRUPTED = 130;

    private final int status;

    private Failure(int status, String text) {
        super(text);
        this.status = status;
    }

    /** The command was called wrongly. */
    static Failure usage(String sentence, String command) {
        return new Failure(ExitCode.USAGE, sentence + " Try '" + command + " --help'.");
    }

    /** Something that the command needs is not there or does not work. */
    static Failure of(String text) {
        return new Failure(ExitCode.SOFTWARE, text);
    }

    /** Something went wrong with a server. The status is that of sysexits.h, as other mail clients have it. */
    static Failure of(Pop3Exception e) {
        return new Failure(status(e), sentence(String.valueOf(e.getMessage())));
    }

    private static int status(Pop3Exception e) {
        if (e instanceof CancelledException) return INTERRUPTED;
        if (e instanceof BatchInterruptedException batch && batch.getCause() instanceof Pop3Exception cause) {
            return status(cause);
        }
        if (e instanceof CredentialsRefusedException) return NOT_PERMITTED;
        if (e instanceof ProtocolViolationException || e instanceof TlsFailedException) return PROTOCOL;
        if (e instanceof ConnectionLostException && isUnknownHost(e)) return NO_HOST;
        // What became of the deletions has to be looked at before.
        return e.isRetrySafe() || e instanceof CommitException ? TRY_AGAIN : UNAVAILABLE;
    }

    /** A server cannot be checked at all. */
    static Failure of(CannotCheckException e) {
        int status = switch (e.reason()) {
            case UNREACHABLE -> UNAVAILABLE;
            case PROTOCOL -> PROTOCOL;
            case LOGIN -> NOT_PERMITTED;
            case DELIVERY -> INPUT_OUTPUT;
            case INTERRUPTED -> INTERRUPTED;
        };
        return new Failure(status, sentence(String.valueOf(e.getMessage())));
    }

    private static boolean isUnknownHost(Exception e) {
        return Throwables.getCausalChain(e).stream().anyMatch(UnknownHostException.class::isInstance);
    }

    /** The checks of a server came to no end. */
    static Failure ofIncompleteCheck() {
        return new Failure(TRY_AGAIN, "Not every check had its turn: give it more --time.");
    }

    static Failure interrupted() {
        return new Failure(INTERRUPTED, "It was interrupted.");
    }

    /** Something failed on this side: files, or stdout, do not take what they should. */
    static Failure local(IOException e) {
        if (e instanceof ClosedByInterruptException) return interrupted();
        return new Failure(INPUT_OUTPUT, sentence("It cannot be done: " + why(e)));
    }

    /** An account was not synchronised. */
    static Failure ofSync(Exception e) {
        if (e instanceof Pop3Exception server) return of(server);
        String text = sentence(String.valueOf(e.getMessage()));
        if (!(e instanceof SyncException sync)) return new Failure(INPUT_OUTPUT, sentence(why(e)));
        return switch (sync.reason()) {
            case LOCKED -> new Failure(TRY_AGAIN, text);
            case MIGRATION, NO_UNIQUE_IDS -> new Failure(CONFIGURATION, text);
            case CREDENTIALS -> new Failure(NOT_PERMITTED, text);
            case JOURNAL, SINK -> new Failure(INPUT_OUTPUT, text);
        };
    }

    /** Something that a file says cannot be used. */
    static Failure ofConfiguration(String text) {
        return new Failure(CONFIGURATION, sentence(text));
    }

    private static String sentence(String text) {
        return text.endsWith(".") ? text : text + ".";
    }

    /** A cause without its full stop. Of some, the JDK says nothing but the name of the file. */
    static String why(Exception cause) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof FileAlreadyExistsException) return message + " is there and is no folder";
        if (cause instanceof NoSuchFileException) return "there is no file " + message;
        if (cause instanceof AccessDeniedException) return "this user has no access to " + message;
        if (cause instanceof CharacterCodingException) return "it is not UTF-8";
        return message;
    }

    /** A store's location without what may be a password: the end of a database's, and what stands before its host. */
    static String place(String location) {
        return location.startsWith("jdbc:")
                ? location.replaceFirst("[?;].*", "").replaceFirst("//[^/]*@", "//")
                : location;
    }

    int status() {
        return status;
    }
}
