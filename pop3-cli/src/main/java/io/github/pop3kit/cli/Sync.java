package io.github.pop3kit.cli;

import io.github.pop3kit.client.Progress;
import io.github.pop3kit.client.sync.Migration;
import io.github.pop3kit.client.sync.Pop3Sync;
import io.github.pop3kit.client.sync.Retention;
import io.github.pop3kit.client.sync.Sink;
import io.github.pop3kit.client.sync.SyncAccount;
import io.github.pop3kit.client.sync.SyncListener;
import io.github.pop3kit.client.sync.SyncReport;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pop3 sync}: new mail, each message once. */
@Command(
        name = "sync",
        description = {
            "Fetches the mail that is new and keeps account of it: each message is stored once, whatever happens meanwhile, and"
                    + " nothing is deleted on the server before it is stored. For one URL, or for all accounts of a file. Prints a"
                    + " line for each account; its status is 0 if all of them are done, and otherwise one of sysexits.h, 75 where"
                    + " the next run may do better.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Pop3.Version.class,
        usageHelpWidth = 110,
        sortOptions = false)
final class Sync implements Callable<Integer> {

    private static final Set<String> FOR_ALL =
            Set.of("--accounts", "--dry-run", "--watch", "--progress", "--quiet", "--state", "--per-host");

    private final Pop3 pop3;

    @Mixin
    private final Account account;

    @Option(
            names = "--accounts",
            paramLabel = "FILE",
            description = "Synchronise all accounts of this file (HOCON, see docs/sync.md) instead of one URL.")
    private @Nullable Path file;

    @Option(
            names = "--to",
            paramLabel = "PLACE",
            converter = SyncRules.Place.class,
            description = "Where mail goes: eml:DIR, a file for each message; maildir:DIR; or mbox:FILE.")
    private @Nullable Sink sink;

    @Option(
            names = "--keep",
            paramLabel = "WHAT",
            converter = SyncRules.Keep.class,
            defaultValue = "all",
            description =
                    "What stays on the server of that which is stored: all, nothing, 14d (first seen less than 14 days ago) or"
                            + " newest:100; ${DEFAULT-VALUE} if it is not said.")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Retention keep;

    @Option(
            names = "--delete-larger-than",
            paramLabel = "SIZE",
            converter = SyncRules.Size.class,
            description = "Delete messages of more octets as soon as they are stored, as in 10M.")
    private @Nullable Long deleted;

    @Option(
            names = "--skip-larger-than",
            paramLabel = "SIZE",
            converter = SyncRules.Size.class,
            description = "Leave messages of more octets on the server.")
    private @Nullable Long skipped;

    @Option(
            names = "--migration",
            paramLabel = "WHAT",
            defaultValue = "ask",
            description =
                    "If the unique-ids of all messages are new, as after a move of the mail: ask, and fetch nothing; adopt them as"
                            + " fetched before; or fetch them. ${DEFAULT-VALUE} if it is not said.")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Migration migration;

    @Option(names = "--dry-run", description = "Show what would be fetched and deleted, and do nothing.")
    private boolean dry;

    @Option(
            names = "--watch",
            paramLabel = "TIME",
            arity = "0..1",
            fallbackValue = "5m",
            converter = Account.Time.class,
            description =
                    "Go on until it is told to end, so long after each run; ${FALLBACK-VALUE} if no time is said.")
    private @Nullable Duration every;

    @Option(names = "--progress", description = "Show on stderr how far it has come.")
    private boolean progress;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print lines for those accounts alone that are not done.")
    private boolean quiet;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description =
                    "Where the journals are, which know what was fetched; pop3kit/sync in XDG_STATE_HOME or ~/.local/state if it"
                            + " is not said.")
    private @Nullable Path state;

    @Option(
            names = "--per-host",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many accounts of one host at once; ${DEFAULT-VALUE} if it is not said.")
    private int perHost;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    private Sync(Pop3 pop3) {
        this.pop3 = pop3;
        this.account = new Account(pop3);
    }

    /** The URL, which all other commands need, may be missing here. */
    static CommandLine commandLine(Pop3 pop3) {
        CommandLine line = new CommandLine(new Sync(pop3));
        CommandSpec spec = line.getCommandSpec();
        PositionalParamSpec url = spec.positionalParameters().get(0);
        spec.remove(url);
        spec.addPositional(url.toBuilder().arity("0..1").required(false).build());
        return line;
    }

    @Override
    public Integer call() throws Failure {
        List<SyncAccount> accounts = accounts();
        if (dry && every != null) throw Failure.usage("Say either --dry-run or --watch.", "pop3 sync");
        if (perHost < 1) throw Failure.usage("The number of --per-host is positive.", "pop3 sync");
        Pop3Sync.Builder builder =
                Pop3Sync.builder(state == null ? defaultState() : state).perHost(perHost);
        if (progress) builder.listener(new Shown());
        pop3.stopInterrupts(Thread.currentThread());
        try (Pop3Sync sync = builder.build()) {
            if (dry) return tell(sync.dryRun(accounts), "to fetch", "to delete");
            if (every == null) return tell(sync.run(accounts), "fetched", "deleted");
            sync.watch(accounts, every, report -> tell(List.of(report), "fetched", "deleted"));
            return ExitCode.OK;
        } catch (InterruptedException e) {
            return every == null ? pop3.failed(Failure.interrupted()) : ExitCode.OK;
        } finally {
            pop3.stopInterrupts(null);
        }
    }

    private List<SyncAccount> accounts() throws Failure {
        if (account.isNamed() == (file != null)) {
            throw Failure.usage("Say either a URL or --accounts.", "pop3 sync");
        }
        if (file != null) {
            refuseForOne();
            Log.quiet();
            return new SyncFile(pop3, file).accounts();
        }
        if (sink == null) throw Failure.usage("Say with --to where mail goes.", "pop3 sync");
        Retention retention = keep;
        if (deleted != null) retention = retention.deleteLargerThan(deleted);
        if (skipped != null) retention = retention.skipLargerThan(skipped);
        return List.of(SyncAccount.of(account.client(), account.user(), account.logins(), sink)
                .keeping(retention)
                .onMigration(migration));
    }

    /** What says something about one account is not for those of a file, and must not seem to be. */
    private void refuseForOne() throws Failure {
        for (OptionSpec said : spec.commandLine().getParseResult().matchedOptions()) {
            if (FOR_ALL.contains(said.longestName())) continue;
            throw Failure.usage("The file of --accounts says what " + said.longestName() + " would say.", "pop3 sync");
        }
    }

    private Path defaultState() {
        return pop3.environment("XDG_STATE_HOME")
                .filter(home -> !home.isEmpty())
                .map(Path::of)
                .orElseGet(() -> SyncRules.home("~/.local/state"))
                .resolve("pop3kit")
                .resolve("sync");
    }

    // ---- what it says

    /** Several accounts are told of by several threads, a line each. */
    private synchronized int tell(List<SyncReport> reports, String fetched, String gone) {
        int status = ExitCode.OK;
        for (SyncReport report : reports) {
            if (dry) list(report, fetched, gone);
            if (!quiet || !report.isComplete()) pop3.out().println(summary(report, fetched, gone));
            report.remarks().forEach(remark -> pop3.err().println("pop3: " + report.account() + ": " + remark + "."));
            int each = report.skipped().isEmpty() ? ExitCode.OK : Failure.TRY_AGAIN;
            if (report.failure().isPresent()) {
                each = pop3.failed(Failure.ofSync(report.failure().get()));
            }
            // What somebody has to look at is told rather than what passes.
            if (status == ExitCode.OK || status == Failure.TRY_AGAIN) status = each == ExitCode.OK ? status : each;
        }
        pop3.out().flush();
        return status;
    }

    private void list(SyncReport report, String fetched, String gone) {
        report.fetched().forEach(message -> print(fetched, message));
        report.deleted().forEach(message -> print(gone, message));
        report.tooLarge().forEach(message -> print("too large", message));
    }

    private void print(String what, SyncReport.Message message) {
        String octets = message.octets() < 0 ? "?" : Long.toString(message.octets());
        pop3.out().println(what + " " + octets + " " + Transcript.escape(message.uniqueId()));
    }

    private static String summary(SyncReport report, String fetched, String gone) {
        List<String> parts = new ArrayList<>();
        parts.add(report.fetched().size() + " " + fetched + size(report.fetchedOctets()));
        if (!report.deleted().isEmpty()) parts.add(report.deleted().size() + " " + gone);
        if (!report.tooLarge().isEmpty()) parts.add(report.tooLarge().size() + " too large");
        if (!report.skipped().isEmpty()) parts.add(report.skipped().size() + " skipped, to be tried again");
        if (report.failure().isPresent()) parts.add("not done");
        return report.account() + ": " + String.join(", ", parts);
    }

    private static String size(long octets) {
        if (octets < 1024) return "";
        return octets < 1024 * 1024
                ? " (" + octets / 1024 + " KiB)"
                : String.format(Locale.ROOT, " (%.1f MiB)", octets / 1024.0 / 1024.0);
    }

    /** One line on a terminal, written over and over. */
    private final class Shown implements SyncListener {

        private long next;

        @Override
        public synchronized void progress(String name, Progress now) {
            if (System.nanoTime() < next) return;
            next = System.nanoTime() + 200_000_000;
            pop3.err().print("\r" + name + ": " + now.nth() + " of " + now.messages() + " ");
            pop3.err().flush();
        }

        @Override
        public void skipped(String name, String uniqueId, Exception why) {
            pop3.err().println("\r" + name + ": skipped " + Transcript.escape(uniqueId) + ": " + why.getMessage());
        }

        @Override
        public synchronized void finished(SyncReport report) {
            pop3.err().print("\r\033[K");
        }
    }
}
