package io.github.pop3kit.cli;

import io.github.pop3kit.client.MessageStream;
import io.github.pop3kit.client.RemoteMaildrop;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code pop3 top}: the beginning of a message. */
@Command(
        name = "top",
        description = {"Shows a message's header and the first lines of its body, as they are.", ""},
        mixinStandardHelpOptions = true,
        versionProvider = Pop3.Version.class,
        usageHelpWidth = 110,
        sortOptions = false)
final class Top implements Callable<Integer> {

    private final Pop3 pop3;

    @Mixin
    private final Account account;

    @Parameters(
            index = "1",
            paramLabel = "N",
            converter = MessageNumber.class,
            description = "Its message-number, as ls shows it.")
    private int number;

    @Parameters(
            index = "2",
            paramLabel = "LINES",
            converter = MessageNumber.OrZero.class,
            description = "How many lines of its body.")
    private int lines;

    Top(Pop3 pop3) {
        this.pop3 = pop3;
        this.account = new Account(pop3);
    }

    @Override
    public Integer call() throws Failure {
        return account.visit(this::show);
    }

    private int show(RemoteMaildrop maildrop) throws IOException {
        try (MessageStream message = maildrop.top(number, lines)) {
            message.transferTo(pop3.octets());
        }
        return ExitCode.OK;
    }
}
