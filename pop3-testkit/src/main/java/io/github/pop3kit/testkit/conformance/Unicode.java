package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.Finding.expect;
import static io.github.pop3kit.testkit.conformance.Finding.quoted;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** UTF8 and LANG. */
final class Unicode {

    private static final String UTF8 = "RFC 6856, section 2.1";
    private static final String LANG = "RFC 6856, section 3.2";
    private static final String NAMES = "People with names beyond ASCII get no mail, or broken mail.";
    private static final String TOLD = "People read what went wrong in a language that they understand, or not at all.";
    private static final Set<Need> UTF8_OFFERED = Set.of(Need.UTF8);
    private static final Set<Need> LANG_OFFERED = Set.of(Need.LANG);

    private Unicode() {}

    static Room room() {
        Room room = new Room("UTF8 and LANG");
        utf8(room);
        lang(room);
        return room;
    }

    private static void utf8(Room room) {
        room.must(
                "utf8-argument",
                "UTF8 takes no argument",
                UTF8,
                NAMES,
                UTF8_OFFERED,
                visit -> visit.connect().err("UTF8 1"));
        room.must(
                "utf8-after-login",
                "UTF8 after login is refused with -ERR",
                "RFC 6856, section 2",
                "The maildrop was opened without it: sizes and messages would change below the client.",
                Set.of(Need.UTF8, Need.ACCOUNT),
                visit -> {
                    Talk talk = visit.login();
                    talk.err("UTF8");
                    talk.ok("NOOP");
                });
        room.should(
                        "utf8",
                        "UTF8 is accepted before login",
                        UTF8,
                        NAMES,
                        UTF8_OFFERED,
                        visit -> visit.connect().ok("UTF8"))
                .behind("utf8-after-login");
        room.must(
                "utf8-login",
                "Behind UTF8 one can log in",
                UTF8,
                NAMES,
                Set.of(Need.UTF8, Need.ACCOUNT),
                visit -> utf8Login(visit).ok("STAT"));
        room.must(
                "utf8-message",
                "Behind UTF8 a message with UTF-8 in its header comes as it is",
                UTF8,
                NAMES,
                Set.of(Need.UTF8, Need.SAMPLES),
                visit -> {
                    Talk talk = utf8Login(visit);
                    String sent = talk.message("RETR " + visit.number("utf8-header"));
                    expect(sent.endsWith(visit.situation().samples.message("utf8-header")), "it is changed");
                });
        room.must(
                "utf8-not-asked-for",
                "Without UTF8 no header beyond ASCII is sent: the message is changed, or refused",
                UTF8,
                "Clients that know nothing of it show rubbish, or break.",
                Set.of(Need.UTF8, Need.SAMPLES),
                visit -> {
                    Talk talk = visit.login();
                    Answer answer = talk.ask("RETR " + visit.number("utf8-header"));
                    if (answer.isErr()) return;
                    String sent = talk.body("RETR");
                    String header = sent.substring(0, Math.max(0, sent.indexOf("\n\n")));
                    expect(header.chars().allMatch(c -> c < 0x80), "the header has octets beyond ASCII");
                });
        room.should(
                "utf8-code",
                "A message that is refused without UTF8 is refused with [UTF8]",
                "RFC 6856, section 5",
                "Without the code a client cannot know that it only has to ask.",
                Set.of(Need.UTF8, Need.RESP_CODES, Need.SAMPLES),
                visit -> {
                    Answer answer = visit.login().ask("RETR " + visit.number("utf8-header"));
                    Moot.unless(answer.isErr(), "it is not refused");
                    expect(answer.text().startsWith("[UTF8]"), "it is refused with " + quoted(answer.line()));
                });
        room.must(
                "utf8-invalid-name",
                "A name that is not UTF-8 is refused with -ERR",
                "RFC 6856, section 2.2",
                "Two names for one user, or none.",
                UTF8_OFFERED,
                visit -> {
                    Moot.unless(
                            visit.situation()
                                    .beforeLogin
                                    .filter(all -> all.has("UTF8", "USER"))
                                    .isPresent(),
                            "UTF8 has not the argument USER");
                    Talk talk = visit.connect();
                    Answer user = talk.ask("USER \u00FF\u00FE");
                    if (user.isOk()) user = talk.ask("PASS pop3kit");
                    expect(user.isErr(), "it is accepted: " + quoted(user.line()));
                });
    }

    private static Talk utf8Login(Visit visit) throws IOException, Finding, Moot {
        visit.login().quit();
        Talk talk = visit.connect();
        Moot.unless(talk.ask("UTF8").isOk(), "UTF8 is refused");
        Answer answer = visit.logIn(talk);
        expect(answer.isOk(), "the login behind UTF8 is refused: " + quoted(answer.line()));
        return talk;
    }

    private static void lang(Room room) {
        room.must(
                "lang-list",
                "LANG alone lists languages, each a tag and, behind a blank, what it is called",
                LANG,
                TOLD,
                LANG_OFFERED,
                visit -> {
                    Talk talk = visit.connect();
                    Answer answer = talk.ask("LANG");
                    if (answer.isErr()) return; // As in the RFC's own example.
                    List<String> lines = talk.rest("LANG");
                    for (String line : lines) {
                        expect(
                                line.matches("[A-Za-z]{1,8}+(-[A-Za-z0-9]{1,8}+)*+( .+)?"),
                                "there is the line " + quoted(line));
                    }
                });
        room.must(
                "lang-chosen",
                "LANG of a language that is listed is answered with its tag",
                LANG,
                TOLD,
                LANG_OFFERED,
                visit -> {
                    Talk talk = visit.connect();
                    Answer answer = talk.ask("LANG");
                    Moot.unless(answer.isOk(), "languages are not listed");
                    List<String> lines = talk.rest("LANG");
                    Moot.unless(!lines.isEmpty(), "no languages are listed");
                    for (String line : lines) {
                        String tag = line.split(" ", -1)[0];
                        String text = talk.ok("LANG " + tag);
                        expect(
                                text.equalsIgnoreCase(tag)
                                        || text.regionMatches(true, 0, tag + " ", 0, tag.length() + 1),
                                "LANG " + tag + " is answered with " + quoted(text));
                    }
                });
        room.must(
                "lang-preferred",
                "LANG * is answered with the tag of a language, or refused",
                LANG,
                TOLD,
                LANG_OFFERED,
                visit -> {
                    Answer answer = visit.connect().ask("LANG *");
                    expect(
                            answer.isErr() || answer.text().matches("[A-Za-z]{1,8}+(-[A-Za-z0-9]{1,8}+)*+( .*)?"),
                            "it is answered with " + quoted(answer.line()));
                });
        room.must(
                "lang-unknown",
                "LANG of a language that is not there is refused with -ERR",
                LANG,
                TOLD,
                LANG_OFFERED,
                visit -> visit.connect().err("LANG qaa-x-pop3kit"));
        room.must(
                "lang-after-login",
                "LANG is served after login, too",
                "RFC 6856, section 3.1",
                TOLD,
                Set.of(Need.LANG, Need.ACCOUNT),
                visit -> {
                    Talk talk = visit.login();
                    if (talk.ask("LANG").isOk()) talk.rest("LANG");
                    talk.err("LANG qaa-x-pop3kit");
                    talk.ok("NOOP");
                });
    }
}
