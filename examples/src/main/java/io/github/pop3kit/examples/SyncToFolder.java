package io.github.pop3kit.examples;

import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.sync.Pop3Sync;
import io.github.pop3kit.client.sync.Retention;
import io.github.pop3kit.client.sync.Sink;
import io.github.pop3kit.client.sync.SyncAccount;
import io.github.pop3kit.client.sync.SyncReport;
import java.nio.file.Path;

/** Keeps a folder of {@code .eml} files up to date, and the last 14 days on the server. Run it as often as you like. */
public final class SyncToFolder {

    private SyncToFolder() {}

    /** HOST USER FOLDER, and the password in POP3_PASSWORD. */
    public static void main(String[] args) throws InterruptedException {
        Pop3Client client = Pop3Client.builder(args[0]).build();
        System.out.println(sync(client, Login.password(args[1], System.getenv("POP3_PASSWORD")), Path.of(args[2])));
    }

    static String sync(Pop3Client client, Login login, Path folder) throws InterruptedException {
        SyncAccount account = SyncAccount.of(client, login, Sink.folder(folder)).keeping(Retention.keepDays(14));
        try (Pop3Sync sync = Pop3Sync.open(folder.resolve(".state"))) {
            SyncReport report = sync.run(account);
            return report.failure()
                    .map(Exception::getMessage)
                    .orElse(report.fetched().size() + " new messages");
        }
    }
}
