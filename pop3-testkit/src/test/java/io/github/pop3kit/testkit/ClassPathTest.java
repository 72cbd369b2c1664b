package io.github.pop3kit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.JUnitException;
import org.opentest4j.AssertionFailedError;
import org.slf4j.Logger;

/** The kit needs nothing on the class path but JUnit, slf4j-api and the project's own jars. */
class ClassPathTest {

    /** One class of each jar that is there. */
    private static final List<Class<?>> JARS = List.of(
            Pop3TestServer.class,
            Pop3Server.class,
            MailStore.class,
            Command.class,
            Test.class,
            JUnitException.class,
            AssertionFailedError.class,
            Logger.class);

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
    void every_class_can_be_loaded_and_a_server_runs_with_those_jars_alone() throws Exception {
        List<URL> jars = new ArrayList<>();
        for (Class<?> some : JARS) jars.add(place(some).toUri().toURL());
        try (URLClassLoader alone =
                new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            int loaded = 0;
            for (String name : classes()) {
                Class<?> kits = Class.forName(name, true, alone);
                assertTrue(kits.getDeclaredMethods().length + kits.getDeclaredFields().length >= 0, name);
                loaded++;
            }
            assertTrue(loaded > 50, "only " + loaded + " classes");
            Class<?> kit = alone.loadClass(Pop3TestServer.class.getName());
            try (AutoCloseable server = (AutoCloseable) kit.getMethod("start").invoke(null)) {
                Object user = kit.getMethod("user", String.class, String.class).invoke(server, "bob", "secret");
                Object id = user.getClass().getMethod("deliver", String.class).invoke(user, "Subject: hi\n\nHello\n");
                assertEquals("1", id);
            }
        }
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
