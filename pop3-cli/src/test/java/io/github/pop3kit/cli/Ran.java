package io.github.pop3kit.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** A command that came to its end by itself: its status and what it said. */
record Ran(int status, String out, String err) {

    static Ran pop3(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = new Pop3(new PrintWriter(out), new PrintWriter(err)).run(args);
        return new Ran(status, out.toString(), err.toString());
    }
}
