package io.github.pop3kit.cli;

import io.github.pop3kit.client.BatchResult;
import io.github.pop3kit.client.RemoteMaildrop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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

    Rm(Pop3 pop3) {
        this.account = new Account(pop3);
    }

    @Override
    public Integer call() throws Failure {
        return account.visit(this::delete);
    }

    private int delete(RemoteMaildrop maildrop) throws IOException {
        BatchResult result = maildrop.deleteAll(numbers.stream().distinct().toList());
        return account.report(result.failures().values());
    }
}
