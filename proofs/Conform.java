import io.github.pop3kit.server.Endpoint;
import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.ServerLimits;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.MailStores;
import io.github.pop3kit.testkit.conformance.Conformance;
import io.github.pop3kit.testkit.conformance.Report;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Checks our own server over a store that nobody else can deliver to: Conform LOCATION REPORT.json [NAME=VALUE]... With all it has
 * switched on: UTF8, APOP, CRAM-MD5.
 */
public class Conform {
    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (int i = 2; i < arguments.length; i++) {
            String[] option = arguments[i].split("=", 2);
            options.put(option[0], option[1]);
        }
        ServerCertificate certificate = ServerCertificate.selfSigned("localhost", "127.0.0.1");
        try (MailStore store = MailStores.create(arguments[0], options);
                Pop3Server server = Pop3Server.builder()
                        .listen(Endpoint.stls(0, certificate))
                        .listen(Endpoint.implicitTls(0, certificate))
                        .store(store)
                        .authenticator(Authenticator.passwords(Map.of("check", "tanstaaf")))
                        .allowCleartextLogin()
                        .mechanisms("+APOP", "+CRAM-MD5")
                        .utf8()
                        .limits(ServerLimits.defaults()
                                .with("login-penalty", "0")
                                .with("login-failure-delay", "0"))
                        .start()) {
            Delivery delivery = store.delivery().orElseThrow();
            Report report = Conformance.of("127.0.0.1", server.addresses().get(0).getPort())
                    .tlsPort(server.addresses().get(1).getPort())
                    .user("check", "tanstaaf")
                    .deliverBy(message -> delivery.deliver(Envelope.to("check"), new ByteArrayInputStream(message)))
                    .run();
            Files.writeString(Path.of(arguments[1]), report.json());
            System.out.println(report.summary());
        }
        System.exit(0);
    }
}
