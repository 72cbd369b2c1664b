package io.github.pop3kit.client;

import io.github.pop3kit.protocol.ScanListing;
import io.github.pop3kit.protocol.UniqueIdListing;
import io.github.pop3kit.store.Maildrop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What clients that leave their mail on the server make of a move: they know messages by their unique-ids, and fetch what they do not
 * know. Unique-ids stand in the order of their maildrop.
 *
 * @param same how many messages are there under the unique-ids that they had
 * @param unknown is fetched again, or for the first time if it came after the old maildrop was looked at
 * @param octetsUnknown how much that is
 * @param gone is no longer there under its unique-id
 * @param resized is there with other octets than before
 */
public record MaildropDiff(
        int same, List<String> unknown, long octetsUnknown, List<String> gone, List<Resized> resized) {

    /** A message whose octets differ. */
    public record Resized(String uniqueId, long before, long after) {}

    /** Compares two maildrops, octets by unique-id each, as {@link #messages} has them. */
    public static MaildropDiff between(Map<String, Long> before, Map<String, Long> after) {
        List<String> unknown = new ArrayList<>();
        List<Resized> resized = new ArrayList<>();
        long[] octets = new long[1];
        after.forEach((id, now) -> {
            Long was = before.get(id);
            if (was == null) {
                unknown.add(id);
                octets[0] += now;
            } else if (!was.equals(now)) {
                resized.add(new Resized(id, was, now));
            }
        });
        List<String> gone = new ArrayList<>(before.keySet());
        gone.removeAll(after.keySet());
        return new MaildropDiff(
                after.size() - unknown.size(),
                Collections.unmodifiableList(unknown),
                octets[0],
                Collections.unmodifiableList(gone),
                Collections.unmodifiableList(resized));
    }

    /** Whether nobody would notice the move. */
    public boolean isEmpty() {
        return unknown.isEmpty() && gone.isEmpty() && resized.isEmpty();
    }

    /** Octets by unique-id, in the maildrop's order. Two messages that a server gives one unique-id are one here, as for a client. */
    public static Map<String, Long> messages(RemoteMaildrop maildrop) throws Pop3Exception {
        Map<Integer, Long> octets = new HashMap<>();
        for (ScanListing message : maildrop.list()) octets.put(message.number(), message.octets());
        Map<String, Long> messages = new LinkedHashMap<>();
        for (UniqueIdListing id : maildrop.uniqueIds()) {
            messages.put(id.uniqueId(), octets.getOrDefault(id.number(), 0L));
        }
        return messages;
    }

    /** The same of a maildrop in a store; needs the module pop3-store-spi, which pop3-client does not bring with it. */
    public static Map<String, Long> messages(Maildrop maildrop) throws IOException {
        Map<String, Long> messages = new LinkedHashMap<>();
        for (int number = 1; number <= maildrop.count(); number++) {
            messages.put(maildrop.uniqueId(number), maildrop.octets(number));
        }
        return messages;
    }
}
