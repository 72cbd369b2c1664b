package io.github.pop3kit.examples;

import io.github.pop3kit.protocol.DotInputStream;
import io.github.pop3kit.protocol.DotOutputStream;
import io.github.pop3kit.protocol.LineEnd;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The same dots elsewhere: what SMTP sends behind DATA, and what NNTP answers to ARTICLE. */
public final class DotStuffing {

    private DotStuffing() {}

    /** Argument: {@code smtp} makes DATA of a message, {@code nntp} a message of an answer; from stdin to stdout. */
    public static void main(String[] args) throws IOException {
        if (args[0].equals("smtp")) sendData(System.in, System.out);
        else readArticle(System.in, System.out);
    }

    /** RFC 5321 section 4.5.2. The connection stays open: {@code close} writes the line of one dot, and no more. */
    static void sendData(InputStream message, OutputStream connection) throws IOException {
        try (DotOutputStream data = new DotOutputStream(connection)) {
            message.transferTo(data);
        }
    }

    /** RFC 3977 section 3.1.1. An end of the connection before the line of one dot is an exception, never half an article. */
    static void readArticle(InputStream connection, OutputStream article) throws IOException {
        new DotInputStream(connection, LineEnd.CRLF).transferTo(article);
    }
}
