package io.github.pop3kit.cli;

import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.TokenSupplier;
import io.github.pop3kit.client.sync.LoginSource;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Where passwords come from: never from the command line, which others can see. */
final class Password {

    /** A command may ask somebody on the terminal, but a night's run must not wait for ever. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private Password() {}

    /** Asked for on the terminal, without showing it; where there is none, the first line of standard input. */
    @SuppressWarnings("SystemConsoleNull")
    static String asked() throws Failure {
        Console console = System.console();
        if (console != null && isTerminal(console)) {
            char[] typed = console.readPassword("Password: ");
            if (typed != null && typed.length > 0) return new String(typed);
            throw Failure.of("There is no password.");
        }
        try {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            String line = in.readLine();
            if (line != null && !line.isEmpty()) return line;
            throw Failure.of("There is no password on standard input.");
        } catch (IOException e) {
            throw Failure.of("The password cannot be read: " + Failure.why(e) + ".");
        }
    }

    /** From Java 22 on there is a console also where there is no terminal, and a way to ask it. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException before22) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /** The first line of a file. */
    static String ofFile(Path file) throws Failure {
        try {
            return Files.readString(file, StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElseThrow(() -> Failure.of("The password file " + file + " is empty."));
        } catch (IOException e) {
            throw Failure.of("The password file cannot be read: " + Failure.why(e) + ".");
        }
    }

    /** Credentials, or why there are none. */
    interface Secret<T> {
        T say() throws Failure;
    }

    /** Credentials that are asked for anew for each session. */
    static LoginSource source(Secret<Login> login) {
        return () -> said(login);
    }

    private static <T> T said(Secret<T> secret) throws IOException {
        try {
            return secret.say();
        } catch (Failure e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The tokens that a command of the shell prints, one each time. */
    static TokenSupplier tokens(String command) {
        return refusal -> said(() -> printed("token command", command)).strip();
    }

    /** The first line that a command of the shell prints. It may ask on the terminal. */
    static String ofCommand(String command) throws Failure {
        return printed("password command", command);
    }

    private static String printed(String name, String command) throws Failure {
        return printed(name, command, PATIENCE);
    }

    /** The first line that a command prints, if it ends well and in time. */
    static String printed(String name, String command, Duration patience) throws Failure {
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        ProcessBuilder shell =
                windows ? new ProcessBuilder("cmd", "/c", command) : new ProcessBuilder("sh", "-c", command);
        shell.redirectInput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process;
        try {
            process = shell.start();
        } catch (IOException e) {
            throw Failure.of("The " + name + " cannot be run: " + Failure.why(e) + ".");
        }
        FutureTask<String> output = new FutureTask<>(() -> {
            String all = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) throw Failure.of("The " + name + " ended with status " + status + ".");
            return all.lines()
                    .findFirst()
                    .filter(line -> !line.isEmpty())
                    .orElseThrow(() -> Failure.of("The " + name + " printed nothing."));
        });
        Thread reading = new Thread(output, "pop3-command");
        reading.setDaemon(true);
        reading.start();
        try {
            return output.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) throw failure;
            throw Failure.of("What the " + name + " prints cannot be read: " + e.getMessage() + ".");
        } catch (TimeoutException e) {
            throw Failure.of("The " + name + " has not ended within " + patience.toSeconds() + " s.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.of("The " + name + " was interrupted.");
        } finally {
            // Where it has ended there are none.
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
    }
}
