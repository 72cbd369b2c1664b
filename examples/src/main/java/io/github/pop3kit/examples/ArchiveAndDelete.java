package io.github.pop3kit.examples;

import io.github.pop3kit.client.BatchResult;
import io.github.pop3kit.client.CommitException;
import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.MessageFolder;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.protocol.UniqueIdListing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Moves all mail into a folder over a slow line: one LIST, one UIDL, then everything pipelined, in constant memory. */
public final class ArchiveAndDelete {

    private ArchiveAndDelete() {}

    /** Arguments: host, user, folder; the password is {@code POP3_PASSWORD}. */
    public static void main(String[] args) throws IOException {
        Pop3Client client = Pop3Client.builder(args[0]).build();
        archive(client, Login.password(args[1], System.getenv("POP3_PASSWORD")), Path.of(args[2]));
    }

    /** Returns the unique-ids of what is still there although it is stored. */
    static List<String> archive(Pop3Client client, Login login, Path folder) throws IOException {
        try (RemoteMaildrop maildrop = client.open(login)) {
            List<Integer> all =
                    maildrop.uniqueIds().stream().map(UniqueIdListing::number).toList();
            BatchResult stored = maildrop.retrieveAll(all, MessageFolder.at(folder));
            maildrop.deleteAll(stored.done()); // Only what is on the disk.
            maildrop.quit();
            return List.of();
        } catch (CommitException e) { // Refused, or the line was cut before the answer: the next session tells.
            try (RemoteMaildrop next = client.open(login)) {
                return e.commit().settle(next).stream()
                        .map(UniqueIdListing::uniqueId)
                        .toList();
            }
        }
    }
}
