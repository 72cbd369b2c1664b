package io.github.pop3kit.cli;

import io.github.pop3kit.store.jdbc.JdbcSchema;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pop3 db}: the schema of a database with mail. */
@Command(
        name = "db",
        description = "Shows the schema of a database with mail, or brings it up to date.",
        mixinStandardHelpOptions = true,
        versionProvider = Pop3.Version.class,
        synopsisSubcommandLabel = "(status | migrate | ddl)",
        usageHelpWidth = 110)
final class Database {

    private final Pop3 pop3;

    Database(Pop3 pop3) {
        this.pop3 = pop3;
    }

    @Command(
            description = "Prints which versions of the schema the database has. The exit status is 1 if it lacks one.")
    int status(
            @Parameters(paramLabel = "LOCATION", description = "As for --store: jdbc:postgresql://HOST/DATABASE")
                    String location,
            @Option(names = "--store-option", paramLabel = "NAME=VALUE", description = "As for pop3 serve.") @Nullable
                    Map<String, String> options)
            throws Failure {
        return with(location, options, schema -> {
            boolean complete = true;
            for (JdbcSchema.Version version : schema.versions()) {
                pop3.out().println("version " + version.number() + ": " + (version.applied() ? "applied" : "missing"));
                complete &= version.applied();
            }
            return complete ? ExitCode.OK : ExitCode.SOFTWARE;
        });
    }

    @Command(description = "Brings the schema up to date.")
    int migrate(
            @Parameters(paramLabel = "LOCATION", description = "As for --store: jdbc:postgresql://HOST/DATABASE")
                    String location,
            @Option(names = "--store-option", paramLabel = "NAME=VALUE", description = "As for pop3 serve.") @Nullable
                    Map<String, String> options)
            throws Failure {
        return with(location, options, schema -> {
            schema.migrate();
            pop3.out().println("the schema is up to date");
            return ExitCode.OK;
        });
    }

    @Command(
            description =
                    "Prints the statements that migrate would execute, for an operator to execute; migrate then only"
                            + " notes that it was done.")
    int ddl(
            @Parameters(paramLabel = "LOCATION", description = "As for --store: jdbc:postgresql://HOST/DATABASE")
                    String location,
            @Option(names = "--store-option", paramLabel = "NAME=VALUE", description = "As for pop3 serve.") @Nullable
                    Map<String, String> options)
            throws Failure {
        return with(location, options, schema -> {
            for (JdbcSchema.Version version : schema.versions()) {
                if (!version.applied()) pop3.out().print(version.ddl());
            }
            pop3.out().flush();
            return ExitCode.OK;
        });
    }

    @FunctionalInterface
    private interface Use {
        int with(JdbcSchema schema) throws IOException;
    }

    private static int with(String location, @Nullable Map<String, String> options, Use use) throws Failure {
        Map<String, String> given = options == null ? Map.of() : new LinkedHashMap<>(options);
        Log.start(Level.WARN);
        try (JdbcSchema schema = JdbcSchema.at(location, given)) {
            return use.with(schema);
        } catch (IllegalArgumentException | IOException e) {
            throw Failure.of("The schema of " + Failure.place(location) + " cannot be used: " + Failure.why(e));
        } finally {
            Log.stop();
        }
    }
}
