package io.github.pop3kit.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The sources of all modules, as far as the documentation speaks of them. */
final class Sources {

    /** Of the repository; tests run in the folder of their module. */
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Pattern TEST =
            Pattern.compile("@(Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|FuzzTest)\\b");

    /** By simple name; two modules may each have a class of one name. */
    private final Map<String, List<String>> classes = new HashMap<>();

    private Sources() {}

    static Sources read() throws IOException {
        Sources sources = new Sources();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.filter(Sources::isModule).toList()) sources.add(module.resolve("src"));
        }
        return sources;
    }

    private static boolean isModule(Path folder) {
        return Files.exists(folder.resolve("pom.xml")) && Files.isDirectory(folder.resolve("src"));
    }

    private void add(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".java")).toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                classes.computeIfAbsent(name, any -> new ArrayList<>()).add(text(file));
            }
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether there is a class {@code Outer}, a nested one {@code Outer.Inner}, or a member {@code Outer.Inner.member}. */
    boolean has(String name) {
        String[] parts = name.split("\\.", -1);
        return classes.getOrDefault(parts[0], List.of()).stream().anyMatch(source -> {
            for (int i = 1; i < parts.length; i++) {
                if (!declares(source, parts[i])) return false;
            }
            return true;
        });
    }

    private static boolean declares(String source, String name) {
        String type = "(?:class|interface|record|enum)\\s+" + name + "\\b";
        String method = "[\\w>\\]?]\\s+" + name + "\\s*\\([^;{}]*\\)[^;{}()]*[;{]";
        String constant = "\\b[A-Z][\\w<>]*\\s+" + name + "\\s*=|^ +" + name + "\\s*[,;(]";
        return Pattern.compile(type + "|" + method + "|" + constant, Pattern.MULTILINE)
                .matcher(source)
                .find();
    }

    /** Whether {@code Class} has tests in it, or {@code Class.method} is one. */
    boolean hasTest(String name) {
        int dot = name.indexOf('.');
        if (dot < 0) {
            return classes.getOrDefault(name, List.of()).stream()
                    .anyMatch(source -> TEST.matcher(source).find());
        }
        Pattern method = Pattern.compile("^ +[^\\n=]*[>\\w] " + name.substring(dot + 1) + "\\(", Pattern.MULTILINE);
        return classes.getOrDefault(name.substring(0, dot), List.of()).stream().anyMatch(source -> {
            Matcher declaration = method.matcher(source);
            return declaration.find() && isAnnotated(source, declaration.start());
        });
    }

    /** Members are parted by empty lines. */
    private static boolean isAnnotated(String source, int declaration) {
        int begin = Math.max(0, source.lastIndexOf("\n\n", declaration));
        return TEST.matcher(source.substring(begin, declaration)).find();
    }
}
