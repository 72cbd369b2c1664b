package io.github.pop3kit.cli;

import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine.ExitCode;

/** Why a command cannot do its work: the cause, and what to do, in words for the user; and the exit status. */
final class Failure extends Exception {

    private static final long serialVersionUID = 1L;

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

    /** A cause without its full stop. Of some, the JDK says nothing but the name of the file. */
    static String why(Exception cause) {
        String message = String.valueOf(cause.getMessage());
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
