package io.github.pop3kit.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import jakarta.mail.FetchProfile;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.util.Properties;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;

/**
 * An application that knows Jakarta Mail alone, over the provider that is named; it stays warm between the rounds of
 * {@code benchmarks/jakarta}: for each line of its input, a port, a user, a password and what to do, it prints the nanoseconds, and what
 * it saw, to be compared.
 */
public final class JakartaMail {

    private JakartaMail() {}

    /** Takes the class of a store, and properties as {@code name=value}. */
    public static void main(String[] args) throws IOException, MessagingException {
        Properties properties = new Properties();
        properties.setProperty("mail.pop3.class", args[0]);
        for (int i = 1; i < args.length; i++) {
            properties.setProperty(args[i].replaceFirst("=.*", ""), args[i].replaceFirst(".*?=", ""));
        }
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
        for (String line; (line = lines.readLine()) != null; ) {
            String[] words = line.split(" ", -1);
            long began = System.nanoTime();
            String seen;
            try (Store store = Session.getInstance(properties).getStore("pop3")) {
                store.connect("127.0.0.1", Integer.parseInt(words[0]), words[1], words[2]);
                Folder inbox = store.getFolder("INBOX");
                inbox.open(Folder.READ_ONLY);
                seen = words[3].equals("subjects") ? subjects(inbox) : messages(inbox);
                inbox.close(false);
            }
            System.out.println(System.nanoTime() - began + " " + seen);
        }
    }

    private static String subjects(Folder inbox) throws MessagingException {
        FetchProfile profile = new FetchProfile();
        profile.add(FetchProfile.Item.ENVELOPE);
        Message[] all = inbox.getMessages();
        inbox.fetch(all, profile);
        CRC32 sum = new CRC32();
        for (Message message : all) sum.update(message.getSubject().getBytes(US_ASCII));
        return all.length + "-" + Long.toHexString(sum.getValue());
    }

    private static String messages(Folder inbox) throws MessagingException, IOException {
        CheckedOutputStream out = new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
        for (Message message : inbox.getMessages()) message.writeTo(out);
        return inbox.getMessageCount() + "-"
                + Long.toHexString(out.getChecksum().getValue());
    }
}
