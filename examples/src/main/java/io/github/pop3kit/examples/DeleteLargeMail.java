package io.github.pop3kit.examples;

import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.protocol.ScanListing;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** The story of 1997: one mail of 10 MB blocks a line of 28.8 kbit/s. Shows how such mail begins, and deletes it unread. */
public final class DeleteLargeMail {

    private DeleteLargeMail() {}

    /** Arguments: host, user, octets; the password is {@code POP3_PASSWORD}. */
    public static void main(String[] args) throws IOException {
        Pop3Client client = Pop3Client.builder(args[0]).build();
        Login login = Login.password(args[1], System.getenv("POP3_PASSWORD"));
        deleteLargerThan(Long.parseLong(args[2]), client, login, System.out);
    }

    static void deleteLargerThan(long octets, Pop3Client client, Login login, PrintStream out) throws IOException {
        try (RemoteMaildrop maildrop = client.open(login)) {
            List<Integer> large = maildrop.list().stream()
                    .filter(message -> message.octets() > octets)
                    .map(ScanListing::number)
                    .toList();
            maildrop.topAll(large, 5, (number, message) -> message.transferTo(out));
            maildrop.deleteAll(large);
            maildrop.quit();
        }
    }
}
