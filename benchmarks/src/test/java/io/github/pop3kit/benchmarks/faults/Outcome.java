package io.github.pop3kit.benchmarks.faults;

import io.github.pop3kit.client.BatchInterruptedException;
import io.github.pop3kit.client.CommandRejectedException;
import io.github.pop3kit.client.CommitException;
import io.github.pop3kit.client.ConnectionLostException;
import io.github.pop3kit.client.CredentialsRefusedException;
import io.github.pop3kit.client.MaildropInUseException;
import io.github.pop3kit.client.Pop3Exception;
import io.github.pop3kit.client.Pop3TimeoutException;
import io.github.pop3kit.client.ProtocolViolationException;
import io.github.pop3kit.client.RateLimitedException;
import io.github.pop3kit.client.ServerTroubleException;
import io.github.pop3kit.client.TlsFailedException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What came of a session.
 *
 * @param wrong in what the client said something that is not so, without a word of doubt
 * @param end how it ended; "right" if it said that all went well
 */
record Outcome(List<String> wrong, boolean noted, String end) {

    private static final String HANG = "hangs";

    static Outcome of(Findings findings, Optional<Exception> thrown) {
        return new Outcome(
                List.copyOf(findings.wrong()),
                findings.isNoted(),
                thrown.map(Outcome::name).orElse("right"));
    }

    static Outcome hang() {
        return new Outcome(List.of(), false, HANG);
    }

    boolean isHang() {
        return end.equals(HANG);
    }

    /** The exception by what it tells. */
    private static String name(Throwable thrown) {
        if (thrown instanceof Pop3Exception ours) return name(ours);
        if (thrown instanceof Refused) return "refused";
        boolean late = Stream.iterate(thrown, some -> some != null, Throwable::getCause)
                .anyMatch(SocketTimeoutException.class::isInstance);
        return late ? "time-out" : thrown.getClass().getSimpleName().replace("Exception", "");
    }

    private static String name(Pop3Exception ours) {
        if (ours instanceof BatchInterruptedException batch && batch.getCause() instanceof Pop3Exception why) {
            return name(why);
        }
        if (ours instanceof CommitException commit) {
            return "commit " + commit.commit().outcome().name().toLowerCase(Locale.ROOT);
        }
        if (ours instanceof Pop3TimeoutException) return "time-out";
        if (ours instanceof ConnectionLostException) return "lost";
        if (ours instanceof ProtocolViolationException) return "violation";
        if (ours instanceof TlsFailedException) return "no TLS";
        if (ours instanceof CredentialsRefusedException) return "credentials";
        if (ours instanceof MaildropInUseException) return "in use";
        if (ours instanceof RateLimitedException) return "too soon";
        if (ours instanceof ServerTroubleException) return "trouble";
        if (ours instanceof CommandRejectedException) return "rejected";
        return ours.getClass().getSimpleName();
    }

    boolean isWrong() {
        return !wrong.isEmpty();
    }

    @Override
    public String toString() {
        if (isHang()) return "**hangs**";
        if (wrong.isEmpty()) return end;
        String what = "**wrong: " + String.join(", ", wrong) + "**" + (noted ? ", noted" : "");
        return end.equals("right") ? what : what + ", then " + end;
    }
}
