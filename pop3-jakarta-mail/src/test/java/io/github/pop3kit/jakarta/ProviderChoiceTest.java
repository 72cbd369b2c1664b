package io.github.pop3kit.jakarta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.jakarta.application.ModuleMain;
import io.github.pop3kit.testkit.Pop3TestServer;
import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which provider Jakarta Mail takes, with Angus Mail in front, behind or absent; on the class path and on the module path. */
@Timeout(120)
class ProviderChoiceTest {

    private static final List<String> CLASS_PATH = Arrays.stream(
                    System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> !entry.isEmpty())
            .toList();

    @ParameterizedTest
    @ValueSource(strings = {"pop3", "pop3s"})
    void ours_is_taken_wherever_Angus_stands(String protocol) throws Exception {
        String ours = (protocol.equals("pop3") ? Pop3Store.class : Pop3SslStore.class).getName();
        assertEquals(
                ours, storeOf(protocol, new Properties(), sorted(ProviderChoiceTest::isAngusMail)), "Angus behind");
        assertEquals(ours, storeOf(protocol, new Properties(), sorted(entry -> !isAngusMail(entry))), "Angus in front");
        assertEquals(
                ours,
                storeOf(protocol, new Properties(), without(ProviderChoiceTest::isAngusMail)),
                "angus-core alone");
    }

    @Test
    void without_our_jar_it_is_Angus() throws Exception {
        assertTrue(storeOf("pop3", new Properties(), without(ProviderChoiceTest::isOurs))
                .startsWith("org.eclipse.angus."));
    }

    @Test
    void a_property_names_either() throws Exception {
        Properties properties = new Properties();
        properties.setProperty("mail.pop3.class", "org.eclipse.angus.mail.pop3.POP3Store");
        assertEquals("org.eclipse.angus.mail.pop3.POP3Store", storeOf("pop3", properties, CLASS_PATH));
        properties.setProperty("mail.pop3.class", Pop3Store.class.getName());
        assertEquals(Pop3Store.class.getName(), storeOf("pop3", properties, CLASS_PATH));
    }

    private static boolean isAngusMail(String entry) {
        return Path.of(entry).getFileName().toString().startsWith("angus-mail-");
    }

    private static boolean isOurs(String entry) {
        return entry.contains("pop3-jakarta-mail") && !entry.contains("test-classes");
    }

    private static List<String> without(Predicate<String> what) {
        return CLASS_PATH.stream().filter(what.negate()).toList();
    }

    /** What fits last. */
    private static List<String> sorted(Predicate<String> last) {
        List<String> entries = new ArrayList<>(CLASS_PATH);
        entries.sort(Comparator.comparing(last::test));
        return entries;
    }

    private static String storeOf(String protocol, Properties properties, List<String> classPath) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : classPath) urls.add(Path.of(entry).toUri().toURL());
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(loader);
            Class<?> session = loader.loadClass("jakarta.mail.Session");
            Object made = session.getMethod("getInstance", Properties.class).invoke(null, properties);
            Method store = session.getMethod("getStore", String.class);
            return store.invoke(made, protocol).getClass().getName();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void on_the_module_path_with_angus_core() throws Exception {
        assertEquals(
                "io.github.pop3kit.jakarta/io.github.pop3kit.jakarta.Pop3Store 1 hello Hello\\r\\n",
                onTheModulePath("angus-core-"));
    }

    @Test
    void on_the_module_path_with_Angus_Mail() throws Exception {
        assertEquals(
                "io.github.pop3kit.jakarta/io.github.pop3kit.jakarta.Pop3Store 1 hello Hello\\r\\n",
                onTheModulePath("angus-mail-"));
    }

    /** @param angus which of the two jars, which are one module by name */
    private static String onTheModulePath(String angus) throws Exception {
        String modules = CLASS_PATH.stream()
                .filter(entry -> {
                    String name = Path.of(entry).getFileName().toString();
                    return isOurs(entry)
                            || entry.matches(".*pop3-(client|protocol)\\b.*")
                            || name.matches("(jakarta\\.(mail|activation)-api|angus-activation|slf4j-api)-.*")
                            || name.startsWith(angus);
                })
                .collect(Collectors.joining(File.pathSeparator));
        String testClasses = Path.of(ModuleMain.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
        try (Pop3TestServer server = Pop3TestServer.start()) {
            server.user("bob", "secret").deliver("Subject: hello\n\nHello\n");
            Process application = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--module-path",
                            modules,
                            "--add-modules",
                            "io.github.pop3kit.jakarta,org.eclipse.angus.mail,org.eclipse.angus.activation",
                            "-cp",
                            testClasses,
                            ModuleMain.class.getName(),
                            server.host(),
                            Integer.toString(server.port()))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(application.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, application.waitFor(), output);
            return output.lines().reduce("", (first, last) -> last);
        }
    }
}
