package io.github.pop3kit.testkit.conformance;

import io.github.pop3kit.protocol.Capabilities;
import io.github.pop3kit.testkit.conformance.CannotCheckException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One run of all checks against one server: what comes before them, each of them, and what is left to tidy up. For one thread. */
final class Run {

    private static final Duration ARRIVAL = Duration.ofSeconds(20);
    private static final Duration LONGEST_CHECK = Duration.ofSeconds(40);
    private static final Duration ABORTED = Duration.ofSeconds(5);
    private static final int STRANGERS_IN_A_ROW = 50;

    private final Target target;
    private final Duration budget;
    private final Situation situation;
    private final Instant began = Instant.now();
    private final long start = System.nanoTime();
    private final Map<String, Result> results = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private boolean answersQuit = true;

    Run(Target target, Optional<Postman> postman, Duration budget) {
        this.target = target;
        this.budget = budget;
        this.situation = new Situation(target, postman);
    }

    // ---- before the checks

    /** Finds out what the server offers, how to log in, and delivers the samples. */
    void prepare() throws CannotCheckException {
        Visit visit = new Visit(target, situation);
        try {
            look(visit);
            if (!target.user().isEmpty()) logIn(visit);
        } catch (Finding | Moot e) {
            throw new CannotCheckException(
                    situation.greeting.isEmpty() ? Reason.UNREACHABLE : Reason.PROTOCOL,
                    target.address() + ": " + e.getMessage());
        } catch (IOException e) {
            if (e instanceof CannotCheckException known) throw known;
            throw new CannotCheckException(Reason.UNREACHABLE, target.address() + ": " + e.getMessage());
        } finally {
            visit.end(true);
        }
        if (situation.loggedIn && situation.postman().isPresent())
            deliver(situation.postman().get());
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
        probe(talk);
    }

    /** Which commands work that nobody needs to have. */
    private void probe(Talk talk) throws IOException, Finding {
        if (talk.ask("UIDL").isOk()) {
            situation.uidlWorks = true;
            talk.rest("UIDL");
        }
        if (situation.count > 0 && talk.ask("TOP 1 0").isOk()) {
            situation.topWorks = true;
            talk.rest("TOP");
        }
        talk.quit();
    }

    private void deliver(Postman postman) throws CannotCheckException {
        try {
            for (Map.Entry<String, String> message :
                    situation.samples.messages().entrySet()) {
                postman.deliver(Samples.octets(message.getValue()));
                situation.delivered.add(message.getKey());
            }
        } catch (IOException e) {
            tidyUp();
            throw new CannotCheckException(Reason.DELIVERY, "messages cannot be delivered: " + e.getMessage());
        }
        int expected = situation.strangers + situation.delivered.size();
        long late = System.nanoTime() + ARRIVAL.toNanos();
        while (true) {
            Visit visit = new Visit(target, situation);
            try {
                Talk talk = visit.loginForAll();
                situation.count = visit.count(talk);
                if (situation.count >= expected || System.nanoTime() > late) {
                    if (situation.count > 0 && talk.ask("TOP 1 0").isOk()) {
                        situation.topWorks = true;
                        talk.rest("TOP");
                    }
                    take(visit, talk);
                    return;
                }
                Visit.pause();
            } catch (IOException | Finding | Moot e) {
                throw new CannotCheckException(Reason.DELIVERY, "the samples cannot be found: " + e.getMessage());
            } finally {
                visit.end(true);
            }
        }
    }

    /** Finds our messages, which stand last, by their marks. */
    private void take(Visit visit, Talk talk) throws IOException, Finding {
        int strangers = 0;
        for (int number = situation.count; number >= 1 && strangers < STRANGERS_IN_A_ROW; number--) {
            String name = visit.nameOf(talk, number);
            if (name.isEmpty()) {
                strangers++;
            } else {
                situation.numbers.put(name, number);
            }
        }
        for (String name : situation.delivered) {
            if (!situation.numbers.containsKey(name)) {
                notes.add("The sample " + name + " was delivered and did not arrive.");
            } else if (name.startsWith(Samples.SPARE) && !name.equals(Samples.SPARE + "0")) {
                situation.spares.add(name);
            }
        }
        if (situation.numbers.isEmpty()) throw new Finding("none of them has arrived");
    }

    // ---- the checks

    /** Runs one check, unless it cannot be judged. */
    Result check(Check check) {
        Optional<String> skipped = reasonToSkip(check);
        Result result =
                skipped.isPresent() ? result(check, Outcome.SKIPPED, skipped.get(), "", Duration.ZERO) : talk(check);
        results.put(check.id(), result);
        return result;
    }

    private Optional<String> reasonToSkip(Check check) {
        if (left().isNegative()) return Optional.of("the time was used up");
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

    private Duration left() {
        return budget.minusNanos(System.nanoTime() - start);
    }

    private Result talk(Check check) {
        Visit visit = new Visit(target, situation);
        long from = System.nanoTime();
        Duration limit = left().compareTo(LONGEST_CHECK) < 0 ? left() : LONGEST_CHECK;
        FutureTask<Result> task = new FutureTask<>(() -> {
            Outcome broken = check.level() == Level.MUST ? Outcome.FAILED : Outcome.WARNED;
            try {
                check.body().talk(visit);
                return result(check, Outcome.PASSED, "", visit.transcript(), since(from));
            } catch (Finding e) {
                return result(check, broken, String.valueOf(e.getMessage()), visit.transcript(), since(from));
            } catch (Moot e) {
                return result(check, Outcome.SKIPPED, String.valueOf(e.getMessage()), visit.transcript(), since(from));
            } catch (IOException e) {
                return result(
                        check, broken, "the connection fails: " + e.getMessage(), visit.transcript(), since(from));
            }
        });
        Thread thread = new Thread(task, "pop3-check " + check.id());
        thread.setDaemon(true);
        thread.start();
        try {
            Result result = task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            answersQuit = visit.end(answersQuit);
            return result;
        } catch (TimeoutException e) {
            visit.abort();
            return late(check, task, limit, since(from));
        } catch (ExecutionException e) {
            throw new IllegalStateException("the check " + check.id() + " has a defect", e.getCause());
        } catch (InterruptedException e) {
            visit.abort();
            Thread.currentThread().interrupt();
            return result(check, Outcome.SKIPPED, "interrupted", "", since(from));
        }
    }

    private Result late(Check check, FutureTask<Result> task, Duration limit, Duration took) {
        String transcript = "";
        try {
            transcript = task.get(ABORTED.toMillis(), TimeUnit.MILLISECONDS).transcript();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // What was said so far is all there is.
        }
        if (limit.compareTo(LONGEST_CHECK) < 0) {
            return result(check, Outcome.SKIPPED, "the time was used up", transcript, took);
        }
        Outcome broken = check.level() == Level.MUST ? Outcome.FAILED : Outcome.WARNED;
        return result(check, broken, "it is not over within " + limit.toSeconds() + " s", transcript, took);
    }

    private static Duration since(long from) {
        return Duration.ofNanos(System.nanoTime() - from);
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
        return new Report(
                target.toString(),
                situation.greeting,
                began,
                since(start),
                List.copyOf(results.values()),
                List.copyOf(notes));
    }

    private void tidyUp() {
        if (situation.delivered.isEmpty()) return;
        Visit visit = new Visit(target, situation);
        try {
            Talk talk = visit.loginForAll();
            int strangers = 0;
            int deleted = 0;
            for (int number = visit.count(talk); number >= 1 && strangers < STRANGERS_IN_A_ROW; number--) {
                if (visit.nameOf(talk, number).isEmpty()) {
                    strangers++;
                } else {
                    talk.ok("DELE " + number);
                    deleted++;
                }
            }
            talk.quit();
            notes.add("Messages that were delivered and are deleted again: " + deleted
                    + " at the end, the others by the checks.");
        } catch (IOException | Finding | Moot e) {
            notes.add("What was delivered could not be deleted (" + e.getMessage() + "); it has the header field "
                    + situation.samples.field() + "/...");
        } finally {
            visit.end(true);
        }
    }
}
