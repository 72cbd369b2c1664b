package io.github.pop3kit.jakarta;

import io.github.pop3kit.testkit.Pop3TestServer;
import jakarta.mail.Folder;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** An application's side: properties, a session, a store. */
final class Mail implements AutoCloseable {

    final Properties properties = new Properties();
    private final Pop3TestServer server;
    private final String protocol;
    private final ByteArrayOutputStream debug = new ByteArrayOutputStream();
    private Store store;

    Mail(Pop3TestServer server) {
        this(server, "pop3");
    }

    Mail(Pop3TestServer server, String protocol) {
        this.server = server;
        this.protocol = protocol;
    }

    Mail with(String suffix, Object value) {
        properties.put("mail." + protocol + "." + suffix, value);
        return this;
    }

    Session session() {
        Session session = Session.getInstance(properties);
        session.setDebugOut(new PrintStream(debug, true, StandardCharsets.UTF_8));
        return session;
    }

    Mail connect() throws MessagingException {
        return connect("bob", "secret");
    }

    Mail connect(String user, String password) throws MessagingException {
        store = session().getStore(protocol);
        store.connect(server.host(), protocol.equals("pop3s") ? server.tlsPort() : server.port(), user, password);
        return this;
    }

    Pop3Store store() {
        return (Pop3Store) store;
    }

    Pop3Folder open(int mode) throws MessagingException {
        if (store == null) connect();
        Folder inbox = store.getFolder("INBOX");
        inbox.open(mode);
        return (Pop3Folder) inbox;
    }

    Pop3Folder open() throws MessagingException {
        return open(Folder.READ_WRITE);
    }

    String debugOutput() {
        return debug.toString(StandardCharsets.UTF_8);
    }

    static String written(jakarta.mail.Message message) throws MessagingException, IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        message.writeTo(out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws MessagingException {
        if (store != null) store.close();
    }
}
