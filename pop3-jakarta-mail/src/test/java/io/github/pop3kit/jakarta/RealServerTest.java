package io.github.pop3kit.jakarta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.UIDFolder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.integration.mail.Pop3MailReceiver;

/**
 * Applications on a server that {@code proofs/jakarta} has started, which looks afterwards whether the maildrops are empty. Each of the
 * users has messages 1 to n with these subjects, and in each text the line that tells its number.
 */
@Timeout(120)
@EnabledIfSystemProperty(
        named = "pop3.port",
        matches = "\\d+",
        disabledReason = "proofs/jakarta starts a server for it")
class RealServerTest {

    private static final String HOST = "127.0.0.1";
    private static final int PORT = Integer.getInteger("pop3.port", 0);
    private static final int COUNT = Integer.getInteger("pop3.count", 0);
    private static final String PASSWORD = System.getProperty("pop3.password", "");

    private static Set<String> expected() {
        Set<String> all = new HashSet<>();
        IntStream.rangeClosed(1, COUNT).forEach(number -> all.add("message " + number + "|.text " + number));
        return all;
    }

    @Test
    void jakarta_mail() throws Exception {
        try (Store store = Session.getInstance(new Properties()).getStore("pop3")) {
            store.connect(HOST, PORT, "plain", PASSWORD);
            Pop3Folder inbox = (Pop3Folder) store.getFolder("INBOX");
            inbox.open(Folder.READ_WRITE);
            Message[] messages = inbox.getMessages();
            FetchProfile profile = new FetchProfile();
            profile.add(UIDFolder.FetchProfileItem.UID);
            profile.add(FetchProfile.Item.ENVELOPE);
            profile.add(Pop3Folder.FetchProfileItem.MESSAGE);
            inbox.fetch(messages, profile);
            Set<String> seen = new HashSet<>();
            Set<String> ids = new HashSet<>();
            for (Message message : messages) {
                ids.add(inbox.getUID(message));
                seen.add(message.getSubject() + "|"
                        + message.getContent().toString().strip());
                assertEquals(
                        inbox.getSizes()[message.getMessageNumber() - 1],
                        Mail.written(message).length());
                message.setFlag(Flags.Flag.DELETED, true);
            }
            assertEquals(expected(), seen);
            assertEquals(COUNT, ids.size());
            inbox.close(true);
        }
    }

    @Test
    void spring_integration() throws Exception {
        Pop3MailReceiver receiver = new Pop3MailReceiver(HOST, PORT, "spring", PASSWORD);
        receiver.setJavaMailProperties(new Properties());
        receiver.setShouldDeleteMessages(true);
        receiver.setBeanFactory(new DefaultListableBeanFactory());
        receiver.afterPropertiesSet();
        List<String> seen = new ArrayList<>();
        for (Object each : receiver.receive()) {
            Message message = (Message) each;
            seen.add(
                    message.getSubject() + "|" + message.getContent().toString().strip());
        }
        receiver.destroy();
        assertEquals(expected(), new HashSet<>(seen));
    }

    @Test
    void camel() throws Exception {
        LinkedBlockingQueue<String> received;
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            received = CamelRoute.start(context, HOST, PORT, "camel", PASSWORD);
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < COUNT; i++) seen.add(received.poll(60, TimeUnit.SECONDS));
            assertEquals(expected(), seen);
        }
        assertTrue(received.isEmpty(), received.toString());
    }
}
