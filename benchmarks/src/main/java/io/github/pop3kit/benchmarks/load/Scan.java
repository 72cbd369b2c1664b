package io.github.pop3kit.benchmarks.load;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Sessions in one large maildrop, by one thread, with the time of each command. */
final class Scan implements Workload {

    /** What servers keep of a maildir and can make again: Dovecot's index, and ours. */
    private static final String INDEX = "{dovecot.index*,dovecot.list.index*,pop3kit.cache}";

    private final Maildrops maildrops;
    private final @Nullable Path forget;
    private final Map<String, Latencies> steps = new LinkedHashMap<>();
    private final String stat;
    private @Nullable Listings known;

    /** With the index removed from the maildir before each session, if there is a folder of maildirs. */
    Scan(Maildrops maildrops, @Nullable Path forget) {
        this.maildrops = maildrops;
        this.forget = forget;
        this.stat = maildrops.messages() + " " + maildrops.totalOctets();
    }

    /** The listings are read and understood once; from then on they have to be the same. */
    @Override
    public void prepare(Worker worker) throws IOException {
        try (Line line = worker.login(maildrops.user(0))) {
            known = Listings.survey(line, maildrops);
            Worker.quit(line);
        }
    }

    @Override
    public void run(Worker worker) throws IOException {
        Listings listings = Objects.requireNonNull(known);
        while (!worker.isOver()) {
            if (forget != null) forget(forget.resolve(maildrops.user(0)));
            long began = System.nanoTime();
            try (Line line = worker.connect()) {
                long at = System.nanoTime();
                worker.login(line, maildrops.user(0));
                at = step("login", at);
                line.say("STAT");
                String said = line.okText();
                if (!said.equals(stat)) throw new ProtocolException("STAT is " + said + ", not " + stat);
                at = step("STAT", at);
                line.say("LIST");
                line.ok();
                line.body(listings.scan());
                at = step("LIST", at);
                line.say("UIDL");
                line.ok();
                line.body(listings.uniqueIds());
                at = step("UIDL", at);
                Worker.quit(line);
                step("QUIT", at);
                worker.did(began);
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
