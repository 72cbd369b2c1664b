package io.github.pop3kit.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The files and sockets that this process may have open. */
final class Descriptors {

    /** The JVM's own: jars, the log, listening sockets. */
    private static final long RESERVE = 200;

    private Descriptors() {}

    /** For how many connections they suffice, when one in four has a message open. */
    static long connections() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? Math.max(1, (unix.getMaxFileDescriptorCount() - RESERVE) * 4 / 5)
                : Long.MAX_VALUE;
    }
}
