package io.github.pop3kit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;

/** The command {@code pop3}. Its exit status is 0 when all went well, 1 when something failed, 2 when it was called wrongly. */
@Command(
        name = "pop3",
        description = "POP3: a server, and more to come.",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 110,
        versionProvider = Pop3.Version.class)
public final class Pop3 {

    private final PrintWriter out;
    private final PrintWriter err;
    private final CountDownLatch stop = new CountDownLatch(1);

    Pop3(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Runs the command, and ends the process with its status. A signal that ends a process (SIGINT, SIGTERM) asks the command to
     * end, and has that status too: nothing went wrong.
     */
    public static void main(String[] args) {
        Pop3 pop3 = new Pop3(new PrintWriter(System.out, true, UTF_8), new PrintWriter(System.err, true, UTF_8));
        CompletableFuture<Integer> status = new CompletableFuture<>();
        Runnable end = () -> {
            pop3.stop();
            Runtime.getRuntime().halt(status.join()); // From here exit() would wait for this very thread.
        };
        Runtime.getRuntime().addShutdownHook(new Thread(end, "pop3-stop"));
        try {
            status.complete(pop3.run(args));
        } finally {
            status.complete(ExitCode.SOFTWARE);
        }
        System.exit(status.join());
    }

    /** Runs the command and returns its status. */
    int run(String... args) {
        CommandLine serve = new CommandLine(new Serve(this));
        serve.getCommandSpec().usageMessage().footer(Serve.limits());
        CommandLine line = new CommandLine(this)
                .addSubcommand(serve)
                .addSubcommand(new Database(this))
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
    }

    /** Returns when the command shall end. */
    void awaitStop() throws InterruptedException {
        stop.await();
    }

    /** For what the user asked for. */
    PrintWriter out() {
        return out;
    }

    private int failed(Failure failure) {
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
