package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** The maildir of one account as another program sees it. Names and contents are octets, a char each. */
record Maildir(Path root, String name) {

    static Maildir create(Path root, String name) throws IOException {
        for (String folder : List.of("tmp", "new", "cur")) {
            Files.createDirectories(root.resolve(name).resolve(folder));
        }
        return new Maildir(root, name);
    }

    Path path() {
        return root.resolve(name);
    }

    Path file(String place) {
        return MaildirIo.resolve(path(), place);
    }

    /** Puts a file there. */
    Path put(String place, String content) throws IOException {
        return Files.write(file(place), content.getBytes(ISO_8859_1));
    }

    void move(String from, String to) throws IOException {
        Files.move(file(from), file(to));
    }

    /** What is in a folder. */
    List<String> list(String folder) throws IOException {
        try (Stream<Path> files = Files.list(path().resolve(folder))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    Maildrop open() throws IOException {
        return open(new MaildirIo());
    }

    Maildrop open(MaildirIo io) throws IOException {
        return store(io).open(Account.of(name));
    }

    /** With the names of files as unique-ids. */
    Maildrop openByNames(MaildirIo io) throws IOException {
        return store(MaildirOptions.of(Map.of("uidl-format", "%f")), io).open(Account.of(name));
    }

    MaildirStore store(MaildirIo io) {
        return store(MaildirOptions.DEFAULTS, io);
    }

    MaildirStore store(MaildirOptions options, MaildirIo io) {
        return new MaildirStore(MaildirLocation.below(root), options, io);
    }

    /** Opens the maildrop, and says what it contains. */
    List<String> contents() throws IOException {
        try (Maildrop maildrop = open()) {
            return contents(maildrop);
        }
    }

    static List<String> contents(Maildrop maildrop) throws IOException {
        List<String> contents = new ArrayList<>();
        for (int number = 1; number <= maildrop.count(); number++) contents.add(content(maildrop, number));
        return contents;
    }

    static String content(Maildrop maildrop, int number) throws IOException {
        try (MessageContent content = maildrop.open(number)) {
            return new String(Channels.newInputStream(content.channel()).readAllBytes(), ISO_8859_1);
        }
    }

    /** Opens the maildrop with the names of files as unique-ids, and says which there are. */
    List<String> uniqueIds() throws IOException {
        try (Maildrop maildrop = openByNames(new MaildirIo())) {
            return uniqueIds(maildrop);
        }
    }

    static List<String> uniqueIds(Maildrop maildrop) throws IOException {
        List<String> uniqueIds = new ArrayList<>();
        for (int number = 1; number <= maildrop.count(); number++) uniqueIds.add(maildrop.uniqueId(number));
        assertEquals(uniqueIds.size(), new HashSet<>(uniqueIds).size());
        return uniqueIds;
    }

    static StoreException assertRefused(Reason reason, Callable<?> attempt) {
        StoreException refused = assertThrows(StoreException.class, attempt::call);
        assertEquals(reason, refused.reason(), refused.getMessage());
        return refused;
    }
}
