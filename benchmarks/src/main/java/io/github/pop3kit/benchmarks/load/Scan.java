package io.github.pop3kit.benchmarks.load;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sessions in one large maildrop, by one thread, with the time of each command. */
final class Scan implements Workload {

    /** What servers keep of a maildir and can make again: Dovecot's index, and ours. */
    private static final String INDEX = "{dovecot.index*,dovecot.list.index*,pop3kit.cache}";

    private final Maildrops maildrops;
    private final @Nullable Path forget;
    private final Map<String, Latencies> steps = new LinkedHashMap<>();

    /** With the index removed from the maildir before each session, if there is a folder of maildirs. */
    Scan(Maildrops maildrops, @Nullable Path forget) {
        this.maildrops = maildrops;
        this.forget = forget;
    }

    @Override
    public void run(Worker worker) throws IOException {
        while (!worker.isOver()) {
            if (forget != null) forget(forget.resolve(maildrops.user(0)));
            long began = System.nanoTime();
            try (Line line = worker.connect()) {
                long at = System.nanoTime();
                worker.login(line, maildrops.user(0));
                at = step("login", at);
                line.say("STAT");
                String said = line.okText();
                if (!said.equals(maildrops.messages() + " " + maildrops.totalOctets())) {
                    throw new ProtocolException("STAT is " + said);
                }
                at = step("STAT", at);
                line.say("LIST");
                line.ok();
                byte[] scan = line.body();
                at = step("LIST", at);
                line.say("UIDL");
                line.ok();
                byte[] uniqueIds = line.body();
                at = step("UIDL", at);
                Worker.quit(line);
                step("QUIT", at);
                worker.did(began);
                Listings.check(maildrops, scan, uniqueIds);
            }
        }
    }

    private static void forget(Path maildir) throws IOException {
        try (DirectoryStream<Path> index = Files.newDirectoryStream(maildir, INDEX)) {
            for (Path file : index) Files.delete(file);
        }
    }

    private long step(String name, long began) {
        long now = System.nanoTime();
        steps.computeIfAbsent(name, any -> new Latencies()).add(now - began);
        return now;
    }

    @Override
    public Map<String, Double> more() {
        Map<String, Double> medians = new LinkedHashMap<>();
        steps.forEach((name, latencies) -> medians.put(name + "_ms", latencies.percentile(0.5)));
        return medians;
    }
}
