package io.github.pop3kit.store.maildir;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine this process runs on, as it is called in the names of messages and in locks. */
final class Host {

    static final String NAME = name();

    /** The namespace of pids that the kernel starts with. */
    private static final String FIRST_PIDS = "pid:[4026531836]";

    /** Where a pid means the same process: this machine, and where it is divided into containers, this container. */
    static final String PIDS = NAME.replaceAll("[^!-~]", "_") + "/" + pidNamespace();

    /**
     * How this host is called in Dovecot's lock files, {@code pid:host}. Dovecot breaks a lock at once if the host is its own and it
     * has no such process; in a container, where pids mean something else, the host therefore has a name that no Dovecot has.
     */
    static final String IN_DOT_LOCKS =
            PIDS.endsWith(FIRST_PIDS) || PIDS.endsWith("/") ? NAME : PIDS.replaceAll("[:\\[\\]]", "");

    private Host() {}

    private static String name() {
        try {
            // Where there is this file, it spares a look-up that may wait for a name server.
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException notLinux) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (IOException nameless) {
                return "localhost";
            }
        }
    }

    private static String pidNamespace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
        } catch (IOException | UnsupportedOperationException notLinux) {
            return "";
        }
    }
}
