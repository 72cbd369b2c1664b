package io.github.pop3kit.jakarta;

import io.github.pop3kit.client.CommandRejectedException;
import io.github.pop3kit.client.Pop3Exception;
import io.github.pop3kit.client.RemoteMaildrop;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A session with the server that the threads of an application share: each asks and gets its whole answer, then the next. */
final class Conversation {

    private static final Logger log = LoggerFactory.getLogger(Conversation.class);

    private final RemoteMaildrop maildrop;
    private final ReentrantLock turn = new ReentrantLock();

    Conversation(RemoteMaildrop maildrop) {
        this.maildrop = maildrop;
    }

    interface Question<T> {
        T ask(RemoteMaildrop maildrop) throws IOException, MessagingException;
    }

    <T> T ask(Question<T> question) throws IOException, MessagingException {
        turn.lock();
        try {
            return question.ask(maildrop);
        } finally {
            turn.unlock();
        }
    }

    /** Whether it can be used. */
    boolean isAlive() {
        return end().isEmpty();
    }

    /** Why it is over, if NOOP shows that. A thread that reads a message from it shows by that that it is not. */
    Optional<Pop3Exception> end() {
        if (turn.isHeldByCurrentThread() || !turn.tryLock()) return Optional.empty();
        try {
            maildrop.noop();
            return Optional.empty();
        } catch (CommandRejectedException answered) {
            return Optional.empty();
        } catch (Pop3Exception e) {
            return Optional.of(e);
        } finally {
            turn.unlock();
        }
    }

    RemoteMaildrop maildrop() {
        return maildrop;
    }

    /** Says QUIT where nothing is marked, so that nothing can go wrong. */
    void leave() {
        turn.lock();
        try {
            maildrop.quit();
        } catch (Pop3Exception e) {
            log.debug("{} did not take QUIT", maildrop.server(), e);
        } finally {
            turn.unlock();
            abandon();
        }
    }

    /** Ends it without a word: the server deletes nothing. For any thread, also while another waits. */
    void abandon() {
        maildrop.close();
    }
}
