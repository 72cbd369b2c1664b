package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.Finding.expect;
import static io.github.pop3kit.testkit.conformance.Finding.quoted;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntFunction;

/** Every wrong form of every message-number. */
final class Arguments {

    private static final String SYNTAX = "RFC 1939, section 3";
    private static final String WRAPPED =
            "A number that wraps around is another message's: the wrong one is read, or deleted.";
    private static final String SLOPPY =
            "What a server makes of a number that is none is chance: the wrong message is read, or deleted.";
    private static final String NONE = "A client that counts wrongly is to hear it, not to get another message.";

    /** A wrong argument. */
    private record Form(String id, String title, String why, IntFunction<String> argument) {}

    private static final List<Form> FORMS = List.of(
            new Form("zero", "There is no message 0", NONE, number -> "0"),
            new Form("negative", "A message-number has no sign", SLOPPY, number -> "-" + number),
            new Form("word", "A message-number is a number", SLOPPY, number -> "one"),
            new Form("mixed", "Behind a message-number comes nothing", SLOPPY, number -> number + "x"),
            new Form("hexadecimal", "A message-number is decimal", SLOPPY, number -> "0x" + number),
            new Form("overflow-32", "A message-number beyond 32 bits is none", WRAPPED, number -> wrapped(32, number)),
            new Form("overflow-64", "A message-number beyond 64 bits is none", WRAPPED, number -> wrapped(64, number)));

    private Arguments() {}

    private static String wrapped(int bits, int number) {
        return BigInteger.ONE.shiftLeft(bits).add(BigInteger.valueOf(number)).toString();
    }

    static Room room() {
        Room room = new Room("Message-numbers");
        for (String command : List.of("RETR", "LIST", "UIDL", "TOP", "DELE")) {
            for (Form form : FORMS) {
                refused(room, command, form.id, form.title, form.why, form.argument);
            }
            if (command.equals("TOP")) continue; // It has a second argument.
            refused(
                    room,
                    command,
                    "two-arguments",
                    "One argument is all it takes",
                    SLOPPY,
                    number -> number + " " + number);
        }
        for (String command : List.of("RETR", "LIST", "UIDL", "TOP", "DELE")) beyond(room, command);
        for (String command : List.of("RETR", "TOP", "DELE")) {
            room.must(
                    id(command, "no-argument"),
                    command + " needs a message-number",
                    SYNTAX,
                    SLOPPY,
                    needs(command),
                    visit -> refuse(visit, command));
        }
        top(room, "no-lines", "TOP needs a number of lines", number -> "");
        top(room, "negative-lines", "TOP's number of lines is not negative", number -> " -1");
        top(room, "word-lines", "TOP's number of lines is a number", number -> " many");
        top(room, "three-arguments", "TOP takes two arguments", number -> " 1 1");
        return room;
    }

    private static void refused(
            Room room, String command, String id, String title, String why, IntFunction<String> argument) {
        room.must(
                id(command, id),
                title + ": such a " + command + " is refused with -ERR",
                SYNTAX,
                why,
                needs(command),
                visit -> {
                    int number = command.equals("DELE") ? 0 : visit.some();
                    Talk talk = visit.login();
                    if (number == 0) number = visit.find(talk, Samples.SPARE + "0");
                    Moot.unless(number > 0, "no message is there that may be deleted");
                    refuse(talk, command, command + " " + argument.apply(number) + (command.equals("TOP") ? " 0" : ""));
                });
    }

    private static void beyond(Room room, String command) {
        room.must(
                id(command, "beyond"),
                command + " of a number that no message has is refused with -ERR",
                "RFC 1939, sections 5 and 7, " + command,
                NONE,
                needs(command),
                visit -> {
                    Talk talk = visit.login();
                    int next = visit.count(talk) + 1;
                    refuse(talk, command, command + " " + next + (command.equals("TOP") ? " 0" : ""));
                });
    }

    private static void top(Room room, String id, String title, IntFunction<String> rest) {
        room.must(
                id("TOP", id),
                title + ": such a TOP is refused with -ERR",
                "RFC 1939, section 7, TOP",
                SLOPPY,
                needs("TOP"),
                visit -> refuse(visit, "TOP " + visit.some() + rest.apply(visit.some())));
    }

    private static void refuse(Visit visit, String line) throws java.io.IOException, Finding, Moot {
        refuse(visit.login(), line.split(" ", -1)[0], line);
    }

    private static void refuse(Talk talk, String command, String line) throws java.io.IOException, Finding {
        Answer answer = talk.ask(line);
        if (answer.isOk() && command.equals("DELE")) talk.ask("RSET");
        expect(answer.isErr(), line + " is not refused: " + quoted(answer.line()));
        talk.ok("NOOP");
    }

    private static String id(String command, String form) {
        return command.toLowerCase(Locale.ROOT) + "-" + form;
    }

    private static Set<Need> needs(String command) {
        List<Need> needs = new ArrayList<>(List.of(Need.MESSAGE));
        if (command.equals("TOP")) needs.add(Need.TOP);
        if (command.equals("UIDL")) needs.add(Need.UIDL);
        if (command.equals("DELE")) needs.addAll(List.of(Need.SAMPLES, Need.ALONE));
        return new HashSet<>(needs);
    }
}
