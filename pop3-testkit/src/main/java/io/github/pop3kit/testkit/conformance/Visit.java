package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.Finding.expect;
import static io.github.pop3kit.testkit.conformance.Finding.quoted;

import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.Reply;
import io.github.pop3kit.protocol.ScanListing;
import io.github.pop3kit.protocol.UniqueIdListing;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.protocol.transcript.Transcript.Side;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/** One run of one check: its connections, what they say, and which messages are there for it. For one thread, but {@link #abort}. */
final class Visit {

    private static final Pattern SECRETIVE = Pattern.compile("(?i)(PASS|APOP|AUTH) .*");
    private static final int LINES_SHOWN = 12;
    private static final int OCTETS_SHOWN = 160;
    private static final Duration UNLOCKED = Duration.ofSeconds(5);
    private static final Duration ARRIVAL = Duration.ofSeconds(10);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Target target;
    private final Situation situation;
    private final List<String> said = new ArrayList<>();
    private final List<Talk> talks = new ArrayList<>();
    private final Map<Talk, Set<String>> others = new HashMap<>();
    private String speaking = "";
    private int bodyLines = -1;
    private boolean muted;
    private volatile boolean aborted;

    Visit(Target target, Situation situation) {
        this.target = target;
        this.situation = situation;
    }

    Target target() {
        return target;
    }

    Situation situation() {
        return situation;
    }

    // ---- connections

    /** A connection by the channel that the account is used by, before login. */
    Talk connect() throws IOException, Finding {
        return connect(situation.channel);
    }

    /** A connection that has greeted, before login. */
    Talk connect(Channel channel) throws IOException, Finding {
        Talk talk = open(channel);
        if (channel == Channel.TLS) talk.startTls();
        talk.readGreeting();
        if (channel == Channel.STLS) {
            talk.ok("STLS");
            talk.startTls();
        }
        return talk;
    }

    /** Whether somebody is there at all. */
    boolean hasConnected() {
        return !talks.isEmpty();
    }

    /** A connection from which nothing is read yet; TLS has not begun. */
    Talk open(Channel channel) throws IOException, Finding {
        Talk talk = Talk.open(this, "connection " + (talks.size() + 1), target, target.port(channel));
        synchronized (talks) {
            talks.add(talk);
            if (aborted) talk.abort();
        }
        return talk;
    }

    /** A session in TRANSACTION; if the maildrop is still locked by who has just left, it is tried again for a while. */
    Talk login() throws IOException, Finding, Moot {
        return login(false);
    }

    /** A session that may see every message, also those with UTF-8 in their header. */
    Talk loginForAll() throws IOException, Finding, Moot {
        return login(situation.offers("UTF8"));
    }

    private Talk login(boolean utf8) throws IOException, Finding, Moot {
        long late = System.nanoTime() + UNLOCKED.toNanos();
        while (true) {
            Talk talk = connect();
            if (utf8) talk.ask("UTF8");
            Answer answer = logIn(talk);
            if (answer.isOk()) return talk;
            talk.close();
            String upper = answer.text().toUpperCase(Locale.ROOT);
            Moot.unless(!upper.startsWith("[LOGIN-DELAY"), "the server wants more time between two logins");
            expect(System.nanoTime() < late, "the login is refused: " + quoted(answer.line()));
            pause();
        }
    }

    /** Tries once to log in. */
    Answer logIn(Talk talk) throws IOException, Finding {
        Answer answer;
        if (situation.byPass) {
            Answer user = talk.ask("USER " + octets(target.user()));
            if (!user.isOk()) return user;
            answer = talk.ask("PASS " + octets(target.password()));
        } else {
            answer = talk.ask("AUTH PLAIN " + plain("", target.user(), target.password()));
        }
        if (answer.isOk()) talk.loggedIn();
        return answer;
    }

    /** Between two looks at a server, which nothing but looking can tell. */
    static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    static String octets(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** PLAIN's message. */
    static String plain(String actAs, String user, String password) {
        return base64(actAs + "\0" + user + "\0" + password);
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    // ---- messages

    /** The number of some message that may be read: one of ours, if there are any. */
    int some() {
        Integer plain = situation.numbers.get(Samples.PLAIN);
        if (plain != null) return plain;
        return situation.numbers.values().stream().min(Integer::compare).orElse(1);
    }

    /** The number of one of the samples. */
    int number(String sample) throws Moot {
        Integer number = situation.numbers.get(sample);
        Moot.unless(number != null, "the sample " + sample + " could not be delivered");
        return number == null ? 0 : number;
    }

    /** The number, in this session, of a message that is ours and may be deleted; that is made sure here. */
    int spare(Talk talk) throws IOException, Finding, Moot {
        int number = 0;
        while (number == 0 && !situation.spares.isEmpty()) number = find(talk, situation.spares.remove());
        Moot.unless(number > 0, "there is no message left that may be deleted");
        return number;
    }

    /** The number of one of our messages; 0 if it is not there. */
    int find(Talk talk, String name) throws IOException, Finding {
        int count = count(talk);
        IntPredicate mayBeOurs = mayBeOurs(talk);
        int guess = Math.min(situation.numbers.getOrDefault(name, count), count);
        for (int distance = 0; distance <= count; distance++) {
            for (int number : distance == 0 ? new int[] {guess} : new int[] {guess - distance, guess + distance}) {
                boolean there = number >= 1 && number <= count && mayBeOurs.test(number);
                if (there && name.equals(nameOf(talk, number))) return number;
            }
        }
        return 0;
    }

    /**
     * Which messages of a session in which nothing is marked yet are not known as others': only these are looked at. Those of others are
     * known by their unique-ids; without any that tell messages apart, by being the first.
     */
    IntPredicate mayBeOurs(Talk talk) throws IOException, Finding {
        if (situation.strangers == 0) return number -> true;
        Map<Integer, String> ids = uniqueIds(talk);
        others.put(talk, listedOfOthers(talk, ids));
        if (Collections.disjoint(ids.values(), situation.strangersIds)) return number -> number > situation.strangers;
        return number -> ids.containsKey(number)
                ? !situation.strangersIds.contains(ids.get(number))
                : number > situation.strangers;
    }

    /** Unique-ids by message-numbers; none where there is no UIDL, or where two messages have the same. */
    Map<Integer, String> uniqueIds(Talk talk) throws IOException, Finding {
        Map<Integer, String> ids = new HashMap<>();
        if (!talk.ask("UIDL").isOk()) return ids;
        for (String line : talk.rest("UIDL")) {
            UniqueIdListing.parse(line).ifPresent(listing -> ids.put(listing.number(), listing.uniqueId()));
        }
        return new HashSet<>(ids.values()).size() == ids.size() ? ids : Map.of();
    }

    /** The messages that others had there before the checks, by their unique-ids, or by their numbers. */
    private Set<String> listedOfOthers(Talk talk, Map<Integer, String> ids) throws IOException, Finding {
        Set<String> listed = new HashSet<>(ids.values());
        listed.retainAll(situation.strangersIds);
        if (!listed.isEmpty()) return listed;
        for (String line : talk.listing("LIST")) {
            ScanListing.parse(line)
                    .filter(listing -> listing.number() <= situation.strangers)
                    .ifPresent(listing -> listed.add(String.valueOf(listing.number())));
        }
        return listed;
    }

    /**
     * Ends a session in which messages of ours are marked, by QUIT; where others have messages, only if all of these are still listed.
     * Otherwise the server has marked another message than it was told to, or numbers have moved, and nothing is to be removed.
     */
    void update(Talk talk) throws IOException, Finding {
        Set<String> before = others.getOrDefault(talk, Set.of());
        if (!before.isEmpty() && !listedOfOthers(talk, uniqueIds(talk)).containsAll(before)) {
            talk.ask("RSET");
            talk.cut();
            throw new Finding("behind DELE of ours a message of others is not listed any more; nothing is removed");
        }
        talk.quit();
    }

    /** Which of ours a message is; "" if it is not ours. */
    String nameOf(Talk talk, int number) throws IOException, Finding {
        String top = "TOP " + number + " 0";
        String retr = "RETR " + number;
        String command = situation.topWorks ? top : retr;
        Answer answer = talk.ask(command);
        if (!answer.isOk()) return "";
        return situation.samples.nameIn(talk.body(command));
    }

    /** How many messages STAT counts. */
    int count(Talk talk) throws IOException, Finding {
        String text = talk.ok("STAT");
        try {
            return Integer.parseInt(text.split(" ", -1)[0]);
        } catch (NumberFormatException e) {
            throw new Finding("STAT is answered with no number: " + quoted(text));
        }
    }

    /** Whether one of our messages is in a new session. */
    boolean isThere(String name) throws IOException, Finding, Moot {
        Talk talk = login();
        boolean there = find(talk, name) > 0;
        talk.quit();
        return there;
    }

    /** Delivers one message more, that has this name. */
    void deliver(String name) throws IOException, Moot {
        Optional<Postman> postman = situation.postman();
        Moot.unless(postman.isPresent(), "there is no way to deliver");
        situation.delivered.add(name);
        remark("", "the message " + name + " is delivered");
        postman.orElseThrow().deliver(Samples.octets(situation.samples.another(name)));
    }

    /** Whether a message that was delivered is there in a session that begins now, or soon. */
    boolean arrives(String name) throws IOException, Finding, Moot {
        long late = System.nanoTime() + ARRIVAL.toNanos();
        while (!isThere(name)) {
            if (System.nanoTime() > late) return false;
            pause();
        }
        return true;
    }

    // ---- what was said

    synchronized void note(String talk, Side side, String octets) {
        if (muted) return;
        if (bodyLines >= 0 && side == Side.SERVER && ++bodyLines > LINES_SHOWN) return;
        speaker(talk);
        String starred = starred(side, octets);
        String shown = starred.length() <= OCTETS_SHOWN ? starred : starred.substring(0, OCTETS_SHOWN);
        String line = (side == Side.CLIENT ? "C: " : "S: ") + Transcript.escape(shown);
        said.add(octets.length() <= OCTETS_SHOWN ? line : line + "\n# ... a line of " + octets.length() + " octets");
    }

    /** From here on the server's lines are those of a listing or a message, of which only the first are shown. */
    void beginBody() {
        bodyLines = 0;
    }

    void endBody(String talk) {
        if (bodyLines > LINES_SHOWN) remark(talk, "... and " + (bodyLines - LINES_SHOWN) + " lines more");
        bodyLines = -1;
    }

    synchronized void remark(String talk, String what) {
        if (muted) return;
        speaker(talk);
        said.add("# " + what);
    }

    private void speaker(String talk) {
        if (talks.size() > 1 && !speaking.equals(talk)) said.add("# " + talk);
        speaking = talk;
    }

    /** From here on nothing is noted. */
    void mute() {
        muted = true;
    }

    synchronized String transcript() {
        return said.isEmpty() ? "" : String.join("\n", said) + "\n";
    }

    /** A line without the account's secrets. */
    String starred(Side side, String line) {
        String shown = side == Side.SERVER ? Reply.redact(line) : line;
        if (side == Side.CLIENT && SECRETIVE.matcher(line).matches()) shown = Command.redact(line);
        return target.starred(shown);
    }

    // ---- the end

    /**
     * Leaves all connections.
     *
     * @param quits whether the server answers QUIT, as far as is known
     * @return whether it does
     */
    boolean end(boolean quits) {
        mute();
        boolean answers = quits;
        for (Talk talk : talks) {
            if (aborted) return answers;
            try {
                if (answers) {
                    answers = talk.leave(LAST_WORDS);
                } else {
                    talk.close();
                }
            } catch (IOException gone) {
                // So be it.
            }
        }
        return answers;
    }

    /** Ends the check from another thread: whoever waits for the server waits no longer. */
    void abort() {
        aborted = true;
        synchronized (talks) {
            for (Talk talk : talks) {
                try {
                    talk.abort();
                } catch (IOException gone) {
                    // So be it.
                }
            }
        }
    }
}
