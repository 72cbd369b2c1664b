package io.github.pop3kit.examples;

import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.MessageFolder;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.protocol.UniqueIdListing;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Prints the subject of each new message and stores it; one of more than 10 MB is deleted unread. */
public final class FetchNewMail {

    private FetchNewMail() {}

    /** Arguments: host, user, folder; the password is {@code POP3_PASSWORD}. */
    public static void main(String[] args) throws IOException {
        Pop3Client client = Pop3Client.builder(args[0]).build();
        Login login = Login.password(args[1], System.getenv("POP3_PASSWORD"));
        fetch(client, login, new HashSet<>(), Path.of(args[2]), System.out);
    }

    static void fetch(Pop3Client client, Login login, Set<String> seen, Path to, PrintStream out) throws IOException {
        MessageFolder folder = MessageFolder.at(to);
        try (RemoteMaildrop maildrop = client.open(login)) {
            for (UniqueIdListing message : maildrop.uniqueIds()) {
                if (seen.contains(message.uniqueId())) continue;
                out.println(maildrop.headers(message.number()).subject().orElse("(no subject)"));
                if (maildrop.list(message.number()).octets() > 10_000_000) maildrop.delete(message.number());
                else folder.store(maildrop.retrieve(message.number()));
                seen.add(message.uniqueId());
            }
            maildrop.quit(); // Deletions happen here, or this throws; without it none does.
        }
    }
}
