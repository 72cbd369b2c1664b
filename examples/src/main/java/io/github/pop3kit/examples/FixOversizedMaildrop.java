package io.github.pop3kit.examples;

import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.MessageFolder;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.protocol.ScanListing;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** The story of 1997: one mail of 10 MB blocks a line of 28.8 kbit/s. LIST finds it, TOP shows it, DELE removes it unread. */
public final class FixOversizedMaildrop {

    private FixOversizedMaildrop() {}

    /** Arguments: host, user, octets, folder; the password is {@code POP3_PASSWORD}. */
    public static void main(String[] args) throws IOException {
        Pop3Client client = Pop3Client.builder(args[0]).build();
        Login login = Login.password(args[1], System.getenv("POP3_PASSWORD"));
        fix(client, login, Long.parseLong(args[2]), Path.of(args[3]), System.out);
    }

    /** Deletes what has more octets, having shown its header and five lines; then fetches the rest. */
    static void fix(Pop3Client client, Login login, long octets, Path folder, PrintStream out) throws IOException {
        try (RemoteMaildrop maildrop = client.open(login)) {
            List<Integer> large = maildrop.list().stream()
                    .filter(message -> message.octets() > octets)
                    .map(ScanListing::number)
                    .toList();
            maildrop.topAll(large, 5, (number, message) -> message.transferTo(out));
            maildrop.deleteAll(large);
            maildrop.quit(); // Now they are gone, whatever becomes of the rest.
        }
        try (RemoteMaildrop maildrop = client.open(login)) {
            List<Integer> rest =
                    maildrop.list().stream().map(ScanListing::number).toList();
            maildrop.retrieveAll(rest, MessageFolder.at(folder));
            maildrop.quit();
        }
    }
}
