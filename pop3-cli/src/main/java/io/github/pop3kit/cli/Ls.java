package io.github.pop3kit.cli;

import io.github.pop3kit.client.NotOfferedException;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.protocol.ScanListing;
import io.github.pop3kit.protocol.UniqueIdListing;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code pop3 ls}: what is in a maildrop. */
@Command(
        name = "ls",
        description = {
            "Lists a maildrop: the number of each message, its octets and its unique-id, \"-\" where it has none.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Pop3.Version.class,
        usageHelpWidth = 110,
        sortOptions = false)
final class Ls implements Callable<Integer> {

    private final Pop3 pop3;

    @Mixin
    private final Account account;

    Ls(Pop3 pop3) {
        this.pop3 = pop3;
        this.account = new Account(pop3);
    }

    @Override
    public Integer call() throws Failure {
        return account.visit(this::list);
    }

    private int list(RemoteMaildrop maildrop) throws IOException {
        List<ScanListing> messages = maildrop.list();
        Map<Integer, String> uniqueIds = new HashMap<>();
        try {
            for (UniqueIdListing id : maildrop.uniqueIds()) uniqueIds.put(id.number(), id.uniqueId());
        } catch (NotOfferedException none) {
            // The rest is worth showing.
        }
        int digits = String.valueOf(messages.size()).length();
        for (ScanListing message : messages) {
            String id = Transcript.escape(uniqueIds.getOrDefault(message.number(), "-"));
            pop3.out()
                    .print(String.format(
                            Locale.ROOT, "%" + digits + "d %10d %s%n", message.number(), message.octets(), id));
        }
        return ExitCode.OK;
    }
}
