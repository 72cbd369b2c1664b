package io.github.pop3kit.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.common.net.InetAddresses;
import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.maildir.MaildirStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What a demonstration serves: a maildir in a temporary folder, with three messages of 1997, and a fresh certificate. */
final class Demo implements AutoCloseable {

    private static final String USER = "user.123";
    private static final String PASSWORD = "foo";
    private static final int MESSAGES = 3;
    private static final String UNIQUE_ID = "X-UIDL: ";

    private final Path folder;
    private final MailStore store;
    private final ServerCertificate certificate = ServerCertificate.selfSigned("localhost", "127.0.0.1", "::1");

    private Demo(Path folder) {
        this.folder = folder;
        this.store = new MaildirStore(folder);
    }

    /** Writes it all. */
    static Demo create() throws IOException {
        Demo demo = new Demo(Files.createTempDirectory("pop3kit-demo-"));
        try {
            Files.writeString(demo.certificateFile(), demo.certificate.toPem());
            Delivery delivery = demo.store.delivery().orElseThrow();
            for (int number = 1; number <= MESSAGES; number++) {
                byte[] message = message(number);
                delivery.deliver(Envelope.to(USER).withUniqueId(uniqueId(message)), new ByteArrayInputStream(message));
            }
            return demo;
        } catch (IOException | RuntimeException e) {
            demo.close();
            throw e;
        }
    }

    static byte[] message(int number) throws IOException {
        try (InputStream message = Demo.class.getResourceAsStream("demo/" + number + ".eml")) {
            if (message == null) throw new IllegalStateException("message " + number + " is missing in the jar");
            return message.readAllBytes();
        }
    }

    /** The one that the message had in its first life. */
    private static String uniqueId(byte[] message) {
        return new String(message, US_ASCII)
                .lines()
                .filter(line -> line.startsWith(UNIQUE_ID))
                .findFirst()
                .orElseThrow()
                .substring(UNIQUE_ID.length());
    }

    MailStore store() {
        return store;
    }

    Authenticator authenticator() {
        return Authenticator.passwords(Map.of(USER, PASSWORD));
    }

    ServerCertificate certificate() {
        return certificate;
    }

    private Path certificateFile() {
        return folder.resolve("localhost.pem");
    }

    /** What to try next, on a server that listens here without TLS and there with it. */
    String advice(InetSocketAddress plain, InetSocketAddress tls) {
        return """

                It serves the maildir %s, which is removed at the end. Type a session:

                    nc %s %d
                    USER %s
                    PASS %s
                    STAT
                    LIST
                    TOP 1 10
                    QUIT

                or let curl fetch a message over TLS:

                    curl --cacert '%s' --user %s:%s pop3s://%s:%d/1

                Ctrl-C ends the server.

                """.formatted(
                        folder.resolve(USER),
                        InetAddresses.toAddrString(plain.getAddress()),
                        plain.getPort(),
                        USER,
                        PASSWORD,
                        certificateFile(),
                        USER,
                        PASSWORD,
                        InetAddresses.toUriString(tls.getAddress()),
                        tls.getPort());
    }

    /** Removes it all. */
    @Override
    public void close() throws IOException {
        store.close();
        if (Files.exists(folder)) MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
}
