package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Certificates and keys in the forms in which operators have them. */
class ServerCertificateTest {

    private static final char[] NONE = new char[0];

    @TempDir
    private Path folder;

    @Test
    void a_self_signed_certificate_is_valid_and_names_its_hosts() throws Exception {
        ServerCertificate made = ServerCertificate.selfSigned("localhost", "127.0.0.1", "::1");
        made.certificate().checkValidity();
        made.certificate().verify(made.certificate().getPublicKey());
        assertEquals(3, made.certificate().getSubjectAlternativeNames().size());
        Path pem = write("cert.pem", made.toPem());
        assertEquals(made.certificate(), Pem.certificates(pem).get(0));
    }

    @Test
    void pem_holds_certificate_and_key_in_two_files_or_one() throws Exception {
        SelfSigned made = SelfSigned.create("localhost");
        String certificate = pem("CERTIFICATE", made.certificate().getEncoded());
        String key = pem("PRIVATE KEY", made.keys().getPrivate().getEncoded());
        Path both = write("both.pem", "a comment\n" + certificate + key);
        assertEquals(made.certificate(), ServerCertificate.pem(both, both).certificate());
        Path one = write("cert.pem", certificate);
        assertEquals(
                made.certificate(),
                ServerCertificate.pem(one, write("key.pem", key)).certificate());
    }

    @Test
    void a_key_of_another_certificate_is_refused_by_name() throws Exception {
        SelfSigned one = SelfSigned.create("localhost");
        SelfSigned other = SelfSigned.create("localhost");
        Path certificate =
                write("cert.pem", pem("CERTIFICATE", one.certificate().getEncoded()));
        Path key = write("key.pem", pem("PRIVATE KEY", other.keys().getPrivate().getEncoded()));
        IOException refused = assertThrows(IOException.class, () -> ServerCertificate.pem(certificate, key));
        assertTrue(refused.getMessage().contains("key.pem"), refused.getMessage());
    }

    @Test
    void a_file_that_holds_something_else_is_refused_by_name() throws Exception {
        Path nothing = write("nothing.pem", "nothing");
        assertThrows(IOException.class, () -> Pem.certificates(nothing));
        assertThrows(IOException.class, () -> Pem.privateKey(nothing, NONE));
        Path encrypted = write("enc.pem", pem("ENCRYPTED PRIVATE KEY", new byte[] {1, 2, 3}));
        String message = assertThrows(IOException.class, () -> Pem.privateKey(encrypted, NONE))
                .getMessage();
        assertTrue(message.contains("enc.pem") && message.contains("encrypted"), message);
        Path damaged = write("damaged.pem", pem("PRIVATE KEY", new byte[] {1, 2, 3}));
        assertThrows(IOException.class, () -> Pem.privateKey(damaged, NONE));
    }

    /** Made by {@code openssl ecparam -name prime256v1 -genkey -noout} and {@code openssl genrsa -traditional 2048}. */
    @Test
    void the_older_forms_of_openssl_are_read() throws Exception {
        assertEquals("EC", Pem.privateKey(resource("sec1.pem"), NONE).getAlgorithm());
        assertEquals("RSA", Pem.privateKey(resource("pkcs1.pem"), NONE).getAlgorithm());
    }

    /**
     * Made by {@code openssl ec -aes256}, {@code openssl rsa -traditional -des3} and {@code openssl pkcs8 -topk8}, with {@code -v2
     * des3} as {@code openssl req} has it.
     */
    @ParameterizedTest
    @CsvSource({
        "sec1-encrypted.pem, sec1.pem",
        "pkcs1-encrypted.pem, pkcs1.pem",
        "pkcs8-encrypted.pem, sec1.pem",
        "pkcs8-sha1-encrypted.pem, sec1.pem",
        "pkcs8-3des-encrypted.pem, sec1.pem",
        "pkcs8-3des-sha1-encrypted.pem, sec1.pem"
    })
    void an_encrypted_key_is_read_with_its_password_and_only_with_it(String encrypted, String clear) throws Exception {
        Path file = resource(encrypted);
        assertEquals(
                secret(Pem.privateKey(resource(clear), NONE)), secret(Pem.privateKey(file, "geheim".toCharArray())));
        for (String wrong : List.of("", "secret")) {
            String message = assertThrows(IOException.class, () -> Pem.privateKey(file, wrong.toCharArray()))
                    .getMessage();
            assertTrue(message.contains(encrypted) && message.contains("password"), message);
            assertFalse(message.contains("secret"), message);
        }
    }

    /** Made by {@code openssl pkcs8 -topk8 -scrypt}. */
    @Test
    void a_key_that_is_encrypted_in_another_way_is_refused_with_what_to_do() throws Exception {
        Path file = resource("pkcs8-scrypt-encrypted.pem");
        String message = assertThrows(IOException.class, () -> Pem.privateKey(file, "geheim".toCharArray()))
                .getMessage();
        assertTrue(message.contains("scrypt-encrypted.pem") && message.contains("openssl pkcs8 -topk8"), message);
    }

    private static BigInteger secret(PrivateKey key) {
        return key instanceof ECPrivateKey curve ? curve.getS() : ((RSAPrivateKey) key).getPrivateExponent();
    }

    /** Made by {@code openssl genpkey -algorithm rsa-pss}. */
    @Test
    void a_key_for_rsassa_pss_alone_is_read() throws Exception {
        assertEquals(
                "CN=pss.example",
                ServerCertificate.pem(resource("pss-cert.pem"), resource("pss.pem"))
                        .certificate()
                        .getSubjectX500Principal()
                        .getName());
    }

    /** Made by {@code openssl genpkey -algorithm ed25519}. */
    @Test
    void a_key_of_ed25519_is_read() throws Exception {
        assertEquals(
                "CN=ed.example",
                ServerCertificate.pem(resource("ed25519-cert.pem"), resource("ed25519.pem"))
                        .certificate()
                        .getSubjectX500Principal()
                        .getName());
    }

    @Test
    void files_that_change_are_read_again_and_the_former_certificate_stays_while_they_are_wrong() throws Exception {
        SelfSigned first = SelfSigned.create("first.example");
        SelfSigned second = SelfSigned.create("second.example");
        Path chain = write("cert.pem", pem("CERTIFICATE", first.certificate().getEncoded()));
        Path key = write("key.pem", pem("PRIVATE KEY", first.keys().getPrivate().getEncoded()));
        ServerCertificate certificate = ServerCertificate.pem(chain, key);

        replace("cert.pem", pem("CERTIFICATE", second.certificate().getEncoded()));
        assertEquals(first.certificate(), certificate.certificate(), "its key is not there yet");
        replace("key.pem", pem("PRIVATE KEY", second.keys().getPrivate().getEncoded()));
        assertEquals(second.certificate(), certificate.certificate());

        Files.delete(key);
        assertEquals(second.certificate(), certificate.certificate());
        replace("key.pem", "nothing");
        assertEquals(second.certificate(), certificate.certificate());
    }

    @Test
    void a_file_that_is_gone_is_complained_about_once_and_not_at_each_handshake() throws Exception {
        SelfSigned made = SelfSigned.create("localhost");
        Path chain = write("cert.pem", pem("CERTIFICATE", made.certificate().getEncoded()));
        Path key = write("key.pem", pem("PRIVATE KEY", made.keys().getPrivate().getEncoded()));
        ServerCertificate certificate = ServerCertificate.pem(chain, key);
        Logger logger = (Logger) LoggerFactory.getLogger(ServerCertificate.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.ERROR);
        try {
            Files.delete(chain);
            for (int handshake = 0; handshake < 3; handshake++)
                assertEquals(made.certificate(), certificate.certificate());
            replace("cert.pem", pem("CERTIFICATE", made.certificate().getEncoded()));
            certificate.certificate();
        } finally {
            logger.detachAppender(log);
            logger.setLevel(null);
        }
        long complaints = log.list.stream()
                .filter(event -> event.getFormattedMessage().contains(chain + " cannot be read again"))
                .count();
        assertEquals(1, complaints, log.list.toString());
    }

    /** As certbot does: the time of a file may be the same as before, its number is not. */
    private void replace(String name, String text) throws IOException {
        Files.move(write(name + ".new", text), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void a_keystore_is_read() throws Exception {
        SelfSigned made = SelfSigned.create("localhost");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "any", made.keys().getPrivate(), "changeit".toCharArray(), new Certificate[] {made.certificate()});
        Path file = folder.resolve("server.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "changeit".toCharArray());
        }
        assertEquals(
                made.certificate(),
                ServerCertificate.keystore(file, "changeit".toCharArray()).certificate());
        assertThrows(IOException.class, () -> ServerCertificate.keystore(file, "wrong".toCharArray()));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static Path resource(String name) throws Exception {
        return Path.of(ServerCertificateTest.class.getResource(name).toURI());
    }

    private static String pem(String label, byte[] content) {
        String base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }
}
