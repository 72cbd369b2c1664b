package io.github.pop3kit.jakarta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.testkit.Pop3TestServer;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.integration.mail.Pop3MailReceiver;

/** Libraries that know Jakarta Mail alone, as they come from Maven Central. */
@Timeout(120)
class ApplicationsTest {

    private final Pop3TestServer server = Pop3TestServer.start();

    @BeforeEach
    void aMaildrop() {
        for (int i = 1; i <= 3; i++) {
            server.user("bob", "secret").deliver("Subject: number " + i + "\n\nHello " + i + "\n");
        }
    }

    @AfterEach
    void end() {
        server.close();
    }

    private Pop3MailReceiver receiver(boolean deletes) {
        Pop3MailReceiver receiver = new Pop3MailReceiver(server.host(), server.port(), "bob", "secret");
        receiver.setJavaMailProperties(new Properties());
        receiver.setShouldDeleteMessages(deletes);
        receiver.setAutoCloseFolder(true);
        receiver.setBeanFactory(new DefaultListableBeanFactory());
        receiver.afterPropertiesSet();
        return receiver;
    }

    @Test
    void spring_integration_receives_and_deletes() throws Exception {
        Pop3MailReceiver receiver = receiver(true);
        List<String> subjects = new ArrayList<>();
        for (Object each : receiver.receive()) {
            Message message = (Message) each;
            subjects.add(message.getSubject() + "|" + message.getContent());
        }
        receiver.destroy();
        assertEquals(List.of("number 1|Hello 1\r\n", "number 2|Hello 2\r\n", "number 3|Hello 3\r\n"), subjects);
        assertTrue(server.user("bob").uniqueIds().isEmpty());
    }

    @Test
    void spring_integration_leaves_messages() throws Exception {
        Pop3MailReceiver receiver = receiver(false);
        assertEquals(3, receiver.receive().length);
        assertEquals(3, receiver.receive().length);
        receiver.destroy();
        assertEquals(3, server.user("bob").uniqueIds().size());
    }

    @Test
    void spring_integration_hears_that_the_session_broke_and_the_next_poll_gets_all() throws Exception {
        server.faults().on("RETR 2").cutAfter(20).once();
        Pop3MailReceiver receiver = receiver(true);
        assertThrows(MessagingException.class, receiver::receive);
        assertEquals(3, receiver.receive().length);
        receiver.destroy();
        assertTrue(server.user("bob").uniqueIds().isEmpty());
    }

    @Test
    void spring_integration_gets_them_again_after_a_refused_QUIT() throws Exception {
        server.faults()
                .on("QUIT")
                .answer("-ERR some deleted messages not removed")
                .once();
        Pop3MailReceiver receiver = receiver(true);
        assertEquals(3, receiver.receive().length); // It logs what close(true) throws.
        assertEquals(3, receiver.receive().length);
        receiver.destroy();
        assertTrue(server.user("bob").uniqueIds().isEmpty());
    }

    private LinkedBlockingQueue<String> camel(DefaultCamelContext context) throws Exception {
        return CamelRoute.start(context, server.host(), server.port(), "bob", "secret");
    }

    @Test
    void camel_receives_and_deletes() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            LinkedBlockingQueue<String> received = camel(context);
            for (int i = 1; i <= 3; i++) {
                assertEquals("number " + i + "|Hello " + i, received.poll(60, TimeUnit.SECONDS));
            }
            server.awaitSessionEnd(Duration.ofSeconds(60));
            assertTrue(server.user("bob").uniqueIds().isEmpty());
        }
    }

    @Test
    void camel_polls_again_after_a_session_that_broke() throws Exception {
        server.faults().on("PASS").answer("-ERR [IN-USE] not now").once();
        server.faults().on("AUTH").answer("-ERR [IN-USE] not now").once();
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            assertEquals("number 1|Hello 1", camel(context).poll(60, TimeUnit.SECONDS));
        }
    }
}
