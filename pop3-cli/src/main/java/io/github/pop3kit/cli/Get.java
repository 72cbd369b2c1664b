package io.github.pop3kit.cli;

import io.github.pop3kit.client.BatchResult;
import io.github.pop3kit.client.MessageFolder;
import io.github.pop3kit.client.MessageSink;
import io.github.pop3kit.client.MessageStream;
import io.github.pop3kit.client.NotOfferedException;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.protocol.UniqueIdListing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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

    /** What is still to be fetched, by its number in the first session. */
    private final Set<Integer> missing = new LinkedHashSet<>();

    /** The unique-ids that the numbers of the first session stood for; empty where the server has none. */
    private final Map<Integer, String> uniqueIds = new HashMap<>();

    private boolean begun;

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
        Map<Integer, Integer> originals = begun ? again(maildrop) : begin(maildrop);
        MessageSink sink = folder == null ? this::print : stored(MessageFolder.at(folder));
        BatchResult result = maildrop.retrieveAll(originals.keySet(), (number, message) -> {
            int original = originals.getOrDefault(number, number);
            sink.accept(original, message);
            missing.remove(original);
        });
        return account.report(result.failures().values());
    }

    /** What is wanted of this maildrop. */
    private Map<Integer, Integer> begin(RemoteMaildrop maildrop) throws IOException {
        if (all) maildrop.list().forEach(size -> missing.add(size.number()));
        else missing.addAll(numbers);
        // Of one message there is no second session, and on stdout it has no name.
        if (folder != null || missing.size() > 1) {
            for (UniqueIdListing each : uniqueIds(maildrop)) uniqueIds.put(each.number(), each.uniqueId());
        }
        begun = true;
        return same(missing);
    }

    private static Map<Integer, Integer> same(Set<Integer> numbers) {
        Map<Integer, Integer> same = new LinkedHashMap<>();
        for (int number : numbers) same.put(number, number);
        return same;
    }

    /** In a second session a message may have another number, since somebody may have deleted others between the two. */
    private Map<Integer, Integer> again(RemoteMaildrop maildrop) throws IOException {
        if (uniqueIds.isEmpty()) return same(missing); // The server has none: numbers are all there is.
        Map<String, Integer> originals = new HashMap<>();
        for (int number : missing) {
            String uniqueId = uniqueIds.get(number);
            if (uniqueId == null || originals.put(uniqueId, number) != null) {
                throw new IOException(
                        "the connection broke, and which messages are missing cannot be told by unique-ids");
            }
        }
        Map<Integer, Integer> found = new LinkedHashMap<>();
        for (UniqueIdListing each : uniqueIds(maildrop)) {
            Integer original = originals.remove(each.uniqueId());
            if (original != null) found.put(each.number(), original);
        }
        if (!originals.isEmpty())
            throw new IOException("message " + originals.values().iterator().next() + " is gone");
        return found;
    }

    private static List<UniqueIdListing> uniqueIds(RemoteMaildrop maildrop) throws IOException {
        try {
            return maildrop.uniqueIds();
        } catch (NotOfferedException none) {
            return List.of(); // Then their numbers are their names.
        }
    }

    private void print(int number, MessageStream message) throws IOException {
        torn = true;
        message.transferTo(pop3.octets());
        torn = false;
    }

    private MessageSink stored(MessageFolder messages) {
        return (number, message) -> pop3.out().println(number + " " + messages.store(message));
    }
}
