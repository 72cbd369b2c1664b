package io.github.pop3kit.cli;

import io.github.pop3kit.client.BatchResult;
import io.github.pop3kit.client.MessageFolder;
import io.github.pop3kit.client.MessageSink;
import io.github.pop3kit.client.MessageStream;
import io.github.pop3kit.client.NotOfferedException;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.protocol.ScanListing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pop3 get}: messages, to stdout or into a folder. */
@Command(
        name = "get",
        description = {
            "Fetches messages, as they are, and deletes none: to stdout one behind the other, or into a folder, where each is whole"
                    + " or not at all.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Pop3.Version.class,
        usageHelpWidth = 110,
        sortOptions = false)
final class Get implements Callable<Integer> {

    private final Pop3 pop3;

    @Mixin
    private final Account account;

    @Parameters(
            index = "1..*",
            paramLabel = "N",
            converter = MessageNumber.class,
            description = "Message-numbers, as ls shows them.")
    private List<Integer> numbers = new ArrayList<>();

    @Option(names = "--all", description = "Fetch all messages.")
    private boolean all;

    @Option(
            names = "--to",
            paramLabel = "DIR",
            description =
                    "Store each message in a file of this folder, and print its number and the file. The name is a hash of the"
                            + " message's unique-id, so that it is stored once only, however often it is fetched.")
    private @Nullable Path folder;

    /** What a second session need not fetch. */
    private final Set<Integer> fetched = new HashSet<>();

    /** Whether stdout has a part of a message, which nothing can take back. */
    private boolean torn;

    Get(Pop3 pop3) {
        this.pop3 = pop3;
        this.account = new Account(pop3);
    }

    @Override
    public Integer call() throws Failure {
        if (numbers.isEmpty() != all) throw Failure.usage("Say which messages by their numbers, or --all.", "pop3 get");
        return account.visit(this::fetch);
    }

    private int fetch(RemoteMaildrop maildrop) throws IOException {
        if (torn) throw new IOException("a part of a message was written before the connection broke");
        MessageSink sink = folder == null ? this::print : stored(maildrop, folder);
        List<Integer> wanted = all
                ? maildrop.list().stream().map(ScanListing::number).toList()
                : numbers.stream().distinct().toList();
        BatchResult result = maildrop.retrieveAll(
                wanted.stream().filter(number -> !fetched.contains(number)).toList(), (number, message) -> {
                    sink.accept(number, message);
                    fetched.add(number);
                });
        return account.report(result.failures().values());
    }

    private void print(int number, MessageStream message) throws IOException {
        torn = true;
        message.transferTo(pop3.octets());
        torn = false;
    }

    private MessageSink stored(RemoteMaildrop maildrop, Path in) throws IOException {
        MessageFolder messages = MessageFolder.at(in);
        try {
            maildrop.uniqueIds();
        } catch (NotOfferedException none) {
            // Then their numbers are their names.
        }
        return (number, message) -> pop3.out().println(number + " " + messages.store(message));
    }
}
