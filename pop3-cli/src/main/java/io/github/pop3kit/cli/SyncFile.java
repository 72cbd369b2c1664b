package io.github.pop3kit.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.TlsTrust;
import io.github.pop3kit.client.sync.LoginSource;
import io.github.pop3kit.client.sync.Migration;
import io.github.pop3kit.client.sync.Retention;
import io.github.pop3kit.client.sync.SyncAccount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
            Config defaults = all.hasPath("defaults") ? all.getConfig("defaults") : ConfigFactory.empty();
            Config accounts = all.getConfig("accounts");
            List<SyncAccount> found = new ArrayList<>();
            for (String name : accounts.root().keySet().stream().sorted().toList()) {
                Config account = accounts.getConfig(ConfigUtil.joinPath(name));
                checkKeys(name, account.withFallback(defaults));
                found.add(account(name, withDefaults(account, defaults)));
            }
            if (found.isEmpty()) throw Failure.ofConfiguration(file + " has no accounts");
            checkNames(found);
            return found;
        } catch (ConfigException e) {
            // Its message has the file and the line, and not the value.
            throw Failure.ofConfiguration(String.valueOf(e.getMessage()));
        }
    }

    /** An account's own place of its credentials puts aside those of the defaults; two of its own are a mistake. */
    private static Config withDefaults(Config account, Config defaults) throws Failure {
        Config rest = defaults;
        List<String> own = CREDENTIALS.stream().filter(account::hasPath).toList();
        if (own.size() > 1) {
            throw Failure.ofConfiguration(
                    account.origin().description() + ": say one of " + String.join(", ", own) + ", not all");
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
            throw Failure.ofConfiguration(account.root().get(key).origin().description() + ": account " + name
                    + " has no setting '" + key + "'; there are "
                    + String.join(", ", KEYS.stream().sorted().toList()));
        }
    }

    private SyncAccount account(String name, Config settings) throws Failure {
        try {
            Pop3Url url = Pop3Url.parse(settings.getString("url"));
            Pop3Client client = url.client().trust(trust(settings)).build();
            return SyncAccount.of(client, url.user(), logins(url, settings), SyncRules.place(settings.getString("to")))
                    .keeping(retention(settings))
                    .onMigration(migration(settings));
        } catch (TypeConversionException | IllegalArgumentException e) {
            throw Failure.ofConfiguration(file + ": account " + name + ": " + e.getMessage());
        }
    }

    /** Where the credentials come from, asked anew for each session. */
    private LoginSource logins(Pop3Url url, Config settings) {
        if (settings.hasPath("token-command")) {
            Login login = url.login(Password.tokens(settings.getString("token-command")));
            return () -> login;
        }
        if (settings.hasPath("password-command")) {
            String command = settings.getString("password-command");
            return Password.source(() -> url.login(Password.ofCommand(command)));
        }
        if (settings.hasPath("password-file")) {
            Path from = SyncRules.home(settings.getString("password-file"));
            return Password.source(() -> url.login(Password.ofFile(from)));
        }
        String variable = settings.hasPath("password-env") ? settings.getString("password-env") : "POP3_PASSWORD";
        return Password.source(() -> url.login(
                pop3.environment(variable).orElseThrow(() -> Failure.of("The environment has no " + variable + "."))));
    }

    private static TlsTrust trust(Config settings) throws Failure {
        if (!settings.hasPath("cafile")) return TlsTrust.system();
        try {
            return TlsTrust.caFile(SyncRules.home(settings.getString("cafile")));
        } catch (IOException e) {
            throw Failure.ofConfiguration("the certificates to be trusted cannot be read: " + Failure.why(e));
        }
    }

    private static Retention retention(Config settings) {
        Retention retention =
                settings.hasPath("keep") ? SyncRules.keep(settings.getString("keep")) : Retention.keepAll();
        if (settings.hasPath("delete-larger-than")) {
            retention = retention.deleteLargerThan(SyncRules.size(settings.getString("delete-larger-than")));
        }
        if (settings.hasPath("skip-larger-than")) {
            retention = retention.skipLargerThan(SyncRules.size(settings.getString("skip-larger-than")));
        }
        return retention;
    }

    private static Migration migration(Config settings) {
        return settings.hasPath("migration") ? settings.getEnum(Migration.class, "migration") : Migration.ASK;
    }
}
