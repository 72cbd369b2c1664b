package io.github.pop3kit.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.pop3kit.client.BatchResult;
import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.client.Tls;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.Writer;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.commons.net.pop3.POP3Client;

/** The Java clients, each used as its documentation has it. */
enum Client {
    POP3KIT {
        @Override
        int fetch(Account account, OutputStream messages) throws IOException {
            Pop3Client client = Pop3Client.builder(account.host())
                    .port(account.port())
                    .tls(Tls.NONE)
                    .allowCleartextLogin()
                    .build();
            try (RemoteMaildrop maildrop = client.open(Login.password(account.user(), account.password()))) {
                List<Integer> numbers = IntStream.rangeClosed(1, maildrop.stat().count())
                        .boxed()
                        .toList();
                BatchResult result = maildrop.retrieveAll(numbers, (number, message) -> message.transferTo(messages));
                maildrop.quit();
                return result.done().size();
            }
        }
    },

    ANGUS {
        @Override
        int fetch(Account account, OutputStream messages) throws IOException {
            // It writes octet by octet.
            try (OutputStream buffered = new BufferedOutputStream(messages)) {
                return Angus.retrieveAll(new Properties(), account, buffered);
            }
        }
    },

    COMMONS_NET {
        @Override
        int fetch(Account account, OutputStream messages) throws IOException {
            POP3Client client = new POP3Client();
            client.connect(account.host(), account.port());
            try (Writer characters = new OutputStreamWriter(messages, ISO_8859_1)) {
                if (!client.login(account.user(), account.password())) throw new IOException(client.getReplyString());
                int count = client.status().number;
                for (int number = 1; number <= count; number++) {
                    try (Reader message = client.retrieveMessage(number)) {
                        message.transferTo(characters);
                    }
                }
                client.logout();
                return count;
            } finally {
                client.disconnect();
            }
        }
    };

    /** Fetches every message, in order; how many there were. */
    abstract int fetch(Account account, OutputStream messages) throws IOException;
}
