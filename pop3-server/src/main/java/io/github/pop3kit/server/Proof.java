package io.github.pop3kit.server;

import io.github.pop3kit.store.Account;
import java.io.IOException;
import java.util.Optional;

/** What a client has brought forward to log in: whose it says it is, and how to find out. It does not show what it is. */
final class Proof {

    /** Decides; empty if it is refused. */
    @FunctionalInterface
    interface Judge {
        Optional<Account> judge(String user) throws IOException;
    }

    /** Decides where the server has something to say in the end, too. */
    @FunctionalInterface
    interface SpeakingJudge {
        Optional<Verdict> judge(String user) throws IOException;
    }

    /** Who it is, and what the server proves itself by, if it has to. */
    record Verdict(Account account, Optional<byte[]> lastChallenge) {}

    private final String user;
    private final String actAs;
    private final SpeakingJudge judge;
    private final Optional<byte[]> refusal;

    private Proof(String user, String actAs, SpeakingJudge judge, Optional<byte[]> refusal) {
        this.user = user;
        this.actAs = actAs;
        this.judge = judge;
        this.refusal = refusal;
    }

    /**
     * A proof.
     *
     * @param user whose it says it is; empty if it says nothing
     * @param actAs whose maildrop is wanted; empty for the user's own
     */
    static Proof of(String user, String actAs, Judge judge) {
        return ofVerdict(user, actAs, name -> judge.judge(name).map(account -> new Verdict(account, Optional.empty())));
    }

    static Proof ofVerdict(String user, String actAs, SpeakingJudge judge) {
        return new Proof(user, actAs, judge, Optional.empty());
    }

    /** The same, of a mechanism in which the client hears in a challenge that it was refused. */
    Proof refusedWith(byte[] challenge) {
        return new Proof(user, actAs, judge, Optional.of(challenge));
    }

    /** What the client says who it is. */
    String user() {
        return user;
    }

    /** Whose maildrop is wanted; empty for the user's own. */
    String actAs() {
        return actAs;
    }

    Optional<byte[]> refusal() {
        return refusal;
    }

    Optional<Verdict> judge() throws IOException {
        return user.isEmpty() || Secrets.allowed(user) ? judge.judge(Secrets.prepared(user)) : Optional.empty();
    }

    @Override
    public String toString() {
        return "Proof[" + user + "]";
    }
}
