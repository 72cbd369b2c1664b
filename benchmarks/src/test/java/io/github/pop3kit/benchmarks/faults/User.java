package io.github.pop3kit.benchmarks.faults;

import io.github.pop3kit.client.Deviation;
import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.MessageStream;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.client.Tls;
import io.github.pop3kit.protocol.DropListing;
import io.github.pop3kit.protocol.ScanListing;
import io.github.pop3kit.protocol.UniqueIdListing;
import io.github.pop3kit.testkit.Pop3TestServer;
import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.UIDFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.commons.net.pop3.ExtendedPOP3Client;
import org.apache.commons.net.pop3.POP3;
import org.apache.commons.net.pop3.POP3Client;
import org.apache.commons.net.pop3.POP3MessageInfo;
import org.apache.commons.net.pop3.POP3SClient;
import org.eclipse.angus.mail.pop3.POP3Folder;
import org.eclipse.angus.mail.pop3.POP3Message;
import org.jspecify.annotations.Nullable;

/** A client, used as its documentation has it: a session with every command, which deletes the first message at its end. */
enum User {
    POP3KIT("pop3kit") {
        @Override
        void session(Pop3TestServer server, Way way, Duration patience, Findings findings) throws Exception {
            Pop3Client.Builder builder = Pop3Client.builder(server.host()).readTimeout(patience);
            switch (way) {
                case TLS -> builder.tls(Tls.IMPLICIT).port(server.tlsPort()).sslContext(server.sslContext());
                case STLS -> builder.tls(Tls.STLS).port(server.port()).sslContext(server.sslContext());
                default ->
                    builder.tls(Tls.NONE)
                            .allowCleartextLogin()
                            .port(server.port())
                            .socketFactory(server.socketFactory());
            }
            builder.handshakeTimeout(patience);
            Login login = switch (way) {
                case AUTH -> Login.plain("", "mrose", "a secret");
                case AUTH_LOGIN -> Login.password("mrose", "a secret").only("LOGIN");
                default -> Login.userPass("mrose", "a secret");
            };
            try (RemoteMaildrop maildrop = builder.build().open(login)) {
                if (way == Way.BATCHES) {
                    Batches.session(maildrop, findings);
                    return;
                }
                DropListing drop = maildrop.stat();
                findings.check("STAT", List.of(2, Findings.allOctets()), List.of(drop.count(), (int) drop.octets()));
                List<Integer> sizes = maildrop.list().stream()
                        .map(ScanListing::octets)
                        .map(Long::intValue)
                        .toList();
                findings.check("LIST", Findings.sizes(), sizes);
                List<String> ids = maildrop.uniqueIds().stream()
                        .map(UniqueIdListing::uniqueId)
                        .toList();
                findings.check("UIDL", List.of("1", "2"), ids);
                try (MessageStream top = maildrop.top(1, 1)) {
                    findings.check("TOP", Findings.TOP, top.readAllBytes());
                }
                ByteArrayOutputStream first = new ByteArrayOutputStream();
                maildrop.retrieveTo(1, first);
                findings.check("RETR", Findings.FIRST, first.toByteArray());
                ByteArrayOutputStream second = new ByteArrayOutputStream();
                maildrop.retrieveTo(2, second);
                findings.check("RETR", Findings.SECOND, second.toByteArray());
                maildrop.noop();
                maildrop.reset();
                maildrop.delete(1);
                if (hasNoted(maildrop)) findings.noted();
                maildrop.quit();
                findings.committed(List.of("2"));
            }
        }
    },

    ANGUS("Angus Mail") {
        @Override
        void session(Pop3TestServer server, Way way, Duration patience, Findings findings) throws Exception {
            Properties properties = new Properties();
            properties.put(
                    "mail.pop3.class", "org.eclipse.angus.mail.pop3.POP3Store"); // Ours would be taken otherwise.
            properties.put("mail.pop3.timeout", Long.toString(patience.toMillis()));
            properties.put("mail.pop3.rsetbeforequit", "true");
            if (way == Way.AUTH) properties.put("mail.pop3.auth.mechanisms", "PLAIN");
            if (!way.usesNetwork()) properties.put("mail.pop3.socketFactory", server.socketFactory());
            if (way.usesNetwork()) {
                properties.put(
                        "mail.pop3.ssl.socketFactory", server.sslContext().getSocketFactory());
                properties.put("mail.pop3.ssl.checkserveridentity", "true");
            }
            if (way == Way.TLS) properties.put("mail.pop3.ssl.enable", "true");
            if (way == Way.STLS) {
                properties.put("mail.pop3.starttls.enable", "true");
                properties.put("mail.pop3.starttls.required", "true");
            }
            int port = way == Way.TLS ? server.tlsPort() : server.port();
            try (Store store = Session.getInstance(properties).getStore("pop3")) {
                store.connect(server.host(), port, "mrose", "a secret");
                POP3Folder inbox = (POP3Folder) store.getFolder("INBOX");
                inbox.open(Folder.READ_WRITE);
                findings.check(
                        "STAT", List.of(2, Findings.allOctets()), List.of(inbox.getMessageCount(), inbox.getSize()));
                findings.check(
                        "LIST",
                        Findings.sizes(),
                        Arrays.stream(inbox.getSizes()).boxed().toList());
                Message[] all = inbox.getMessages();
                FetchProfile ids = new FetchProfile();
                ids.add(UIDFolder.FetchProfileItem.UID);
                inbox.fetch(all, ids);
                findings.check("UIDL", "1 2", inbox.getUID(all[0]) + " " + inbox.getUID(all[1]));
                findings.check(
                        "TOP", Findings.TOP, ((POP3Message) all[0]).top(1).readAllBytes());
                findings.check("RETR", Findings.FIRST, octets(all[0]));
                findings.check("RETR", Findings.SECOND, octets(all[1]));
                if (!store.isConnected()) throw new Refused("NOOP");
                all[0].setFlag(Flags.Flag.DELETED, true);
                inbox.close(true);
                findings.committed(List.of("2"));
            }
        }

        private byte[] octets(Message message) throws IOException, MessagingException {
            ByteArrayOutputStream octets = new ByteArrayOutputStream();
            message.writeTo(octets);
            return octets.toByteArray();
        }
    },

    COMMONS_NET("commons-net") {
        @Override
        void session(Pop3TestServer server, Way way, Duration patience, Findings findings) throws Exception {
            POP3Client client = switch (way) {
                case TLS, STLS -> new POP3SClient(way == Way.TLS, server.sslContext());
                case AUTH -> new ExtendedPOP3Client();
                default -> new POP3Client();
            };
            if (!way.usesNetwork()) client.setSocketFactory(server.socketFactory());
            if (client instanceof POP3SClient secured) secured.setEndpointCheckingEnabled(true);
            client.setDefaultTimeout((int) patience.toMillis());
            client.connect(server.host(), way == Way.TLS ? server.tlsPort() : server.port());
            try {
                client.setSoTimeout((int) patience.toMillis());
                if (client.getReplyString().isEmpty()) throw new Refused("greeting");
                need(client.capa(), "CAPA");
                if (way == Way.STLS) need(((POP3SClient) client).execTLS(), "STLS");
                need(logsIn(client), "login");
                POP3MessageInfo drop = needed(client.status(), "STAT");
                findings.check("STAT", List.of(2, Findings.allOctets()), List.of(drop.number, drop.size));
                List<Integer> sizes = Arrays.stream(needed(client.listMessages(), "LIST"))
                        .map(info -> info.size)
                        .toList();
                findings.check("LIST", Findings.sizes(), sizes);
                List<String> ids = Arrays.stream(needed(client.listUniqueIdentifiers(), "UIDL"))
                        .map(info -> info.identifier)
                        .toList();
                findings.check("UIDL", List.of("1", "2"), ids);
                findings.check("TOP", Findings.TOP, text(needed(client.retrieveMessageTop(1, 1), "TOP")));
                findings.check("RETR", Findings.FIRST, text(needed(client.retrieveMessage(1), "RETR")));
                findings.check("RETR", Findings.SECOND, text(needed(client.retrieveMessage(2), "RETR")));
                need(client.noop(), "NOOP");
                need(client.reset(), "RSET");
                need(client.deleteMessage(1), "DELE");
                need(client.logout(), "QUIT");
                findings.committed(List.of("2"));
            } finally {
                client.disconnect();
            }
        }

        private boolean logsIn(POP3Client client) throws Exception {
            if (!(client instanceof ExtendedPOP3Client extended)) return client.login("mrose", "a secret");
            boolean in = extended.auth(ExtendedPOP3Client.AUTH_METHOD.PLAIN, "mrose", "a secret");
            if (in) extended.setState(POP3.TRANSACTION_STATE); // Else it would refuse to go on.
            return in;
        }

        private void need(boolean done, String command) throws Refused {
            if (!done) throw new Refused(command);
        }

        private <T> T needed(@Nullable T found, String command) throws Refused {
            if (found == null) throw new Refused(command);
            return found;
        }

        private String text(Reader message) throws IOException {
            StringWriter text = new StringWriter();
            try (message) {
                message.transferTo(text);
            }
            return text.toString();
        }
    };

    private static final Set<Deviation.Kind> NOTED = Set.of(Deviation.Kind.SIZE, Deviation.Kind.LINE_FEEDS);

    static boolean hasNoted(RemoteMaildrop maildrop) {
        return maildrop.deviations().stream().map(Deviation::kind).anyMatch(NOTED::contains);
    }

    private final String title;

    User(String title) {
        this.title = title;
    }

    /** Whether the client can do this. */
    boolean has(Way way) {
        return this == POP3KIT || !way.isOurs();
    }

    /** A session of a client that waits so long for an answer; finds what it finds. */
    abstract void session(Pop3TestServer server, Way way, Duration patience, Findings findings) throws Exception;

    @Override
    public String toString() {
        return title;
    }
}
