package io.github.pop3kit.benchmarks.load;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All messages of one maildrop after the other, with so many RETR under way. */
final class Retrievals implements Workload {

    private final Maildrops maildrops;
    private final int window;
    private final int connections;
    private final Map<Integer, Expected> expected = new ConcurrentHashMap<>();

    Retrievals(Maildrops maildrops, int window, int connections) {
        this.maildrops = maildrops;
        this.window = window;
        this.connections = connections;
    }

    /** What each message has to be is known before the clock begins. */
    @Override
    public void prepare(Worker worker) {
        for (int number = 1 + worker.number; number <= maildrops.messages(); number += connections) {
            expected.put(number, maildrops.message(number).expected());
        }
    }

    @Override
    public void run(Worker worker) throws IOException {
        for (int user = worker.number; !worker.isOver(); user += connections) {
            try (Line line = worker.login(maildrops.user(user))) {
                retrieve(line, worker);
                Worker.quit(line);
            }
        }
    }

    private void retrieve(Line line, Worker worker) throws IOException {
        int asked = 0;
        long[] began = new long[window];
        for (int number = 1; number <= asked || (asked < maildrops.messages() && !worker.isOver()); number++) {
            while (asked < maildrops.messages() && asked - number + 1 < window && !worker.isOver()) {
                began[asked % window] = System.nanoTime();
                line.say("RETR " + ++asked);
            }
            if (number > asked) return;
            line.ok();
            Expected message = expected.get(number);
            if (message == null) throw new IllegalStateException("message " + number + " was not prepared");
            line.body(message);
            worker.did(began[(number - 1) % window]);
        }
    }
}
