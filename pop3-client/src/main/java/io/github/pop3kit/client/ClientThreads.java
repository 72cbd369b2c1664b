package io.github.pop3kit.client;

import java.util.concurrent.Executor;

/** Threads that end soon, and that a process does not wait for. */
final class ClientThreads {

    /** A daemon of the platform for each task: for calls that would hold the carrier of a virtual thread. */
    static final Executor PLATFORM = task -> {
        Thread thread = new Thread(null, task, "pop3-client", 0, false);
        thread.setDaemon(true);
        thread.start();
    };

    /** A thread for each task: virtual where the runtime has them (Java 21), else a daemon. */
    static final Executor LIGHT = light();

    private ClientThreads() {}

    private static Executor light() {
        if (Runtime.version().feature() < 21) return PLATFORM;
        try {
            return (Executor) Class.forName("java.util.concurrent.Executors")
                    .getMethod("newVirtualThreadPerTaskExecutor")
                    .invoke(null);
        } catch (ReflectiveOperationException none) {
            return PLATFORM;
        }
    }
}
