package io.github.pop3kit.testkit.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.Capabilities;
import io.github.pop3kit.server.Endpoint;
import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.ServerLimits;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Our own server passes all of it. */
@Timeout(120)
class OurServerTest {

    private static final ServerCertificate CERTIFICATE = ServerCertificate.selfSigned("localhost", "127.0.0.1");

    private final MemoryMailStore store = new MemoryMailStore();
    private Pop3Server server;

    @BeforeEach
    void start() throws Exception {
        server = Pop3Server.builder()
                .listen(Endpoint.stls(0, CERTIFICATE))
                .listen(Endpoint.implicitTls(0, CERTIFICATE))
                .store(store)
                .authenticator(Authenticator.passwords(Map.of("bob", "tanstaaf")))
                .allowCleartextLogin()
                .mechanisms("+APOP", "+CRAM-MD5")
                .utf8()
                .limits(ServerLimits.defaults().with("login-failure-delay", "0").with("login-penalty", "0"))
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Conformance conformance() {
        return Conformance.of("127.0.0.1", server.addresses().get(0).getPort())
                .tlsPort(server.addresses().get(1).getPort())
                .user("bob", "tanstaaf")
                .deliverBy(message -> store.deliver("bob", message));
    }

    @TestFactory
    Stream<DynamicNode> it_keeps_every_rule() throws Exception {
        return ConformanceTests.of(conformance());
    }

    /** As the jar of {@code pop3} has it. */
    @Test
    void junit_is_needed_for_dynamic_tests_alone() throws Exception {
        List<URL> places = new ArrayList<>();
        for (Class<?> some : List.of(Conformance.class, Pop3Server.class, MemoryMailStore.class, Capabilities.class)) {
            places.add(some.getProtectionDomain().getCodeSource().getLocation());
        }
        try (URLClassLoader alone =
                new URLClassLoader(places.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            assertThrows(ClassNotFoundException.class, () -> alone.loadClass(Test.class.getName()));
            Class<?> kit = alone.loadClass(Conformance.class.getName());
            assertNotSame(Conformance.class, kit);
            Object ours = kit.getMethod("of", String.class, int.class)
                    .invoke(null, "127.0.0.1", server.addresses().get(0).getPort());
            ours = kit.getMethod("user", String.class, String.class).invoke(ours, "bob", "tanstaaf");
            Object report = kit.getMethod("run").invoke(ours);
            assertEquals(false, report.getClass().getMethod("hasFailures").invoke(report));
            for (String form : List.of("summary", "html", "json")) {
                assertTrue(
                        report.getClass()
                                .getMethod(form)
                                .invoke(report)
                                .toString()
                                .contains("passed"),
                        form);
            }
        }
    }

    @Test
    void nothing_is_left_behind_and_mail_of_others_stays() throws Exception {
        store.deliver("bob", "Subject: precious\n\nDo not touch.\n");
        Report report = conformance()
                .only(List.of("retr-plain", "dele-zero", "quit-removes", "lost-cut", "all-deleted"))
                .run();
        assertEquals(List.of(), report.findings());
        assertEquals(1, store.peek("bob").count());
    }
}
