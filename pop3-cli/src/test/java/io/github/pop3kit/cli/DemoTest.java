package io.github.pop3kit.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class DemoTest {

    private static final Pattern CURL =
            Pattern.compile(" +curl --cacert '(.*)' --user user\\.123:foo pop3s://(.*):(\\d+)/1");
    private static final String ADDRESS = "[a-z0-9.]+@[a-z0-9.]+";

    /** The session that everything began with; sizes are those that the messages have now that they are whole. */
    @Test
    void the_session_of_1997_has_the_answers_of_1997() throws IOException {
        try (Serving serving = demo()) {
            Serving.plays(
                    serving.port("STLS"),
                    """
                    S: +OK …
                    C: USER user.123
                    S: +OK …
                    C: PASS foo
                    S: +OK … 3 messages (1612 octets)…
                    C: STAT
                    S: +OK 3 1612
                    C: LIST
                    S: +OK 3 messages (1612 octets)
                    S: 1 404
                    S: 2 450
                    S: 3 758
                    S: .
                    C: TOP 1 10
                    S: +OK 404 octets
                    """ + lines(1, Integer.MAX_VALUE) + """
                    C: TOP 2 10
                    S: +OK 450 octets
                    """ + lines(2, Integer.MAX_VALUE) + """
                    C: TOP 3 5
                    S: +OK 758 octets
                    """ + lines(3, 5) + """
                    C: UIDL
                    S: +OK …
                    S: 1 b7bf8f395f5fea1e6ad4964ca202e979
                    S: 2 f6aba8f9429ffcb4f343c6b061cd82bb
                    S: 3 fe81b45a152922cb1b05f0b1bb905944
                    S: .
                    C: DELE 3
                    S: +OK message 3 …deleted
                    C: RETR 2
                    S: +OK 450 octets
                    """
                            + lines(2, Integer.MAX_VALUE) + """
                    C: DELE 2
                    S: +OK message 2 …deleted
                    C: DELE 1
                    S: +OK message 1 …deleted
                    C: QUIT
                    S: +OK … signing off…
                    S closes
                    """);
        }
    }

    /** A message as a transcript shows it: its header and so many lines of its body. */
    private static String lines(int number, int ofBody) throws IOException {
        StringBuilder lines = new StringBuilder();
        int left = Integer.MAX_VALUE;
        for (String line : text(number).lines().toList()) {
            if (left-- == 0) break;
            lines.append("S: ").append(line.replace("\t", "\\t")).append('\n');
            if (line.isEmpty()) left = ofBody;
        }
        return lines.append("S: .\n").toString();
    }

    @Test
    void the_lines_to_copy_work_and_nothing_remains() throws Exception {
        Path folder;
        try (Serving serving = demo()) {
            int plain = serving.port("STLS");
            int tls = serving.port("TLS");
            Matcher curl = CURL.matcher("");
            List<String> advice = new ArrayList<>();
            while (!curl.matches()) {
                advice.add(serving.line());
                curl.reset(advice.get(advice.size() - 1));
            }
            assertTrue(advice.contains("    nc 127.0.0.1 " + plain), advice::toString);
            assertEquals(tls, Integer.parseInt(curl.group(3)));
            Path certificate = Path.of(curl.group(1));
            try (SSLSocket socket = connect(curl.group(2), tls, certificate)) {
                InputStream in = socket.getInputStream();
                assertTrue(new BufferedReader(new InputStreamReader(in, US_ASCII))
                        .readLine()
                        .startsWith("+OK "));
            }
            folder = certificate.getParent();
            assertTrue(Files.isDirectory(folder.resolve("user.123/new")));
            assertEquals(0, serving.stop());
        }
        assertFalse(Files.exists(folder));
    }

    /** As curl does: the certificate must be trusted, and the host's. */
    private static SSLSocket connect(String host, int port, Path certificate) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            trusted.setCertificateEntry(
                    "demo", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(host, port);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    /** RFC 822: fields, folded with white space in front, a blank line, the body; addresses in Return-Path and From; a date. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void each_message_is_one_of_rfc_822(int number) throws IOException {
        String message = text(number);
        assertEquals(message.replace("\r\n", ""), message.replaceAll("[\r\n]", ""), "lines end in CRLF");
        assertTrue(message.endsWith("\r\n"));
        String header = message.substring(0, message.indexOf("\r\n\r\n") + 2);
        String unfolded = header.replaceAll("\r\n[ \t]+", " ");
        unfolded.lines().forEach(field -> assertTrue(field.matches("[!-9;-~]+: [ -~]+"), field));
        assertTrue(unfolded.startsWith("Return-Path: <user.123@pop.foo.bar>\r\nReceived: "), unfolded);
        field(unfolded, "Received", "\\(from \\S+\\) by \\S+ \\(.*\\) id \\S+ for " + ADDRESS + "; .*");
        field(unfolded, "From", "Pat Gunn <" + ADDRESS + ">");
        field(unfolded, "Message-Id", "<" + ADDRESS.replace("a-z", "A-Za-z") + ">");
        String date = field(unfolded, "Date", ".*").replace(" (EST)", "");
        assertEquals(
                1997,
                OffsetDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).getYear());
    }

    private static String field(String header, String name, String value) {
        Matcher field =
                Pattern.compile("(?m)^" + name + ": (" + value + ")\r?$").matcher(header);
        assertTrue(field.find(), name);
        return field.group(1);
    }

    private static String text(int number) throws IOException {
        return new String(Demo.message(number), US_ASCII);
    }

    private static Serving demo() throws IOException {
        return Serving.with("--demo", "--listen", "127.0.0.1:0", "--listen-tls", "127.0.0.1:0");
    }
}
