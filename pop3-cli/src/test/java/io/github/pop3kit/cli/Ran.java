package io.github.pop3kit.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

/**
 * A command that came to its end by itself: its status and what it said.
 *
 * @param message what it wrote to stdout, one character for each octet
 */
record Ran(int status, String message, String err) {

    static Ran pop3(String... args) {
        return pop3(Map.of(), args);
    }

    static Ran pop3(Map<String, String> environment, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        int status = new Pop3(out, new PrintWriter(err), environment).run(args);
        return new Ran(status, out.toString(ISO_8859_1), err.toString());
    }

    String out() {
        return new String(message.getBytes(ISO_8859_1), UTF_8);
    }
}
