package io.github.pop3kit.store.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pop3kit.store.jdbc.application.ModuleMain;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The other tests run on the class path; an application may run on the module path. */
@Timeout(60)
class ModulePathTest {

    @Test
    void an_application_of_modules_finds_the_store_by_its_scheme() throws Exception {
        assertEquals(
                "0 in io.github.pop3kit.store.jdbc", run("located", "com.zaxxer.hikari,com.h2database", "HikariCP-"));
    }

    @Test
    void an_application_of_modules_brings_its_own_connections() throws Exception {
        assertEquals("0 in io.github.pop3kit.store.jdbc", run("embedded", "com.h2database", "none"));
    }

    /** Runs ModuleMain, which is in no module, over those of the store. */
    private static String run(String how, String modules, String pool) throws Exception {
        String path = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> {
                    String name = Path.of(entry).getFileName().toString();
                    boolean ours = entry.matches(".*pop3-store-(spi|jdbc)\\b.*") && !name.equals("test-classes");
                    return ours || name.matches("(slf4j-api|h2)-.*") || name.startsWith(pool);
                })
                .collect(Collectors.joining(File.pathSeparator));
        String testClasses = Path.of(ModuleMain.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
        Process running = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--module-path",
                        path,
                        "--add-modules",
                        "io.github.pop3kit.store.jdbc," + modules,
                        "-cp",
                        testClasses,
                        ModuleMain.class.getName(),
                        how)
                .redirectErrorStream(true)
                .start();
        String output = new String(running.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, running.waitFor(), output);
        return output.lines().reduce("", (first, last) -> last);
    }
}
