package io.github.pop3kit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.store.MailStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.JUnitException;
import org.opentest4j.AssertionFailedError;
import org.slf4j.Logger;

/** The kit needs nothing on the class path but slf4j-api and the project's own jars, and JUnit for what is JUnit's. */
class ClassPathTest {

    /** One class of each jar that is always there. */
    private static final List<Class<?>> OWN =
            List.of(Pop3TestServer.class, Pop3Server.class, MailStore.class, Command.class, Logger.class);

    private static final List<Class<?>> JUNIT = List.of(Test.class, JUnitException.class, AssertionFailedError.class);

    /** What is there for JUnit; all else does without. */
    private static final Pattern FOR_JUNIT =
            Pattern.compile(".*\\.(Pop3ServerExtension|LeakCheck|MailStoreContract|ConformanceTests)(\\$.*)?");

    private static final Pattern ALLOWED =
            Pattern.compile("java\\..*|javax\\.(net|security)(\\..*)?|io\\.github\\.pop3kit\\..*"
                    + "|org\\.junit\\..*|org\\.slf4j\\..*|org\\.jspecify\\.annotations");

    @Test
    void no_class_of_the_kit_knows_another_library() throws Exception {
        // Not from its root, or jdeps would look for the modules that its descriptor names.
        String folder = Pop3TestServer.class.getPackageName().replace('.', '/');
        StringWriter said = new StringWriter();
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        PrintWriter out = new PrintWriter(said);
        assertEquals(
                0,
                jdeps.run(
                        out,
                        out,
                        "--ignore-missing-deps",
                        "-verbose:package",
                        "-filter:none",
                        place(Pop3TestServer.class).resolve(folder).toString()),
                said::toString);
        Set<String> packages = new TreeSet<>();
        Matcher dependency = Pattern.compile("(?m)^ +\\S+ +-> (\\S+)").matcher(said.toString());
        while (dependency.find()) packages.add(dependency.group(1));
        assertTrue(packages.contains("org.junit.jupiter.api"), packages::toString);
        packages.removeIf(name -> ALLOWED.matcher(name).matches());
        assertEquals(Set.of(), packages);
    }

    @Test
    void every_class_can_be_loaded_with_those_jars_alone() throws Exception {
        List<Class<?>> all = new ArrayList<>(OWN);
        all.addAll(JUNIT);
        try (URLClassLoader alone = classPathOf(all)) {
            load(alone, name -> true);
        }
    }

    @Test
    void without_junit_all_but_what_is_for_it_can_be_loaded_and_a_server_runs() throws Exception {
        try (URLClassLoader alone = classPathOf(OWN)) {
            assertThrows(ClassNotFoundException.class, () -> alone.loadClass(Test.class.getName()));
            load(alone, name -> !FOR_JUNIT.matcher(name).matches());
            Class<?> kit = alone.loadClass(Pop3TestServer.class.getName());
            try (AutoCloseable server = (AutoCloseable) kit.getMethod("start").invoke(null)) {
                Object user = kit.getMethod("user", String.class, String.class).invoke(server, "bob", "secret");
                Object id = user.getClass().getMethod("deliver", String.class).invoke(user, "Subject: hi\n\nHello\n");
                assertEquals("1", id);
            }
        }
    }

    private static URLClassLoader classPathOf(List<Class<?>> classes) throws Exception {
        List<URL> jars = new ArrayList<>();
        for (Class<?> some : classes) jars.add(place(some).toUri().toURL());
        return new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static void load(ClassLoader alone, Predicate<String> which) throws Exception {
        int loaded = 0;
        for (String name : classes()) {
            if (!which.test(name)) continue;
            Class<?> kits = Class.forName(name, true, alone);
            assertTrue(kits.getDeclaredMethods().length + kits.getDeclaredFields().length >= 0, name);
            loaded++;
        }
        assertTrue(loaded > 50, "only " + loaded + " classes");
    }

    private static List<String> classes() throws IOException, URISyntaxException {
        Path root = place(Pop3TestServer.class);
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(root::relativize)
                    .map(Path::toString)
                    .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .map(name -> name.replace('/', '.').replace('\\', '.'))
                    .toList();
        }
    }

    private static Path place(Class<?> some) throws URISyntaxException {
        return Path.of(some.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
