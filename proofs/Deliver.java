import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.MailStores;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Puts mail into a store: Deliver LOCATION [NAME=VALUE]... reads lines of account, idempotency key and message in base64, and answers
 * each with a line, ok or what went wrong.
 */
public class Deliver {
    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // For what is logged.
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i < arguments.length; i++) {
            String[] option = arguments[i].split("=", 2);
            options.put(option[0], option[1]);
        }
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        try (MailStore store = MailStores.create(arguments[0], options)) {
            Delivery delivery = store.delivery().orElseThrow();
            answers.println("ready");
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", 3);
                try {
                    delivery.deliver(
                            new Envelope(Account.of(words[0]), Optional.empty(), Optional.empty(), Optional.of(words[1])),
                            new ByteArrayInputStream(Base64.getDecoder().decode(words[2])));
                    answers.println("ok");
                } catch (IOException e) {
                    answers.println("failed: " + String.valueOf(e.getMessage()).replace('\n', ' '));
                }
            }
        }
    }
}
