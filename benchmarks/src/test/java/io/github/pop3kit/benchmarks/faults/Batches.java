package io.github.pop3kit.benchmarks.faults;

import io.github.pop3kit.client.BatchInterruptedException;
import io.github.pop3kit.client.BatchResult;
import io.github.pop3kit.client.MessageSink;
import io.github.pop3kit.client.Pop3Exception;
import io.github.pop3kit.client.RemoteMaildrop;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A session of our client in pipelined batches, with {@link Findings#BATCH}: it deletes what it was told is deleted, but the last. */
final class Batches {

    private static final List<Integer> ALL = List.of(1, 2, 3, 4, 5);

    private Batches() {}

    /** Goes on behind a message that is refused, and throws that at the end. */
    static void session(RemoteMaildrop maildrop, Findings findings) throws IOException {
        try {
            converse(maildrop, findings);
        } finally {
            if (User.hasNoted(maildrop)) findings.noted();
        }
    }

    private static void converse(RemoteMaildrop maildrop, Findings findings) throws IOException {
        List<Pop3Exception> refused = new ArrayList<>();
        messages("TOP", Findings.BATCH_TOPS, findings, refused, sink -> maildrop.topAll(ALL, 1, sink));
        messages("RETR", Findings.BATCH, findings, refused, sink -> maildrop.retrieveAll(ALL, sink));
        BatchResult deleted = maildrop.deleteAll(ALL.subList(0, 4));
        refused.addAll(deleted.failures().values());
        maildrop.quit();
        findings.committed(IntStream.rangeClosed(1, 5)
                .filter(number -> !deleted.done().contains(number))
                .mapToObj(Integer::toString)
                .toList());
        if (!refused.isEmpty()) throw refused.get(0);
    }

    private interface Batch {
        BatchResult run(MessageSink sink) throws IOException;
    }

    /** What the client says is done has to be whole and right, also where the batch has broken off. */
    private static void messages(
            String command, List<String> expected, Findings findings, List<Pop3Exception> refused, Batch batch)
            throws IOException {
        Map<Integer, String> taken = new LinkedHashMap<>();
        MessageSink sink =
                (number, message) -> taken.put(number, new String(message.readAllBytes(), StandardCharsets.ISO_8859_1));
        BatchResult result;
        try {
            result = batch.run(sink);
            refused.addAll(result.failures().values());
        } catch (BatchInterruptedException e) {
            check(command, expected, findings, e.result(), taken);
            throw e;
        }
        check(command, expected, findings, result, taken);
    }

    private static void check(
            String command, List<String> expected, Findings findings, BatchResult result, Map<Integer, String> taken) {
        findings.check(command, result.done(), List.copyOf(taken.keySet()));
        taken.forEach((number, text) -> findings.check(command, expected.get(number - 1), text));
    }
}
