package io.github.pop3kit.benchmarks.load;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Sessions that find nothing new: STAT alone, or STAT, LIST and UIDL. */
final class Logins implements Workload {

    private final Maildrops maildrops;
    private final boolean listings;
    private final int connections;
    private final Map<String, Listings> known = new ConcurrentHashMap<>();
    private final String stat;
    private final boolean lax;

    /** {@code lax} is for servers whose STAT is known to add up wrongly. */
    Logins(Maildrops maildrops, boolean listings, int connections, boolean lax) {
        this.lax = lax;
        this.maildrops = maildrops;
        this.listings = listings;
        this.connections = connections;
        this.stat = maildrops.messages() + " " + maildrops.totalOctets();
    }

    /** Each user's listings are read and understood, and one user's messages too. */
    @Override
    public void prepare(Worker worker) throws IOException {
        if (!listings) return;
        for (int user = worker.number; user < maildrops.users(); user += connections) {
            try (Line line = worker.login(maildrops.user(user))) {
                known.put(maildrops.user(user), Listings.survey(line, maildrops));
                if (user == 0) {
                    for (int number = 1; number <= maildrops.messages(); number++) {
                        line.say("RETR " + number);
                        line.ok();
                        line.body(maildrops.message(number).expected());
                    }
                }
                Worker.quit(line);
            }
        }
    }

    @Override
    public void run(Worker worker) throws IOException {
        for (int user = worker.number; !worker.isOver(); user += connections) {
            long began = System.nanoTime();
            String name = maildrops.user(user);
            try (Line line = worker.login(name)) {
                line.say("STAT");
                String said = line.okText();
                if (!said.equals(stat) && !lax) throw new ProtocolException("STAT is " + said + ", not " + stat);
                Listings listing = known.get(name);
                if (listing != null) {
                    line.say("LIST");
                    line.ok();
                    line.body(listing.scan());
                    line.say("UIDL");
                    line.ok();
                    line.body(listing.uniqueIds());
                }
                Worker.quit(line);
            }
            worker.did(began);
        }
    }
}
