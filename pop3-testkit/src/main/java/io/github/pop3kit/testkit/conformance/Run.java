package io.github.pop3kit.testkit.conformance;

import io.github.pop3kit.protocol.Capabilities;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.testkit.conformance.CannotCheckException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntPredicate;

/** One run of all checks against one server: what comes before them, each of them, and what is left to tidy up. For one thread. */
final class Run {

    private static final Duration ARRIVAL = Duration.ofSeconds(20);
    private static final Duration LONGEST_CHECK = Duration.ofSeconds(40);
    private static final Duration TIDYING = Duration.ofSeconds(15);
    private static final int IN_VAIN = 50; // so many messages in a row that are not ours
    private static final String TIME_OVER = "the time was used up";

    private final Target target;
    private final Duration budget;
    private final Situation situation;
    private final Instant began = Instant.now();
    private final long start = System.nanoTime();
    private final Map<String, Result> results = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private boolean complete = true;
    private boolean tidied;
    private volatile boolean answersQuit = true;

    Run(Target target, Optional<Postman> postman, Duration budget) {
        this.target = target;
        this.budget = budget;
        this.situation = new Situation(target, postman);
    }

    // ---- before the checks

    /** Finds out what the server offers, how to log in, and delivers the samples. */
    void prepare() throws CannotCheckException {
        prepare(visit -> {
            try {
                look(visit);
                if (!target.user().isEmpty()) logIn(visit);
            } catch (Finding | Moot e) {
                throw new CannotCheckException(
                        visit.hasConnected() ? Reason.PROTOCOL : Reason.UNREACHABLE,
                        target.address() + ": " + e.getMessage());
            }
        });
        if (!situation.loggedIn || situation.postman().isEmpty()) return;
        try {
            prepare(visit -> {
                deliver(situation.postman().get());
                try {
                    await(visit);
                } catch (IOException | Finding | Moot e) {
                    throw new CannotCheckException(
                            Reason.DELIVERY, "what was delivered cannot be found: " + e.getMessage());
                }
            });
        } catch (CannotCheckException e) {
            tidyUp();
            throw new CannotCheckException(e.reason(), e.getMessage() + ". " + target.starred(String.join(" ", notes)));
        }
    }

    private void prepare(Check.Body what) throws CannotCheckException {
        Duration limit = left().minus(reserve());
        try {
            Visit visit = new Visit(target, situation);
            boolean over = within(limit, visit, "prepare", () -> {
                        what.talk(visit);
                        return true;
                    })
                    .isPresent();
            if (!over)
                throw new CannotCheckException(Reason.PROTOCOL, target.address() + ": it is too slow to be checked");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotCheckException(Reason.INTERRUPTED, "it was interrupted");
        } catch (ExecutionException e) {
            CannotCheckException known = e.getCause() instanceof CannotCheckException cause
                    ? cause
                    : new CannotCheckException(
                            Reason.UNREACHABLE,
                            target.address() + ": " + Transcript.escape(String.valueOf(e.getCause())));
            throw new CannotCheckException(known.reason(), target.starred(String.valueOf(known.getMessage())));
        }
    }

    /**
     * What is done in a thread of its own, and broken off at this time: a server may keep us waiting for ever. All its connections are left.
     *
     * @return empty if it was broken off
     */
    private <T> Optional<T> within(Duration limit, Visit visit, String name, Callable<T> what)
            throws InterruptedException, ExecutionException {
        FutureTask<T> task = new FutureTask<>(() -> {
            try {
                return what.call();
            } finally {
                answersQuit = visit.end(answersQuit);
            }
        });
        Thread thread = new Thread(task, "pop3-check " + name);
        thread.setDaemon(true);
        thread.start();
        try {
            return Optional.of(task.get(Math.max(0, limit.toMillis()), TimeUnit.MILLISECONDS));
        } catch (TimeoutException | InterruptedException e) {
            visit.abort();
            thread.interrupt();
            if (e instanceof InterruptedException interrupted) throw interrupted;
            return Optional.empty();
        }
    }

    private void look(Visit visit) throws IOException, Finding {
        if (situation.hasPlainPort()) {
            Talk talk = visit.connect(Channel.PLAIN);
            situation.greeting = talk.greeting().line();
            situation.onPlainPort = capabilities(talk);
            situation.beforeLogin = situation.onPlainPort;
            talk.close();
        } else {
            situation.channel = Channel.TLS;
            Talk talk = visit.connect(Channel.TLS);
            situation.greeting = talk.greeting().line();
            situation.beforeLogin = capabilities(talk);
            talk.close();
        }
    }

    private static Optional<Capabilities> capabilities(Talk talk) throws IOException, Finding {
        if (!talk.ask("CAPA").isOk()) return Optional.empty();
        return Optional.of(Capabilities.parse(talk.rest("CAPA")));
    }

    /** By the first channel on which it works; in the clear only where nobody listens, or where that is allowed. */
    private void logIn(Visit visit) throws IOException, Finding, Moot {
        List<Channel> channels = new ArrayList<>();
        if (situation.hasPlainPort() && (target.cleartext() || target.isLoopback())) channels.add(Channel.PLAIN);
        if (situation.hasPlainPort() && situation.offersStls()) channels.add(Channel.STLS);
        if (situation.hasTlsPort()) channels.add(Channel.TLS);
        if (channels.isEmpty()) {
            throw new CannotCheckException(
                    Reason.LOGIN,
                    "there is no TLS, and the password does not go out in the clear unless that is allowed");
        }
        Answer last = new Answer("", true);
        for (Channel channel : channels) {
            situation.channel = channel;
            Talk talk = visit.connect();
            situation.beforeLogin = capabilities(talk);
            last = visit.logIn(talk);
            if (!last.isOk() && situation.offersMechanism("PLAIN")) {
                situation.byPass = false;
                talk = visit.connect();
                last = visit.logIn(talk);
                if (!last.isOk()) situation.byPass = true;
            }
            if (last.isOk()) {
                loggedIn(visit, talk);
                return;
            }
            talk.close();
        }
        throw new CannotCheckException(Reason.LOGIN, "the login is refused: " + Finding.quoted(last.line()));
    }

    private void loggedIn(Visit visit, Talk talk) throws IOException, Finding {
        situation.loggedIn = true;
        situation.afterLogin = capabilities(talk);
        situation.count = visit.count(talk);
        situation.strangers = situation.count;
        probe(visit, talk);
    }

    /** Which commands work that nobody needs to have. Messages of others are not looked at where we can have our own. */
    private void probe(Visit visit, Talk talk) throws IOException, Finding {
        if (talk.ask("UIDL").isOk()) {
            situation.uidlWorks = true;
            talk.rest("UIDL");
        }
        situation.strangersIds = Set.copyOf(visit.uniqueIds(talk).values());
        if (situation.postman().isEmpty() && situation.count > 0) probeTop(talk, 1);
        talk.quit();
    }

    private void probeTop(Talk talk, int number) throws IOException, Finding {
        if (!talk.ask("TOP " + number + " 0").isOk()) return;
        situation.topWorks = true;
        talk.rest("TOP");
    }

    private void deliver(Postman postman) throws CannotCheckException {
        try {
            for (Map.Entry<String, String> message :
                    situation.samples.messages().entrySet()) {
                // It may arrive even if that is not what we hear.
                situation.delivered.add(message.getKey());
                postman.deliver(Samples.octets(message.getValue()));
            }
        } catch (IOException e) {
            throw new CannotCheckException(Reason.DELIVERY, "messages cannot be delivered: " + e.getMessage());
        }
    }

    private void await(Visit visit) throws IOException, Finding, Moot {
        int expected = situation.strangers + situation.delivered.size();
        long late = System.nanoTime() + ARRIVAL.toNanos();
        while (true) {
            Talk talk = visit.loginForAll();
            situation.count = visit.count(talk);
            if (situation.count >= expected || System.nanoTime() > late) {
                if (situation.count > situation.strangers) probeTop(talk, situation.count);
                take(visit, talk);
                return;
            }
            talk.quit();
            talk.close();
            Visit.pause();
        }
    }

    /** Finds our messages by their marks. */
    private void take(Visit visit, Talk talk) throws IOException, Finding {
        ours(visit, talk, situation.count).forEach((number, name) -> situation.numbers.put(name, number));
        for (String name : situation.delivered) {
            if (!situation.numbers.containsKey(name)) {
                notes.add("The sample " + name + " was delivered and did not arrive.");
            } else if (name.startsWith(Samples.SPARE) && !name.equals(Samples.SPARE + "0")) {
                situation.spares.add(name);
            }
        }
        if (situation.numbers.isEmpty()) throw new Finding("none of it has arrived");
    }

    /** Messages that have our mark, by their numbers, the last one first; of some there may be two. */
    private Map<Integer, String> ours(Visit visit, Talk talk, int count) throws IOException, Finding {
        Map<Integer, String> ours = new LinkedHashMap<>();
        IntPredicate mayBeOurs = visit.mayBeOurs(talk);
        int inVain = 0;
        for (int number = count; number >= 1 && inVain < IN_VAIN; number--) {
            if (!mayBeOurs.test(number)) continue;
            String name = visit.nameOf(talk, number);
            if (!name.isEmpty()) ours.put(number, name);
            inVain = name.isEmpty() ? inVain + 1 : 0;
        }
        return ours;
    }

    // ---- the checks

    /** Runs one check, unless it cannot be judged. */
    Result check(Check check) {
        // Behind these a server may make us wait for a login longer than we have time.
        if (check.room().equals(Guessing.NAME)) tidyUp();
        Optional<String> skipped = reasonToSkip(check);
        Result result =
                skipped.isPresent() ? result(check, Outcome.SKIPPED, skipped.get(), "", Duration.ZERO) : talk(check);
        results.put(check.id(), result);
        return result;
    }

    private Optional<String> reasonToSkip(Check check) {
        if (Thread.currentThread().isInterrupted()) return cutShort("interrupted");
        if (left().compareTo(reserve()) <= 0) return cutShort(TIME_OVER);
        for (Need need : Need.values()) {
            if (!check.needs().contains(need)) continue;
            Optional<String> missing = need.missing(situation);
            if (missing.isPresent()) return missing;
        }
        for (String id : check.behind()) {
            Result before = results.get(id);
            if (before != null && before.outcome().isFinding()) {
                return Optional.of("it says nothing as long as " + id + " is not mended");
            }
        }
        return Optional.empty();
    }

    private Optional<String> cutShort(String why) {
        complete = false;
        return Optional.of(why);
    }

    private Duration left() {
        return budget.minusNanos(System.nanoTime() - start);
    }

    /** The time that is kept for the end. */
    private Duration reserve() {
        if (situation.postman().isEmpty()) return Duration.ZERO;
        Duration part = budget.dividedBy(8);
        return part.compareTo(TIDYING) < 0 ? part : TIDYING;
    }

    private Result talk(Check check) {
        Visit visit = new Visit(target, situation);
        long from = System.nanoTime();
        Duration until = left().minus(reserve());
        Duration limit = until.compareTo(LONGEST_CHECK) < 0 ? until : LONGEST_CHECK;
        Outcome broken = check.level() == Level.MUST ? Outcome.FAILED : Outcome.WARNED;
        try {
            Optional<Result> result = within(limit, visit, check.id(), () -> {
                try {
                    check.body().talk(visit);
                    return result(check, Outcome.PASSED, "", visit, from);
                } catch (Finding e) {
                    return result(check, broken, String.valueOf(e.getMessage()), visit, from);
                } catch (Moot e) {
                    return result(check, Outcome.SKIPPED, String.valueOf(e.getMessage()), visit, from);
                } catch (IOException e) {
                    String why = Transcript.escape(String.valueOf(e.getMessage()));
                    return result(check, broken, "the connection fails: " + why, visit, from);
                }
            });
            if (result.isPresent()) return result.get();
            if (limit.equals(LONGEST_CHECK)) {
                return result(check, broken, "it is not over within " + limit.toSeconds() + " s", visit, from);
            }
            return result(check, Outcome.SKIPPED, cutShort(TIME_OVER).get(), visit, from);
        } catch (ExecutionException e) {
            // Of whatever the server has said there should be none. The others say something all the same.
            return result(check, Outcome.SKIPPED, "this check has a defect: " + e.getCause(), visit, from);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return result(check, Outcome.SKIPPED, cutShort("interrupted").get(), visit, from);
        }
    }

    private static Duration since(long from) {
        return Duration.ofNanos(System.nanoTime() - from);
    }

    private Result result(Check check, Outcome outcome, String reason, Visit visit, long from) {
        return result(check, outcome, target.starred(reason), visit.transcript(), since(from));
    }

    private static Result result(Check check, Outcome outcome, String reason, String transcript, Duration took) {
        return new Result(
                check.id(),
                check.room(),
                check.title(),
                check.clause(),
                check.level(),
                check.why(),
                outcome,
                reason,
                transcript,
                took);
    }

    // ---- behind the checks

    /** Deletes what was delivered, and makes up the report. */
    Report finish() {
        tidyUp();
        if (!complete) notes.add("Not every check had its turn: the time was used up, or the run was interrupted.");
        return new Report(
                target.toString(),
                target.starred(situation.greeting),
                began,
                since(start),
                complete,
                List.copyOf(results.values()),
                notes.stream().map(target::starred).toList());
    }

    /** Also when the run was interrupted; but not for longer than it may take. */
    private void tidyUp() {
        if (situation.delivered.isEmpty() || tidied) return;
        tidied = true;
        Result before = results.get("quit-removes-no-other");
        if (situation.strangers > 0 && before != null && before.outcome().isFinding()) {
            left("the server removes more than it is told to");
            return;
        }
        boolean interrupted = Thread.interrupted();
        Visit visit = new Visit(target, situation);
        try {
            Duration limit = left().compareTo(TIDYING) > 0 ? left() : TIDYING;
            Optional<Integer> deleted = within(limit, visit, "end", () -> delete(visit));
            if (deleted.isEmpty()) {
                left("the server is too slow");
            } else if (deleted.get() == 0 && situation.numbers.isEmpty()) {
                left("it has not arrived");
            } else {
                notes.add("Messages that were delivered and are deleted again: " + deleted.get()
                        + " at the end, the others by the checks.");
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            left(cause == null ? "" : String.valueOf(cause.getMessage()));
        } catch (InterruptedException e) {
            interrupted = true;
            left("interrupted");
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private int delete(Visit visit) throws IOException, Finding, Moot {
        Talk talk = visit.loginForAll();
        Map<Integer, String> ours = ours(visit, talk, visit.count(talk));
        for (int number : ours.keySet()) talk.ok("DELE " + number);
        visit.update(talk);
        return ours.size();
    }

    private void left(String why) {
        notes.add("What was delivered may still be there (" + why + "); it has the header field "
                + situation.samples.field() + "/...");
    }
}
