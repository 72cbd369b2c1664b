package io.github.pop3kit.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Changes a reply octet by octet while it passes, so that no more of a large message is held than the change needs. Each is for one
 * reply.
 */
interface ReplyFilter {

    /** What comes next on the way to the client. */
    @FunctionalInterface
    interface Next {
        void take(byte octet);

        /** Octets, one character each. */
        default void takeAll(String octets) {
            for (int i = 0; i < octets.length(); i++) take((byte) octets.charAt(i));
        }
    }

    void take(byte octet, Next next);

    /** Behind the last octet. */
    default void end(Next next) {}

    // ---- more octets

    static ReplyFilter before(String more) {
        return new ReplyFilter() {
            private boolean begun;

            @Override
            public void take(byte octet, Next next) {
                begin(next);
                next.take(octet);
            }

            @Override
            public void end(Next next) {
                begin(next);
            }

            private void begin(Next next) {
                if (!begun) next.takeAll(more);
                begun = true;
            }
        };
    }

    static ReplyFilter behind(String more) {
        return new ReplyFilter() {
            @Override
            public void take(byte octet, Next next) {
                next.take(octet);
            }

            @Override
            public void end(Next next) {
                next.takeAll(more);
            }
        };
    }

    /** The one that has to hold all of it. */
    static ReplyFilter twice() {
        StringBuilder whole = new StringBuilder();
        return new ReplyFilter() {
            @Override
            public void take(byte octet, Next next) {
                whole.append((char) (octet & 0xFF));
                next.take(octet);
            }

            @Override
            public void end(Next next) {
                next.takeAll(whole.toString());
            }
        };
    }

    // ---- fewer octets

    static ReplyFilter without(long first) {
        return new ReplyFilter() {
            private long passed;

            @Override
            public void take(byte octet, Next next) {
                if (passed++ >= first) next.take(octet);
            }
        };
    }

    static ReplyFilter withoutLast(int last) {
        Deque<Byte> held = new ArrayDeque<>();
        return (octet, next) -> {
            held.add(octet);
            if (held.size() > last) next.take(held.remove());
        };
    }

    static ReplyFilter withoutFinalDot() {
        StringBuilder held = new StringBuilder();
        return new ReplyFilter() {
            @Override
            public void take(byte octet, Next next) {
                held.append((char) (octet & 0xFF));
                if (held.length() <= 5) return;
                next.take((byte) held.charAt(0));
                held.deleteCharAt(0);
            }

            @Override
            public void end(Next next) {
                next.takeAll(held.toString().equals("\r\n.\r\n") ? "\r\n" : held.toString());
            }
        };
    }

    static ReplyFilter withoutDotStuffing() {
        return new ReplyFilter() {
            /** How much of CR LF and a dot has just passed. */
            private int seen;

            @Override
            public void take(byte octet, Next next) {
                boolean stuffed = seen == 3 && octet == '.';
                if (!stuffed) next.take(octet);
                if (octet == '\r') {
                    seen = 1;
                } else if ((seen == 1 && octet == '\n') || (seen == 2 && octet == '.')) {
                    seen++;
                } else {
                    seen = 0;
                }
            }
        };
    }

    // ---- other octets

    /** The octet at this position has some of its bits, which are not 0, turned over. */
    static ReplyFilter corrupted(long position, int bits) {
        return new ReplyFilter() {
            private long passed;

            @Override
            public void take(byte octet, Next next) {
                next.take((byte) (passed++ == position ? octet ^ bits : octet));
            }
        };
    }

    static ReplyFilter emptyLine() {
        return new ReplyFilter() {
            @Override
            public void take(byte octet, Next next) {}

            @Override
            public void end(Next next) {
                next.takeAll("\r\n");
            }
        };
    }

    static ReplyFilter lineFeeds() {
        return new ReplyFilter() {
            private boolean carriageReturn;

            @Override
            public void take(byte octet, Next next) {
                if (carriageReturn && octet != '\n') next.take((byte) '\r');
                carriageReturn = octet == '\r';
                if (!carriageReturn) next.take(octet);
            }

            @Override
            public void end(Next next) {
                if (carriageReturn) next.take((byte) '\r');
            }
        };
    }

    /** "+OK 120 octets" and "+OK 2 messages (120 octets)", "+OK 2 120". */
    Pattern SIZE = Pattern.compile("\\d+(?= octets)|(?<=^\\+OK \\d{1,10} )\\d+");

    /** The status line speaks of so many octets. */
    static ReplyFilter claiming(long claimed) {
        StringBuilder status = new StringBuilder();
        return new ReplyFilter() {
            private boolean passed;

            @Override
            public void take(byte octet, Next next) {
                if (passed) {
                    next.take(octet);
                } else {
                    status.append((char) (octet & 0xFF));
                    if (octet == '\n') end(next);
                }
            }

            @Override
            public void end(Next next) {
                if (passed) return;
                passed = true;
                Matcher size = SIZE.matcher(status);
                next.takeAll(size.replaceFirst(Long.toString(claimed)));
            }
        };
    }
}
