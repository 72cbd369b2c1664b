package io.github.pop3kit.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.TlsTrust;
import io.github.pop3kit.client.sync.LoginSource;
import io.github.pop3kit.client.sync.Migration;
import io.github.pop3kit.client.sync.Retention;
import io.github.pop3kit.client.sync.Sink;
import io.github.pop3kit.client.sync.SyncAccount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine.TypeConversionException;

/** The accounts of a file in HOCON; {@code docs/sync.md} describes it. */
final class SyncFile {

    private static final Set<String> KEYS = Set.of(
            "url",
            "password-command",
            "password-file",
            "password-env",
            "token-command",
            "to",
            "keep",
            "delete-larger-than",
            "skip-larger-than",
            "migration",
            "cafile");

    private static final List<String> CREDENTIALS =
            List.of("password-command", "password-file", "password-env", "token-command");

    private final Pop3 pop3;
    private final Path file;

    SyncFile(Pop3 pop3, Path file) {
        this.pop3 = pop3;
        this.file = file;
    }

    List<SyncAccount> accounts() throws Failure {
        try {
            Config all = ConfigFactory.parseFile(
                            file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
                    .resolve();
            checkSections(all);
            Config defaults = all.hasPath("defaults") ? all.getConfig("defaults") : ConfigFactory.empty();
            Config accounts = all.getConfig("accounts");
            List<SyncAccount> found = new ArrayList<>();
            for (String name : accounts.root().keySet().stream().sorted().toList()) {
                Config account = accounts.getConfig(ConfigUtil.joinPath(name));
                checkKeys(name, account.withFallback(defaults));
                found.add(account(withDefaults(account, defaults)));
            }
            if (found.isEmpty()) throw Failure.ofConfiguration(file + " has no accounts");
            checkNames(found);
            return found;
        } catch (ConfigException e) {
            // Its message has the file and the line, and not the value.
            throw Failure.ofConfiguration(String.valueOf(e.getMessage()));
        }
    }

    /** Values of any name may stand there, for others to refer to them. */
    private static void checkSections(Config all) throws Failure {
        for (String key : all.root().keySet()) {
            ConfigValue section = all.root().get(key);
            if (key.equals("accounts") || key.equals("defaults") || section.valueType() != ConfigValueType.OBJECT)
                continue;
            throw wrong(section.origin(), "there is no section '" + key + "'; there are accounts and defaults");
        }
    }

    /** An account's own place of its credentials puts aside those of the defaults; two of its own are a mistake. */
    private static Config withDefaults(Config account, Config defaults) throws Failure {
        Config rest = defaults;
        List<String> own = CREDENTIALS.stream().filter(account::hasPath).toList();
        if (own.size() > 1) {
            throw wrong(account.origin(), "say one of " + String.join(", ", own) + ", not all");
        }
        if (!own.isEmpty()) {
            for (String key : CREDENTIALS) rest = rest.withoutPath(key);
        }
        return account.withFallback(rest);
    }

    /** Each is an account of its own: who is told by a user at a server has one journal, and one line of summary. */
    private void checkNames(List<SyncAccount> accounts) throws Failure {
        Set<String> names = new HashSet<>();
        for (SyncAccount account : accounts) {
            if (!names.add(account.name())) throw Failure.ofConfiguration(file + " has " + account.name() + " twice");
        }
    }

    private void checkKeys(String name, Config account) throws Failure {
        for (String key : account.root().keySet()) {
            if (KEYS.contains(key)) continue;
            throw wrong(
                    account.root().get(key).origin(),
                    "account " + name + " has no setting '" + key + "'; there are "
                            + String.join(", ", KEYS.stream().sorted().toList()));
        }
    }

    private SyncAccount account(Config settings) throws Failure {
        Pop3Url url = required(settings, "url", Pop3Url::parse);
        TlsTrust trust = setting(settings, "cafile", SyncFile::trust).orElseGet(TlsTrust::system);
        Sink sink = required(settings, "to", SyncRules::place);
        return SyncAccount.of(url.client().trust(trust).build(), url.user(), logins(url, settings), sink)
                .keeping(retention(settings))
                .onMigration(
                        setting(settings, "migration", SyncRules::migration).orElse(Migration.ASK));
    }

    private static <T> T required(Config settings, String key, Function<String, T> meaning) throws Failure {
        return setting(settings, key, meaning)
                .orElseThrow(() -> wrong(settings.origin(), "there is no setting " + key));
    }

    /** What a setting means, if it is there. */
    private static <T> Optional<T> setting(Config settings, String key, Function<String, T> meaning) throws Failure {
        if (!settings.hasPath(key)) return Optional.empty();
        try {
            return Optional.of(meaning.apply(settings.getString(key)));
        } catch (TypeConversionException | IllegalArgumentException | UncheckedIOException e) {
            throw wrong(settings.getValue(key).origin(), key + ": " + e.getMessage());
        }
    }

    /** A mistake, with file and line. */
    private static Failure wrong(ConfigOrigin where, String what) {
        return Failure.ofConfiguration(where.description() + ": " + what);
    }

    /** Where the credentials come from, asked anew for each session. */
    private LoginSource logins(Pop3Url url, Config settings) throws Failure {
        if (settings.hasPath("token-command")) {
            Login login = url.login(Password.tokens(settings.getString("token-command")));
            return () -> login;
        }
        if (settings.hasPath("password-command")) {
            String command = settings.getString("password-command");
            return Password.source(() -> url.login(Password.ofCommand(command)));
        }
        Optional<Path> from = setting(settings, "password-file", SyncRules::home);
        if (from.isPresent()) return Password.source(() -> url.login(Password.ofFile(from.get())));
        String variable = settings.hasPath("password-env") ? settings.getString("password-env") : "POP3_PASSWORD";
        return Password.source(() -> url.login(
                pop3.environment(variable).orElseThrow(() -> Failure.of("The environment has no " + variable + "."))));
    }

    private static TlsTrust trust(String authorities) {
        try {
            return TlsTrust.caFile(SyncRules.home(authorities));
        } catch (IOException e) {
            throw new UncheckedIOException(Failure.why(e), e);
        }
    }

    private static Retention retention(Config settings) throws Failure {
        Retention retention = setting(settings, "keep", SyncRules::keep).orElse(Retention.keepAll());
        Optional<Long> deleted = setting(settings, "delete-larger-than", SyncRules::size);
        if (deleted.isPresent()) retention = retention.deleteLargerThan(deleted.get());
        Optional<Long> skipped = setting(settings, "skip-larger-than", SyncRules::size);
        return skipped.isPresent() ? retention.skipLargerThan(skipped.get()) : retention;
    }
}
