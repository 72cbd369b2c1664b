package io.github.pop3kit.jakarta.application;

import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Store;
import java.util.Properties;

/** An application that knows Jakarta Mail alone; {@code ProviderChoiceTest} starts it. */
public final class ModuleMain {

    private ModuleMain() {}

    /** Prints what it finds. */
    public static void main(String[] address) throws Exception {
        try (Store store = Session.getInstance(new Properties()).getStore("pop3")) {
            store.connect(address[0], Integer.parseInt(address[1]), "bob", "secret");
            Folder inbox = store.getFolder("INBOX");
            inbox.open(Folder.READ_ONLY);
            Message message = inbox.getMessage(1);
            System.out.println(store.getClass().getModule().getName() + "/"
                    + store.getClass().getName() + " " + inbox.getMessageCount() + " " + message.getSubject() + " "
                    + message.getContent().toString().replace("\r\n", "\\r\\n"));
        }
    }
}
