package io.github.pop3kit.benchmarks.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Mail is delivered into maildirs, retrieved and removed: each message has to come as it was, under one unique-id for as long as it
 * is there, and never again once a QUIT has removed it.
 */
final class Mixed implements Workload {

    private static final int MOST = 4;

    private final Maildrops maildrops;
    private final Path folder;
    private final int connections;
    private final Map<String, User> users = new ConcurrentHashMap<>();

    /** What a user's maildrop has to hold. */
    private static final class User {
        private long delivered;
        /** Delivered and not removed. */
        private final Set<Long> there = new HashSet<>();
        /** Seen already. */
        private final Map<String, Long> byUniqueId = new HashMap<>();
    }

    Mixed(Maildrops maildrops, Path folder, int connections) {
        this.maildrops = maildrops;
        this.folder = folder;
        this.connections = connections;
    }

    @Override
    public void run(Worker worker) throws IOException {
        for (int user = worker.number; !worker.isOver(); user += connections) {
            String name = maildrops.user(user);
            User known = users.computeIfAbsent(name, any -> new User());
            for (int i = user / connections % MOST; i >= 0; i--) deliver(name, known);
            long began = System.nanoTime();
            session(worker, name, known, user % 2);
            worker.did(began);
        }
    }

    /** As a delivery agent does it. */
    private void deliver(String name, User user) throws IOException {
        long number = ++user.delivered;
        byte[] stored = message(number).withLf();
        Path maildir = folder.resolve(name);
        String file = (1_600_000_000L + number) + ".M" + number + "P1.load.example,S=" + stored.length;
        Files.write(maildir.resolve("tmp").resolve(file), stored);
        Files.move(
                maildir.resolve("tmp").resolve(file),
                maildir.resolve("new").resolve(file),
                StandardCopyOption.ATOMIC_MOVE);
        user.there.add(number);
    }

    private Message message(long number) {
        return Message.of(number, maildrops.octets() + (int) (number % 16), true);
    }

    /** Retrieves all and removes one in {@code keep + 1}. */
    private void session(Worker worker, String name, User user, int keep) throws IOException {
        try (Line line = worker.login(name)) {
            line.say("LIST");
            line.ok();
            String[] sizes = lines(line.body());
            line.say("UIDL");
            line.ok();
            String[] uniqueIds = lines(line.body());
            if (sizes.length != uniqueIds.length) throw new ProtocolException("LIST and UIDL differ");
            Set<Long> seen = new HashSet<>();
            Map<String, Long> removed = new HashMap<>();
            for (int i = 0; i < sizes.length; i++) {
                long number = retrieve(line, i + 1, sizes[i]);
                String uniqueId = uniqueIds[i].substring(uniqueIds[i].indexOf(' ') + 1);
                Long before = user.byUniqueId.putIfAbsent(uniqueId, number);
                if (!user.there.contains(number) || !seen.add(number) || (before != null && before != number)) {
                    throw new ProtocolException("message " + number + " of " + name + " should not be there");
                }
                if (number % (keep + 1) == 0) {
                    line.say("DELE " + (i + 1));
                    line.ok();
                    removed.put(uniqueId, number);
                }
            }
            for (Map.Entry<String, Long> old : user.byUniqueId.entrySet()) {
                if (!seen.contains(old.getValue())) {
                    throw new ProtocolException("message " + old.getValue() + " of " + name + " is gone");
                }
            }
            Worker.quit(line);
            user.byUniqueId.keySet().removeAll(removed.keySet());
            user.there.removeAll(removed.values());
        }
    }

    /** Which message it is, by what it says; all of it has to be that message then, and LIST has to have said its size. */
    private long retrieve(Line line, int number, String scanListing) throws IOException {
        line.say("RETR " + number);
        line.ok();
        byte[] octets = line.body();
        String head = new String(octets, 0, Math.min(octets.length, 40), ISO_8859_1);
        if (!head.matches("(?s)Message-ID: <[0-9]{1,9}@.*")) throw new ProtocolException("a message begins " + head);
        long content = Long.parseLong(head.substring(head.indexOf('<') + 1, head.indexOf('@')));
        Message wanted = message(content);
        if (!Expected.of(octets).equals(wanted.expected()) || !scanListing.equals(number + " " + wanted.octets())) {
            throw new ProtocolException("message " + content + " is not what it was");
        }
        return content;
    }

    private static String[] lines(byte[] listing) {
        String text = new String(listing, ISO_8859_1);
        return text.length() == 3
                ? new String[0]
                : text.substring(0, text.length() - 5).split("\r\n", -1);
    }

    /** What is left is taken, too; then nothing may be left, in no folder. */
    @Override
    public void conclude(Worker worker) throws IOException {
        for (int number = worker.number; number < maildrops.users(); number += connections) {
            String name = maildrops.user(number);
            User user = users.get(name);
            if (user == null) continue;
            session(worker, name, user, 0);
            if (!user.there.isEmpty()) throw new ProtocolException(name + " never got " + user.there);
            for (String part : new String[] {"new", "cur"}) {
                try (Stream<Path> files = Files.list(folder.resolve(name).resolve(part))) {
                    if (files.findAny().isPresent()) throw new ProtocolException(name + " has files left in " + part);
                }
            }
        }
    }
}
