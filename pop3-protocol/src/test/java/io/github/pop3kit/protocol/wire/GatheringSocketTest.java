package io.github.pop3kit.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.Socket;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GatheringSocketTest {

    /** They belong to a socket that is not connected, and need none, or are for a channel. */
    private static final Set<String> NOT_ITS_OWN = Set.of("connect", "bind", "setPerformancePreferences", "getChannel");

    /** What it left to its superclass would open a second descriptor, which nobody closes. */
    @Test
    void whatever_is_asked_is_asked_of_the_carrier() {
        Set<String> own = names(GatheringSocket.class);
        Set<String> missing = names(Socket.class);
        missing.removeAll(own);
        missing.removeAll(NOT_ITS_OWN);
        assertEquals(Set.of(), missing);
    }

    private static Set<String> names(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers()))
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
