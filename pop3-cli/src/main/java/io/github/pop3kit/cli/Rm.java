package io.github.pop3kit.cli;

import io.github.pop3kit.client.BatchResult;
import io.github.pop3kit.client.NotOfferedException;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.protocol.UniqueIdListing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code pop3 rm}: deletes messages. */
@Command(
        name = "rm",
        description = {
            "Deletes messages. Those that cannot be deleted are named, and the others are gone when this ends.",
            "The numbers are those of the session: when others delete at the same time, ls again before.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Pop3.Version.class,
        usageHelpWidth = 110,
        sortOptions = false)
final class Rm implements Callable<Integer> {

    @Mixin
    private final Account account;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "N",
            converter = MessageNumber.class,
            description = "Message-numbers, as ls shows them.")
    private List<Integer> numbers = new ArrayList<>();

    /** What the numbers stood for in the session before, if that broke under pipelining. */
    private @Nullable List<UniqueIdListing> listed;

    Rm(Pop3 pop3) {
        this.account = new Account(pop3);
    }

    @Override
    public Integer call() throws Failure {
        return account.visit(this::delete);
    }

    private int delete(RemoteMaildrop maildrop) throws IOException {
        List<UniqueIdListing> found = uniqueIds(maildrop);
        if (listed != null && (found.isEmpty() || !found.equals(listed))) {
            throw new IOException("the maildrop is another one than before the connection broke");
        }
        listed = found;
        BatchResult result = maildrop.deleteAll(numbers.stream().distinct().toList());
        return account.report(result.failures().values());
    }

    private static List<UniqueIdListing> uniqueIds(RemoteMaildrop maildrop) throws IOException {
        try {
            return maildrop.uniqueIds();
        } catch (NotOfferedException none) {
            return List.of();
        }
    }
}
