package io.github.pop3kit.benchmarks;

import jakarta.mail.Folder;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Properties;

/** Angus Mail by its public face. */
final class Angus {

    private Angus() {}

    /** Retrieves a message from a server in memory. */
    static void retrieveOne(byte[] wire, OutputStream message) throws IOException {
        Properties properties = new Properties();
        properties.put("mail.pop3.socketFactory", new ServerInMemory(wire));
        retrieveAll(properties, new Account("localhost", 110, "mrose", "secret"), message);
    }

    /** Retrieves a maildrop, message by message, without a copy in memory; how many there were. */
    static int retrieveAll(Properties properties, Account account, OutputStream messages) throws IOException {
        properties.put("mail.pop3.class", "org.eclipse.angus.mail.pop3.POP3Store"); // Ours would be taken otherwise.
        try (Store store = Session.getInstance(properties).getStore("pop3")) {
            store.connect(account.host(), account.port(), account.user(), account.password());
            try (Folder inbox = store.getFolder("INBOX")) {
                inbox.open(Folder.READ_ONLY);
                int count = inbox.getMessageCount();
                for (int number = 1; number <= count; number++) {
                    inbox.getMessage(number).writeTo(messages);
                }
                return count;
            }
        } catch (MessagingException e) {
            throw new IOException(e);
        }
    }
}
