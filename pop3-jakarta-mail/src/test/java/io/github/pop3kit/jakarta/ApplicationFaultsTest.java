package io.github.pop3kit.jakarta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pop3kit.testkit.CommandOccasion;
import io.github.pop3kit.testkit.FaultRule;
import io.github.pop3kit.testkit.Pop3TestServer;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.FolderClosedException;
import jakarta.mail.Message;
import jakarta.mail.MessageRemovedException;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.integration.mail.Pop3MailReceiver;

/**
 * Each fault of the test kit, once, under an application: it hears what happened where its library tells, polls again, and at the end has
 * had every message whole, and the maildrop is empty.
 */
@Timeout(120)
class ApplicationFaultsTest {

    private static final Set<String> ALL = Set.of("number 1|Hello 1", "number 2|Hello 2", "number 3|Hello 3");
    private static final Map<String, Function<CommandOccasion, FaultRule>> FAULTS = new LinkedHashMap<>();

    static {
        FAULTS.putAll(FaultsTest.ENDS);
        FAULTS.putAll(FaultsTest.REFUSALS);
        FAULTS.putAll(FaultsTest.HARMLESS);
    }

    static Stream<Arguments> faults() {
        return FaultsTest.matrix(FAULTS.keySet(), "RETR 2", "AUTH", "RETR 2", "DELE 2", "QUIT");
    }

    /** What an application hears of; empty where it goes on, and where its library keeps to itself how close(true) went. */
    private static List<Class<?>> heard(String command, String fault) {
        boolean refused = FaultsTest.REFUSALS.containsKey(fault);
        if (!refused && !FaultsTest.ENDS.containsKey(fault)) return List.of();
        return switch (command) {
            case "AUTH" -> List.of(refused ? AuthenticationFailedException.class : MessagingException.class);
            case "RETR 2" -> List.of(refused ? MessageRemovedException.class : FolderClosedException.class);
            default -> List.of();
        };
    }

    private static Pop3TestServer server(String command, String fault) {
        Pop3TestServer server = Pop3TestServer.start();
        for (int i = 1; i <= 3; i++) {
            server.user("bob", "secret").deliver("Subject: number " + i + "\n\nHello " + i + "\n");
        }
        FAULTS.get(fault).apply(server.faults().on(command)).once();
        return server;
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("faults")
    void spring_integration(String command, String fault) throws Exception {
        try (Pop3TestServer server = server(command, fault)) {
            Pop3MailReceiver receiver = new Pop3MailReceiver(server.host(), server.port(), "bob", "secret");
            Properties properties = new Properties();
            properties.put("mail.pop3.timeout", "3000");
            receiver.setJavaMailProperties(properties);
            receiver.setShouldDeleteMessages(true);
            receiver.setAutoCloseFolder(true);
            receiver.setBeanFactory(new DefaultListableBeanFactory());
            receiver.afterPropertiesSet();
            Set<String> processed = new TreeSet<>();
            List<Class<?>> heard = new ArrayList<>();
            try {
                processed.addAll(poll(receiver));
                assertEquals(ALL, processed);
            } catch (MessagingException e) {
                heard.add(e.getClass());
                assertEquals(3, server.user("bob").uniqueIds().size());
            }
            assertEquals(heard(command, fault), heard);
            server.awaitSessionEnd(Duration.ofSeconds(60));
            server.faults().assertAllFired();
            processed.addAll(poll(receiver));
            receiver.destroy();
            assertEquals(ALL, processed);
            assertEquals(List.of(), server.user("bob").uniqueIds());
        }
    }

    private static Set<String> poll(Pop3MailReceiver receiver) throws Exception {
        Set<String> processed = new TreeSet<>();
        for (Object each : receiver.receive()) {
            Message message = (Message) each;
            processed.add(
                    message.getSubject() + "|" + message.getContent().toString().strip());
        }
        return processed;
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("faults")
    void camel(String command, String fault) throws Exception {
        try (Pop3TestServer server = server(command, fault);
                DefaultCamelContext context = new DefaultCamelContext()) {
            List<String> uniqueIds = server.user("bob").uniqueIds();
            Set<String> processed = new ConcurrentSkipListSet<>();
            Queue<Class<?>> heard = new ConcurrentLinkedQueue<>();
            String uri = "pop3://" + server.host() + ":" + server.port() + "?username=bob&password=secret&delete=true"
                    + "&delay=200&initialDelay=0&connectionTimeout=3000&bridgeErrorHandler=true";
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    onException(Exception.class).process(exchange -> {
                        if (!isTooEarly(exchange)) heard.add(cause(exchange));
                    });
                    from(uri)
                            .process(exchange -> processed.add(exchange.getIn().getHeader("Subject") + "|"
                                    + exchange.getIn().getBody(String.class).strip()));
                }
            });
            context.start();
            for (String uniqueId : uniqueIds) server.awaitDeleted(uniqueId, Duration.ofSeconds(60));
            server.faults().assertAllFired();
            assertEquals(ALL, processed);
            // Where it is refused before it has messages Camel tells its log, and polls again.
            boolean logged = FaultsTest.REFUSALS.containsKey(fault) && !command.equals("RETR 2");
            assertEquals(logged ? List.of() : heard(command, fault), List.copyOf(heard));
        }
    }

    /** It polls again after 200 ms, and may find its own former session. */
    private static boolean isTooEarly(Exchange exchange) {
        Exception e = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        return String.valueOf(e.getMessage()).contains("the maildrop is in use by another session");
    }

    private static Class<?> cause(Exchange exchange) {
        Exception e = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        return (e instanceof RuntimeCamelException wrapped ? wrapped.getCause() : e).getClass();
    }
}
