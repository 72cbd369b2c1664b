package io.github.pop3kit.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SlowHashesTest {

    private final SlowHashes hashes = new SlowHashes(1, 2);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final List<String> served = Collections.synchronizedList(new ArrayList<>());

    @Test
    void who_comes_last_is_served_first_and_who_has_waited_longest_goes_when_there_is_no_room() throws Exception {
        FutureTask<String> first = inThread(this::work);
        begun.await();
        FutureTask<String> second = inThread(() -> come("second"));
        await(1);
        FutureTask<String> third = inThread(() -> come("third"));
        await(2);
        FutureTask<String> fourth = inThread(() -> come("fourth"));
        assertEquals("too many passwords are being checked", second.get());
        goOn.countDown();
        assertEquals("right", first.get());
        assertEquals("right", third.get());
        assertEquals("right", fourth.get());
        assertEquals(List.of("first", "fourth", "third"), served);
        assertTrue(hashes.work(() -> true), "and nobody is in the way of the next");
    }

    @Test
    void who_is_interrupted_leaves_his_place_to_others() throws Exception {
        FutureTask<String> first = inThread(this::work);
        begun.await();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedIOException.class, () -> hashes.work(() -> true));
        assertTrue(Thread.interrupted(), "it can still be seen");
        assertEquals(0, hashes.waiting());
        goOn.countDown();
        assertEquals("right", first.get());
        assertTrue(hashes.work(() -> true));
    }

    @Test
    void a_hash_that_fails_gives_its_place_back() throws IOException {
        assertThrows(
                IllegalStateException.class,
                () -> hashes.work(() -> {
                    throw new IllegalStateException("defect");
                }));
        assertTrue(hashes.work(() -> true));
    }

    private String work() throws IOException {
        hashes.work(() -> {
            begun.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return served.add("first");
        });
        return "right";
    }

    private String come(String name) {
        try {
            hashes.work(() -> served.add(name));
            return "right";
        } catch (IOException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    private void await(int waiting) {
        while (hashes.waiting() < waiting) Thread.onSpinWait();
    }

    private static FutureTask<String> inThread(Callable<String> work) {
        FutureTask<String> task = new FutureTask<>(work);
        new Thread(task).start();
        return task;
    }
}
