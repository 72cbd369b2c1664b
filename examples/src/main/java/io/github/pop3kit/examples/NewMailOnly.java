package io.github.pop3kit.examples;

import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.MessageHeaders;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.sync.Pop3Sync;
import io.github.pop3kit.client.sync.SyncAccount;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Does something with each new message, and with none twice; all of them stay on the server. */
public final class NewMailOnly {

    private NewMailOnly() {}

    /** HOST USER, and the password in POP3_PASSWORD. */
    public static void main(String[] args) throws InterruptedException {
        Pop3Client client = Pop3Client.builder(args[0]).build();
        Login login = Login.password(args[1], System.getenv("POP3_PASSWORD"));
        subjects(client, login, Path.of(".new-mail-only"), System.out::println);
    }

    static void subjects(Pop3Client client, Login login, Path state, Consumer<String> print)
            throws InterruptedException {
        SyncAccount account = SyncAccount.of(
                client,
                login,
                (arrival, message) -> print.accept(
                        MessageHeaders.read(message, 64 * 1024).subject().orElse("(no subject)")));
        try (Pop3Sync sync = Pop3Sync.open(state)) {
            sync.run(account).failure().ifPresent(e -> System.err.println(e.getMessage()));
        }
    }
}
