package io.github.pop3kit.client.sync;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Each kind of sink with files, and what is in it: messages with lines ended by LF, one character per octet, sorted. */
enum Kept {
    FOLDER {
        @Override
        Sink sink(Path place, Disk disk) {
            return FileSink.folder(place, disk);
        }

        @Override
        List<String> messages(Path place) {
            return files(place, ".eml");
        }
    },
    MAILDIR {
        @Override
        Sink sink(Path place, Disk disk) {
            return FileSink.maildir(place, disk);
        }

        @Override
        List<String> messages(Path place) {
            List<String> all = new ArrayList<>(files(place.resolve("new"), ""));
            all.addAll(files(place.resolve("cur"), ""));
            return all.stream().sorted().toList();
        }
    },
    MBOX {
        @Override
        Sink sink(Path place, Disk disk) {
            return new MboxSink(place, disk);
        }

        @Override
        List<String> messages(Path place) {
            if (!Files.exists(place)) return List.of();
            return Stream.of(read(place).split("(?m)^From .*\n"))
                    .filter(message -> !message.isEmpty())
                    .map(message -> message.substring(0, message.length() - 1)) // the empty line that ends it
                    .map(message -> message.replaceAll("(?m)^>(>*From )", "$1"))
                    .sorted()
                    .toList();
        }
    };

    abstract Sink sink(Path place, Disk disk);

    abstract List<String> messages(Path place);

    private static List<String> files(Path directory, String end) {
        if (!Files.isDirectory(directory)) return List.of();
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(end))
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .map(Kept::read)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), ISO_8859_1).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
