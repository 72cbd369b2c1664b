package io.github.pop3kit.client.sync;

import io.github.pop3kit.client.CancelledException;
import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.Pop3Exception;
import io.github.pop3kit.client.RateLimitedException;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.client.RetryPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One account from its first session to its report. A session that is lost is followed by another one, which goes on from there. */
final class SyncRun {

    private static final Logger log = LoggerFactory.getLogger(SyncRun.class);

    private final SyncAccount account;
    private final Pop3Sync sync;
    private final boolean dry;
    private final Tally tally = new Tally();
    private final Instant began;
    private int fruitless;
    private @Nullable Exception failure;
    private Duration loginDelay = Duration.ZERO;

    SyncRun(SyncAccount account, Pop3Sync sync, boolean dry) {
        this.account = account;
        this.sync = sync;
        this.dry = dry;
        this.began = sync.clock().instant();
    }

    /** Runs a session; says how long to wait before the next one, if there has to be one. */
    Optional<Duration> session() {
        int before = tally.progress();
        boolean[] opened = {false};
        try {
            if (dry) look();
            else perform(opened);
            failure = null;
            return Optional.empty();
        } catch (Pop3Exception e) {
            failure = e;
            if (tally.progress() > before) fruitless = 0;
            fruitless++;
            Optional<Duration> wait = wait(e, opened[0]);
            wait.ifPresent(time -> sync.listener().retrying(account.name(), e, time));
            return wait;
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException e) {
            log.error("a defect while {} was synchronised", account.name(), e);
            failure = e;
        }
        return Optional.empty();
    }

    private void perform(boolean[] opened) throws IOException {
        Path file = sync.journal(account.name());
        try (Journal journal = Journal.open(file, account.name(), sync.disk())) {
            try (RemoteMaildrop maildrop = open()) {
                opened[0] = true;
                new SyncSession(account, journal, maildrop, sync, tally).run();
            } finally {
                sync.left(account.name());
            }
            compact(journal);
        }
    }

    /** A journal that is too long is not worth a failure. */
    private void compact(Journal journal) {
        try {
            journal.compact(sync.clock().instant());
        } catch (IOException e) {
            log.warn("the journal of {} could not be rewritten", account.name(), e);
        }
    }

    private void look() throws IOException {
        Journal journal = Journal.look(sync.journal(account.name()), account.name(), sync.disk());
        try (RemoteMaildrop maildrop = open()) {
            new SyncSession(account, journal, maildrop, sync, tally).look();
        } finally {
            sync.left(account.name());
        }
    }

    private RemoteMaildrop open() throws IOException {
        Login login;
        try {
            login = account.logins().login();
        } catch (Pop3Exception e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Its words may hold what a token service said, but not a secret: that is the source's part.
            throw new SyncException(SyncException.Reason.CREDENTIALS, "no credentials: " + e.getMessage(), e);
        }
        RemoteMaildrop maildrop = account.client().open(login);
        loginDelay = announcedDelay(maildrop);
        sync.entered(account.name(), maildrop);
        return maildrop;
    }

    /** RFC 2449 section 6.5: seconds between two logins. */
    private static Duration announcedDelay(RemoteMaildrop maildrop) {
        return maildrop.capabilities().find("LOGIN-DELAY").stream()
                .flatMap(capability -> capability.arguments().stream())
                .limit(1)
                .filter(seconds -> seconds.matches("[0-9]{1,6}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .findFirst()
                .orElse(Duration.ZERO);
    }

    private Optional<Duration> wait(Pop3Exception e, boolean opened) {
        RetryPolicy policy = sync.retry();
        if (e instanceof CancelledException || sync.isStopped()) return Optional.empty();
        if (!opened) {
            return policy.waitAfter(fruitless, e, sync.random());
        }
        // Whatever has ended the session: a message that was to blame waits now, and the others go on.
        if (fruitless >= policy.attempts()) return Optional.empty();
        Duration pause = policy.first().multipliedBy(1L << Math.min(fruitless - 1, 10));
        if (e instanceof RateLimitedException limited)
            pause = longer(pause, limited.retryAfter().orElse(pause));
        pause = longer(pause, loginDelay);
        return pause.compareTo(policy.longest()) > 0 ? Optional.empty() : Optional.of(pause);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    /** When the server lets this account log in again, counted from its last login. */
    Duration loginDelay() {
        return loginDelay;
    }

    /** How long the server wants to be left alone, if it has said so. */
    Optional<Duration> wantedPause() {
        return failure instanceof RateLimitedException limited ? limited.retryAfter() : Optional.empty();
    }

    SyncReport report() {
        Clock clock = sync.clock();
        return tally.report(account.name(), failure, Duration.between(began, clock.instant()));
    }
}
