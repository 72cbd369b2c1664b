package io.github.pop3kit.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Users whose maildrops all hold the same messages, as in {@code poll:200:500:2048}.
 *
 * @param prefix of the users' names, which are numbered from 0
 * @param octets of each message, about
 * @param form how the messages are stored
 */
record Maildrops(String prefix, int users, int messages, int octets, Form form) {

    /** How messages lie in a maildir. */
    enum Form {
        /** Lines end in LF, and the sizes are in the file's name. */
        LF,
        /** Lines end in LF, and the name says nothing. */
        UNSIZED,
        /** As on the wire: lines end in CRLF, and none begins with a dot. */
        VERBATIM
    }

    /** Reads {@code prefix:users:messages:octets[:form]}. */
    static Maildrops parse(String text) {
        String[] words = text.split(":", -1);
        return new Maildrops(
                words[0],
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]),
                words.length > 4 ? Form.valueOf(words[4]) : Form.LF);
    }

    String user(int number) {
        return prefix + number % users;
    }

    /** Of a message, as LIST says it. */
    int octets(int number) {
        return octets + number % 16;
    }

    Message message(int number) {
        return Message.of(number, octets(number), form != Form.VERBATIM);
    }

    /** What LIST and STAT add up. */
    long totalOctets() {
        long sum = 0;
        for (int number = 1; number <= messages; number++) sum += octets(number);
        return sum;
    }

    /** Creates the users' maildirs below a folder; the order of the messages is that of their names. */
    void fill(Path folder) throws IOException {
        Path[] current = new Path[users];
        for (int user = 0; user < users; user++) {
            Path maildir = folder.resolve(user(user));
            Files.createDirectories(maildir.resolve("tmp"));
            Files.createDirectories(maildir.resolve("new"));
            current[user] = Files.createDirectories(maildir.resolve("cur"));
        }
        for (int number = 1; number <= messages; number++) {
            Message message = message(number);
            byte[] stored = form == Form.VERBATIM ? message.withCrlf() : message.withLf();
            String sizes = form == Form.UNSIZED ? "" : ",S=" + stored.length + ",W=" + message.octets();
            String name = (1_600_000_000L + number) + ".M" + number * 7919L % 1_000_000 + "P" + number % 30_000
                    + ".load.example" + sizes + ":2,S";
            for (Path folderOfUser : current) Files.write(folderOfUser.resolve(name), stored);
        }
    }
}
