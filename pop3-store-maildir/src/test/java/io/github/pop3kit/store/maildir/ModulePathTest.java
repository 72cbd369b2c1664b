package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pop3kit.store.MailStores;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The other tests run on the class path; an application may run on the module path. */
@Timeout(60)
class ModulePathTest {

    private static final String MODULE = """
            module application {
                requires io.github.pop3kit.store;
            }
            """;

    private static final String MAIN = """
            package application;

            import io.github.pop3kit.store.Account;
            import io.github.pop3kit.store.MailStore;
            import io.github.pop3kit.store.MailStores;
            import java.util.Map;

            public class Main {
                public static void main(String[] locations) throws Exception {
                    for (String location : locations) {
                        try (MailStore store = MailStores.create(location, Map.of())) {
                            store.open(Account.of("mrose")).close();
                            System.out.println(store.getClass().getName() + " in " + store.getClass().getModule().getName());
                        }
                    }
                }
            }
            """;

    @TempDir
    Path directory;

    @Test
    void an_application_of_modules_finds_the_stores_by_their_schemes() throws Exception {
        Path module = Files.writeString(directory.resolve("module-info.java"), MODULE);
        Path main = Files.writeString(directory.resolve("Main.java"), MAIN);
        Path classes = directory.resolve("classes");
        String modules = Stream.of(MailStores.class, MaildirStore.class, LoggerFactory.class)
                .map(ModulePathTest::place)
                .collect(Collectors.joining(File.pathSeparator));
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
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
                        "application/application.Main",
                        "memory:",
                        "maildir:" + directory)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(application.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, application.waitFor());
        assertEquals(
                List.of(
                        "io.github.pop3kit.store.memory.MemoryMailStore in io.github.pop3kit.store",
                        "io.github.pop3kit.store.maildir.MaildirStore in io.github.pop3kit.store.maildir"),
                output.lines().toList());
    }

    private static String place(Class<?> type) {
        URI location = URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString());
        return Path.of(location).toString();
    }
}
