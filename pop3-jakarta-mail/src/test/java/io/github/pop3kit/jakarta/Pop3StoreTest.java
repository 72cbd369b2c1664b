package io.github.pop3kit.jakarta;

import static io.github.pop3kit.testkit.Pop3Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.CredentialsRefusedException;
import io.github.pop3kit.client.MaildropInUseException;
import io.github.pop3kit.testkit.Pop3TestServer;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Authenticator;
import jakarta.mail.Folder;
import jakarta.mail.FolderNotFoundException;
import jakarta.mail.MessagingException;
import jakarta.mail.MethodNotSupportedException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.URLName;
import jakarta.mail.event.ConnectionAdapter;
import jakarta.mail.event.ConnectionEvent;
import java.net.ConnectException;
import java.util.Properties;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class Pop3StoreTest {

    private final Pop3TestServer server = Pop3TestServer.start();
    private final Mail mail = new Mail(server);

    @BeforeEach
    void aMaildrop() {
        server.user("bob", "secret").deliver("Subject: one\n\nHello\n");
    }

    @AfterEach
    void end() throws MessagingException {
        mail.close();
        server.close();
    }

    @Test
    void connecting_logs_in() throws Exception {
        assertTrue(mail.connect().store().isConnected());
        assertFalse(mail.store().isSSL());
        assertTrue(mail.store().capabilities().containsKey("UIDL"));
        server.awaitLogin("bob");
    }

    @Test
    void a_wrong_password_is_an_AuthenticationFailedException() {
        AuthenticationFailedException e =
                assertThrows(AuthenticationFailedException.class, () -> mail.connect("bob", "wrong"));
        assertInstanceOf(CredentialsRefusedException.class, e.getCause());
        assertFalse(e.getMessage().contains("wrong"));
    }

    @Test
    void a_maildrop_in_use_is_not_a_wrong_password() {
        server.faults().on("PASS").answer("-ERR [IN-USE] maildrop in use");
        server.faults().on("AUTH").answer("-ERR [IN-USE] maildrop in use");
        MessagingException e = assertThrows(MessagingException.class, mail::connect);
        assertEquals(MessagingException.class, e.getClass());
        assertInstanceOf(MaildropInUseException.class, e.getCause());
    }

    @Test
    void a_connection_that_is_dropped_at_the_password_is_not_a_wrong_password() {
        server.faults().on("PASS").hangUp();
        server.faults().on("AUTH").hangUp();
        assertEquals(
                MessagingException.class,
                assertThrows(MessagingException.class, mail::connect).getClass());
    }

    @Test
    void a_line_break_in_a_user_name_is_never_sent() {
        assertThrows(AuthenticationFailedException.class, () -> mail.connect("bob\r\nDELE 1", "secret"));
        assertTrue(server.sessions().isEmpty(), server.transcript());
    }

    @Test
    void without_a_password_the_authenticator_is_asked() throws Exception {
        Session session = Session.getInstance(new Properties(), new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication("bob", "secret");
            }
        });
        try (Store store = session.getStore("pop3")) {
            store.connect(server.host(), server.port(), "bob", null);
            assertTrue(store.isConnected());
        }
    }

    @Test
    void host_port_and_user_may_come_from_properties() throws Exception {
        mail.with("host", server.host()).with("port", server.port()).with("user", "bob");
        try (Store store = mail.session().getStore("pop3")) {
            store.connect(null, -1, null, "secret");
            assertTrue(store.isConnected());
        }
    }

    @Test
    void a_url_names_all_of_it() throws Exception {
        URLName url = new URLName("pop3", server.host(), server.port(), "INBOX", "bob", "secret");
        try (Store store = mail.session().getStore(url)) {
            store.connect();
            Folder inbox = store.getFolder(url);
            inbox.open(Folder.READ_ONLY);
            assertEquals(1, inbox.getMessageCount());
        }
    }

    @Test
    void nobody_there_is_a_MessagingException() {
        MessagingException e = assertThrows(MessagingException.class, () -> {
            try (Store store = mail.session().getStore("pop3")) {
                store.connect("127.0.0.1", 1, "bob", "secret");
            }
        });
        assertEquals(MessagingException.class, e.getClass());
        assertTrue(e.getCause() instanceof io.github.pop3kit.client.ConnectionLostException, e.toString());
        Throwable root = e;
        while (root.getCause() != null) root = root.getCause();
        assertTrue(root instanceof ConnectException, root.toString()); // As applications look for it.
    }

    @Test
    void a_store_whose_server_has_gone_is_not_connected() throws Exception {
        mail.connect();
        server.faults().on("NOOP").hangUp();
        assertFalse(mail.store().isConnected());
        assertThrows(IllegalStateException.class, () -> mail.store().getFolder("INBOX"));
    }

    @Test
    void the_folder_takes_the_session_of_the_store() throws Exception {
        mail.open();
        assertTrue(mail.store().isConnected());
        assertEquals(1, server.sessions().size());
    }

    @Test
    void a_second_folder_opens_a_second_session() throws Exception {
        mail.open();
        MessagingException e = assertThrows(MessagingException.class, mail::open);
        assertInstanceOf(MaildropInUseException.class, e.getCause());
        assertEquals(2, server.sessions().size());
    }

    @Test
    void a_store_is_still_connected_when_its_folder_was_closed() throws Exception {
        mail.open().close(false);
        assertTrue(mail.store().isConnected());
        mail.open().close(false);
    }

    @Test
    void a_session_that_ended_while_it_waited_is_replaced() throws Exception {
        mail.connect();
        server.clock().advance(java.time.Duration.ofMinutes(11));
        server.awaitSessionEnd();
        assertEquals(1, mail.open().getMessageCount());
    }

    @Test
    void closing_the_store_closes_the_folder_and_deletes_nothing() throws Exception {
        Pop3Folder folder = mail.open();
        folder.getMessage(1).setFlag(jakarta.mail.Flags.Flag.DELETED, true);
        mail.store().close();
        assertFalse(folder.isOpen());
        server.awaitSessionEnd();
        assertEquals(1, server.user("bob").uniqueIds().size());
        assertThat(server).neverReceived("DELE …");
    }

    @Test
    void the_root_holds_INBOX_alone() throws Exception {
        Folder root = mail.connect().store().getDefaultFolder();
        assertEquals("", root.getName());
        assertEquals('/', root.getSeparator());
        assertEquals(Folder.HOLDS_FOLDERS, root.getType());
        assertTrue(root.exists());
        assertNull(root.getParent());
        assertEquals("INBOX", root.list()[0].getName());
        assertEquals(1, root.list("%").length);
        assertEquals(0, root.list("Sent").length);
        assertEquals("INBOX", root.getFolder("inbox").getFullName());
        assertThrows(MessagingException.class, () -> root.getFolder("Sent"));
        assertThrows(MethodNotSupportedException.class, () -> root.open(Folder.READ_ONLY));
        assertThrows(MethodNotSupportedException.class, () -> root.close(false));
        assertThrows(MethodNotSupportedException.class, () -> root.getMessage(1));
        assertThrows(MethodNotSupportedException.class, () -> root.delete(true));
    }

    @Test
    void another_folder_does_not_exist() throws Exception {
        Folder sent = mail.connect().store().getFolder("Sent");
        assertFalse(sent.exists());
        assertThrows(FolderNotFoundException.class, () -> sent.open(Folder.READ_ONLY));
    }

    @Test
    void listeners_hear_that_it_opens_and_closes() throws Exception {
        LinkedBlockingQueue<Integer> heard = new LinkedBlockingQueue<>();
        Store store = mail.session().getStore("pop3");
        store.addConnectionListener(new ConnectionAdapter() {
            @Override
            public void opened(ConnectionEvent e) {
                heard.add(e.getType());
            }

            @Override
            public void closed(ConnectionEvent e) {
                heard.add(e.getType());
            }
        });
        store.connect(server.host(), server.port(), "bob", "secret");
        assertEquals(ConnectionEvent.OPENED, heard.poll(30, TimeUnit.SECONDS));
        store.close();
        assertEquals(ConnectionEvent.CLOSED, heard.poll(30, TimeUnit.SECONDS));
        store.close();
        assertTrue(heard.isEmpty());
    }

    @Test
    void debug_output_leaves_logins_out() throws Exception {
        mail.properties.setProperty("mail.debug", "true");
        mail.connect();
        assertTrue(mail.debugOutput().contains("C: CAPA"), mail.debugOutput());
        assertFalse(mail.debugOutput().contains("PASS"), mail.debugOutput());
        assertFalse(mail.debugOutput().contains("secret"), mail.debugOutput());
    }

    @Test
    void debug_output_stars_secrets_when_it_shows_logins() throws Exception {
        mail.properties.setProperty("mail.debug", "true");
        mail.properties.setProperty("mail.debug.auth", "true");
        mail.with("auth.mechanisms", "LOGIN").connect();
        assertTrue(mail.debugOutput().contains("C: PASS ****"), mail.debugOutput());
        assertFalse(mail.debugOutput().contains("secret"), mail.debugOutput());
    }

    @Test
    void pop3s_is_TLS_from_the_first_octet() throws Exception {
        try (Mail secure = new Mail(server, "pop3s")) {
            secure.with("ssl.socketFactory", server.sslContext().getSocketFactory());
            assertTrue(secure.connect().store().isSSL());
            assertEquals(1, secure.open().getMessageCount());
        }
    }
}
