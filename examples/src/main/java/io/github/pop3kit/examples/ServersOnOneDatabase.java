package io.github.pop3kit.examples;

import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.MailStores;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Several servers, here in one program, share a database: mail is at all of them, a maildrop's lock at one at a time. */
public final class ServersOnOneDatabase {

    private ServersOnOneDatabase() {}

    /** Argument: a location, such as {@code jdbc:postgresql://HOST/DATABASE}; none is H2 in memory. Serves until it is killed. */
    public static void main(String[] args) throws IOException {
        String location = args.length > 0 ? args[0] : "jdbc:h2:mem:mail;DB_CLOSE_DELAY=-1";
        deliver(location, "mrose", "Subject: hello\n\nHi!\n");
        for (Pop3Server server : start(location, 3)) System.out.println("port " + server.port());
    }

    static void deliver(String location, String user, String message) throws IOException {
        try (MailStore store = MailStores.create(location, Map.of())) {
            store.delivery()
                    .orElseThrow()
                    .deliver(Envelope.to(user), new ByteArrayInputStream(message.getBytes(StandardCharsets.UTF_8)));
        }
    }

    static List<Pop3Server> start(String location, int count) throws IOException {
        List<Pop3Server> servers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            servers.add(Pop3Server.builder()
                    .store(MailStores.create(location, Map.of())) // On as many machines as you like.
                    .authenticator(Authenticator.passwords(Map.of("mrose", "secret")))
                    .allowCleartextLogin()
                    .start());
        }
        return servers;
    }
}
