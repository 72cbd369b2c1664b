package io.github.pop3kit.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.CredentialsRefusedException;
import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.MaildropInUseException;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.client.ServerTroubleException;
import io.github.pop3kit.client.Tls;
import io.github.pop3kit.client.TlsTrust;
import io.github.pop3kit.server.Pop3Server;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs that serve, each asked by a client. */
@Timeout(60)
class ServerExamplesTest {

    private static final Login MROSE = Login.password("mrose", "secret");

    private static Pop3Client client(Pop3Server server) {
        return Pop3Client.builder("127.0.0.1")
                .port(server.port())
                .tls(Tls.NONE)
                .allowCleartextLogin()
                .build();
    }

    private static String first(RemoteMaildrop maildrop) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        maildrop.retrieveTo(1, message);
        return message.toString(StandardCharsets.US_ASCII);
    }

    @Test
    void an_embedded_server_speaks_tls_both_ways() throws Exception {
        try (Pop3Server server = EmbeddedServer.start()) {
            Pop3Client.Builder stls = Pop3Client.builder("localhost").tls(Tls.STLS);
            Pop3Client.Builder tls = Pop3Client.builder("localhost").tls(Tls.IMPLICIT);
            for (Pop3Client.Builder builder : List.of(stls, tls)) {
                int port = server.addresses().get(builder == stls ? 0 : 1).getPort();
                try (RemoteMaildrop maildrop =
                        builder.port(port).trust(TlsTrust.insecure()).build().open(MROSE)) {
                    assertTrue(maildrop.tlsSession().isPresent());
                    assertEquals("Subject: hello\r\n\r\nHi!\r\n", first(maildrop));
                }
            }
        }
    }

    @Test
    void a_store_of_ones_own_is_found_by_its_scheme(@TempDir Path root) throws Exception {
        Files.writeString(Files.createDirectories(root.resolve("mrose")).resolve("1.eml"), "Subject: filed\n\n");
        try (Pop3Server server = ServeFolder.serve("folder:" + root, "mrose", "secret");
                RemoteMaildrop maildrop = client(server).open(MROSE)) {
            assertEquals("1.eml", maildrop.uniqueId(1).uniqueId());
            assertEquals("Subject: filed\r\n\r\n", first(maildrop));
            maildrop.delete(1);
            maildrop.quit();
        }
        assertEquals(0, root.resolve("mrose").toFile().list().length);
    }

    @Test
    void who_may_log_in_is_asked_elsewhere_and_who_did_is_told() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        OwnLogins.Directory directory = (user, password) -> {
            if (user.equals("away")) throw new IOException("the directory is down");
            return user.equals("mrose") && password.equals("secret");
        };
        try (Pop3Server server = OwnLogins.start(directory, told::add)) {
            Pop3Client client = client(server);
            client.open(Login.password("MRose", "secret")).close();
            assertThrows(ServerTroubleException.class, () -> client.open(Login.password("away", "x")));
            assertThrows(CredentialsRefusedException.class, () -> client.open(Login.password("mrose", "wrong")));
        }
        assertTrue(told.containsAll(List.of("mrose has logged in", "mrose has left", "nobody has left")), "" + told);
    }

    @Test
    void servers_on_one_database_have_the_same_mail_and_one_lock(@TempDir Path folder) throws Exception {
        String location = "jdbc:h2:" + folder.resolve("mail").toAbsolutePath();
        ServersOnOneDatabase.deliver(location, "mrose", "Subject: shared\n\n");
        List<Pop3Server> servers = ServersOnOneDatabase.start(location, 3);
        try (RemoteMaildrop maildrop = client(servers.get(0)).open(MROSE)) {
            assertEquals("Subject: shared\r\n\r\n", first(maildrop));
            assertThrows(
                    MaildropInUseException.class, () -> client(servers.get(1)).open(MROSE));
            maildrop.delete(1);
            maildrop.quit();
            try (RemoteMaildrop elsewhere = client(servers.get(2)).open(MROSE)) {
                assertEquals(0, elsewhere.stat().count());
            }
        } finally {
            servers.forEach(Pop3Server::close);
        }
    }
}
