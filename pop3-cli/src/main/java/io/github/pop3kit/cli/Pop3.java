package io.github.pop3kit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;

/**
 * The command {@code pop3}. Its exit status is 0 when all went well, 1 when something failed, 2 when it was called wrongly, and above
 * 63, as in sysexits.h, when something failed with a server.
 */
@Command(
        name = "pop3",
        description = "POP3: a server, and a client for maildrops of any server.",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 110,
        versionProvider = Pop3.Version.class)
public final class Pop3 {

    private final OutputStream octets;
    private final PrintWriter out;
    private final PrintWriter err;
    private final Map<String, String> environment;
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean asking;
    private volatile @Nullable Thread interruptible;

    Pop3(OutputStream out, PrintWriter err, Map<String, String> environment) {
        this.octets = out;
        this.out = new PrintWriter(out, true, UTF_8);
        this.err = err;
        this.environment = environment;
    }

    /**
     * Runs the command, and ends the process with its status. A signal that ends a process (SIGINT, SIGTERM) asks the command to
     * end, and has that status too: nothing went wrong.
     */
    public static void main(String[] args) {
        settle();
        OutputStream out =
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)); // System.out hides errors
        Pop3 pop3 = new Pop3(out, new PrintWriter(System.err, true, UTF_8), System.getenv());
        CompletableFuture<Integer> status = new CompletableFuture<>();
        Runnable end = () -> {
            pop3.stop();
            // A command that was to say a password.
            ProcessHandle.current().descendants().forEach(ProcessHandle::destroy);
            // A prompt would not end by itself. From here exit() would wait for this very thread.
            Runtime.getRuntime().halt(pop3.asking ? Failure.INTERRUPTED : status.join());
        };
        Runtime.getRuntime().addShutdownHook(new Thread(end, "pop3-stop"));
        try {
            status.complete(pop3.run(args));
        } finally {
            status.complete(ExitCode.SOFTWARE);
        }
        System.exit(status.join());
    }

    /** What the JDK takes from a property alone, before it is used; what was set by hand stays. */
    private static void settle() {
        // A thread of the system keeps a buffer as large as its largest write for good, and before Java 21 each session
        // has one.
        String largestKept = "jdk.nio.maxCachedBufferSize";
        if (Runtime.version().feature() < 21 && System.getProperty(largestKept) == null) {
            System.setProperty(largestKept, "16384");
        }
    }

    /** Runs the command and returns its status. */
    int run(String... args) {
        CommandLine serve = new CommandLine(new Serve(this));
        serve.getCommandSpec().usageMessage().footer(Serve.limits());
        CommandLine passwd = new CommandLine(new Passwd(this));
        passwd.getCommandSpec().usageMessage().footer(Passwd.schemes());
        CommandLine line = new CommandLine(this)
                .addSubcommand(serve)
                .addSubcommand(new Ls(this))
                .addSubcommand(new Get(this))
                .addSubcommand(new Top(this))
                .addSubcommand(new Rm(this))
                .addSubcommand(Sync.commandLine(this))
                .addSubcommand(passwd)
                .addSubcommand(new Database(this))
                .addSubcommand(new UidlDiff(this))
                .addSubcommand(new Check(this))
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, all) -> failed(Failure.usage(
                        wrong.getMessage() + ".",
                        wrong.getCommandLine().getCommandSpec().qualifiedName())))
                .setExecutionExceptionHandler((e, command, all) -> {
                    if (e instanceof Failure failure) return failed(failure);
                    throw e; // A defect: its stack trace is what helps.
                });
        if (args.length > 0) return line.execute(args);
        line.usage(out);
        return ExitCode.OK;
    }

    /** Asks a command that runs until it is told to end, or will. For any thread. */
    void stop() {
        stop.countDown();
        Thread running = interruptible;
        if (running != null) running.interrupt();
    }

    /** Returns when the command shall end. */
    void awaitStop() throws InterruptedException {
        stop.await();
    }

    /** From here on a stop interrupts this thread, or none. */
    void stopInterrupts(@Nullable Thread thread) {
        interruptible = thread;
        if (thread != null && stop.getCount() == 0) thread.interrupt();
    }

    /** For what the user asked for. */
    PrintWriter out() {
        return out;
    }

    /** The same as it is, for messages. */
    OutputStream octets() {
        return octets;
    }

    /** Writes all of both, and tells whether it arrived. */
    void flush() throws IOException {
        boolean failed = out.checkError();
        octets.flush();
        if (failed) throw new IOException("stdout does not take it");
    }

    /** For what the user did not ask for. */
    PrintWriter err() {
        return err;
    }

    Optional<String> environment(String name) {
        return Optional.ofNullable(environment.get(name));
    }

    /** Asks on the terminal for something that is not shown. */
    @SuppressWarnings("SystemConsoleNull") // Up to Java 21 it is null where there is no terminal.
    String ask(String question) throws Failure {
        Console console = System.console();
        if (console == null || !isTerminal(console)) {
            throw Failure.of("There is no terminal to ask for the password; it can come from --password-file,"
                    + " --password-command or POP3_PASSWORD.");
        }
        asking = true;
        try {
            char[] answer = console.readPassword("%s", question);
            if (answer == null) throw Failure.of("No password was typed.");
            return new String(answer);
        } finally {
            asking = false;
        }
    }

    /** From Java 22 on there is always a console, and this method. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException before22) {
            return true;
        }
    }

    /** Says what failed, behind what was printed until then; the status that makes. */
    int failed(Failure failure) {
        try {
            flush();
        } catch (IOException e) {
            // Nobody reads it, which is told where it matters.
        }
        err.println("pop3: " + failure.getMessage());
        err.flush();
        return failure.status();
    }

    /** The version that the jar's manifest has. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            Optional<String> version =
                    Optional.ofNullable(Pop3.class.getPackage().getImplementationVersion());
            return new String[] {"pop3kit " + version.orElse("(not built)"), "Java " + Runtime.version()};
        }
    }
}
