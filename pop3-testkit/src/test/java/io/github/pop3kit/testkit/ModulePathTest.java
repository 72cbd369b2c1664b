package io.github.pop3kit.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.store.MailStore;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The other tests run on the class path; those of an application may run on the module path, with JUnit or without. */
@Timeout(60)
class ModulePathTest {

    private static final String MODULE = """
            module application {
                requires io.github.pop3kit.testkit;
            }
            """;

    private static final String MAIN = """
            package application;

            import io.github.pop3kit.protocol.transcript.Pace;
            import io.github.pop3kit.protocol.transcript.Transcript;
            import io.github.pop3kit.testkit.Pop3Assertions;
            import io.github.pop3kit.testkit.Pop3TestServer;

            public class Main {
                public static void main(String[] none) throws Exception {
                    try (Pop3TestServer server = Pop3TestServer.start()) {
                        server.user("bob", "secret").deliver("Hello\\n");
                        server.faults().on("NOOP").answer("-ERR not today");
                        Transcript.parse("S: +OK …\\nC: USER bob\\nS: +OK …\\nC: PASS secret\\nS: +OK …\\nC: NOOP\\nS: -ERR not today\\n")
                                .playClient(server.connect(), new Pace.Lines());
                        Pop3Assertions.assertThat(server).received("NOOP");
                        System.out.println(server.getClass().getModule().getName());
                    }
                }
            }
            """;

    @TempDir
    Path directory;

    @Test
    void an_application_of_modules_uses_the_kit() throws Exception {
        Path module = Files.writeString(directory.resolve("module-info.java"), MODULE);
        Path main = Files.writeString(directory.resolve("Main.java"), MAIN);
        Path classes = directory.resolve("classes");
        String modules = Stream.of(
                        Command.class, MailStore.class, Pop3Server.class, Pop3TestServer.class, LoggerFactory.class)
                .map(ModulePathTest::place)
                .collect(Collectors.joining(File.pathSeparator));
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-encoding",
                        "UTF-8",
                        "--module-path",
                        modules,
                        "-d",
                        classes.toString(),
                        module.toString(),
                        main.toString());
        assertEquals(0, compiled);

        Process application = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--module-path",
                        modules + File.pathSeparator + classes,
                        "--module",
                        "application/application.Main")
                .redirectErrorStream(true)
                .start();
        String output = new String(application.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, application.waitFor(), output);
        assertEquals("io.github.pop3kit.testkit", output.lines().reduce("", (before, last) -> last));
    }

    private static String place(Class<?> type) {
        URI location = URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString());
        return Path.of(location).toString();
    }
}
