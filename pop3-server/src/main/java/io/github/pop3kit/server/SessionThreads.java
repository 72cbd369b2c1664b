package io.github.pop3kit.server;

import java.lang.reflect.Method;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread per session: virtual where the runtime has them (Java 21), else of the platform, with a small stack. */
final class SessionThreads {

    private static final Logger log = LoggerFactory.getLogger(SessionThreads.class);
    private static final long STACK = 256 * 1024;

    private SessionThreads() {}

    static ThreadFactory create() {
        if (Runtime.version().feature() >= 21) {
            try {
                Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
                Class<?> type = Class.forName("java.lang.Thread$Builder");
                builder = type.getMethod("name", String.class, long.class).invoke(builder, "pop3-session-", 1L);
                Method factory = type.getMethod("factory");
                return (ThreadFactory) factory.invoke(builder);
            } catch (ReflectiveOperationException e) {
                log.warn("virtual threads cannot be made; sessions run on platform threads", e);
            }
        }
        return session -> new Thread(null, session, "pop3-session", STACK);
    }
}
