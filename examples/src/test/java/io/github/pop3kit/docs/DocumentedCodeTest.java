package io.github.pop3kit.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Examples in Javadoc, and fragments in pages that show no whole program, compile: against names that stand for the reader's own. */
class DocumentedCodeTest {

    private static final Pattern JAVADOC = Pattern.compile("<pre>\\{@code\n(.*?)\n *\\* }</pre>", Pattern.DOTALL);
    private static final Pattern MARKDOWN = Pattern.compile("(?<!-->\n)```java\n(.*?)```\n", Pattern.DOTALL);

    /** What the reader has. */
    private static final String AROUND = """
            import static io.github.pop3kit.testkit.Pop3Assertions.assertThat;
            import static org.junit.jupiter.api.Assertions.*;
            import io.github.pop3kit.client.*;
            import io.github.pop3kit.client.sync.*;
            import io.github.pop3kit.protocol.*;
            import io.github.pop3kit.protocol.transcript.*;
            import io.github.pop3kit.server.*;
            import io.github.pop3kit.server.auth.*;
            import io.github.pop3kit.store.*;
            import io.github.pop3kit.store.jdbc.*;
            import io.github.pop3kit.store.memory.*;
            import io.github.pop3kit.testkit.*;
            import io.github.pop3kit.testkit.conformance.*;
            import java.io.*;
            import java.net.Socket;
            import java.nio.file.*;
            import java.time.*;
            import java.util.*;
            import java.util.stream.*;
            import java.security.cert.*;
            import javax.net.ssl.*;
            import javax.sql.*;
            import org.junit.jupiter.api.*;
            import org.junit.jupiter.api.extension.*;
            import org.junit.jupiter.api.io.TempDir;
            class Reader {
                Pop3Client client; String secret; String password; String token; Pop3TestServer server; Faults faults; TestUser bob;
                byte[] octets; Path spool; Path path; Socket socket; int port; DataSource dataSource; InputStream message;
                Pop3Server.Builder builder; ServerCertificate certificate; MailStore store; Directory directory;
                static List<String> fetchMail(String host, int port, String user, String password) { return List.of(); }
                static void archive(InputStream message) {}
                interface Directory { boolean check(String user, String password) throws IOException; }
            }
            class Conscrypt { static java.security.Provider newProvider() { return null; } }
            class MyStore extends FolderStore { MyStore() { super(null); } }
            class FolderStore implements MailStore {
                FolderStore(Path root) {}
                public Maildrop open(Account account) throws IOException { throw new IOException(); }
            }
            """;

    private record Block(String where, String code) {

        /** A whole class, members of one, statements, or an expression. */
        String compilable() {
            String whole = code.replace(" { … }", " {}")
                    .replaceAll("(?m)^ *… *(//.*)?$", "")
                    .replace("…);", ");");
            if (whole.matches("(?s)(.*\n)?class .*")) return AROUND + whole;
            if (whole.contains("@RegisterExtension") || whole.contains("@TestFactory"))
                return AROUND + "class Block extends Reader {\n" + members(whole) + "}";
            if (!whole.contains(";") && !whole.contains("{")) whole = "Object one = " + whole + ";";
            return AROUND + "class Block extends Reader { void block() throws Exception {\n" + whole + "\n} }";
        }

        /** Statements among members are shown for what a test does. */
        private static String members(String code) {
            return code.replaceAll("(?m)^(?=MailStore store = leaks)", "final ");
        }
    }

    private static List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (Path page : Pages.all()) {
            if (!Pages.BY_HAND.contains(page.getFileName().toString())) continue;
            add(blocks, page, MARKDOWN.matcher(Sources.text(page)));
        }
        try (Stream<Path> files = Files.walk(Sources.ROOT)) {
            for (Path file : files.filter(
                            file -> file.toString().replace('\\', '/').matches(".*/src/main/.*\\.java"))
                    .toList()) {
                add(blocks, file, JAVADOC.matcher(Sources.text(file)));
            }
        }
        return blocks;
    }

    private static void add(List<Block> blocks, Path file, Matcher matcher) {
        while (matcher.find()) {
            String code = matcher.group(1).replaceAll("(?m)^ *\\* ?", "");
            // Jakarta Mail is not on the class path here.
            if (!code.contains("FetchProfile"))
                blocks.add(new Block(file.getFileName().toString(), code));
        }
    }

    @Test
    void every_fragment_compiles(@TempDir Path classes) throws IOException {
        List<InMemory> sources = new ArrayList<>();
        for (Block block : blocks()) sources.add(new InMemory(block, "block" + sources.size()));
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<String> options = List.of("-proc:none", "-Xlint:none", "-d", classes.toString());
        ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, found, options, null, sources)
                .call();
        List<String> wrong = new ArrayList<>();
        for (Diagnostic<? extends JavaFileObject> problem : found.getDiagnostics()) {
            if (problem.getKind() != Diagnostic.Kind.ERROR) continue;
            wrong.add(((InMemory) problem.getSource()).block + ": " + problem.getMessage(Locale.ROOT));
        }
        assertEquals(List.of(), wrong);
        assertTrue(sources.size() > 20, sources.size() + " fragments");
    }

    /** Each in a package of its own. */
    private static final class InMemory extends SimpleJavaFileObject {

        private final Block block;
        private final String source;

        InMemory(Block block, String place) {
            super(URI.create("string:///" + place + "/Block.java"), Kind.SOURCE);
            this.block = block;
            this.source = "package " + place + ";\n" + block.compilable();
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
        }
    }
}
