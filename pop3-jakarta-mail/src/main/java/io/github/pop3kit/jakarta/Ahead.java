package io.github.pop3kit.jakarta;

import jakarta.mail.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who reads messages one after the other gets more and more of them at once. */
final class Ahead {

    /** How much of message contents is held for later. */
    static final long MOST_OCTETS = 4L * 1024 * 1024;

    private final int most;
    private int last = Integer.MIN_VALUE;
    private int run;
    private final Map<Integer, Integer> announced = new LinkedHashMap<>();

    Ahead(int most) {
        this.most = most;
    }

    /** This message is read now; how many of the next to take with it. */
    synchronized int more(int number) {
        run = number == last + 1 ? Math.min(most, Math.max(1, 2 * run)) : 0;
        last = number;
        return run;
    }

    /** These will be read, in this order. */
    synchronized void announce(Message[] messages) {
        announced.clear();
        for (int i = 0; i + 1 < messages.length; i++) {
            announced.put(messages[i].getMessageNumber(), messages[i + 1].getMessageNumber());
        }
    }

    /** This message and those that are to come with it: as announced, otherwise so many. */
    synchronized List<Integer> run(int number, int more, int count) {
        List<Integer> numbers = new ArrayList<>();
        Integer next = number;
        if (announced.containsKey(number)) {
            while (next != null && numbers.size() < most) {
                numbers.add(next);
                next = announced.get(next);
            }
            return numbers;
        }
        for (int each = number; each <= Math.min(count, number + more); each++) numbers.add(each);
        return numbers;
    }
}
