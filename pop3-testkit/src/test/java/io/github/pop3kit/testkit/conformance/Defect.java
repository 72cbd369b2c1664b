package io.github.pop3kit.testkit.conformance;

/** What a {@link WrongServer} can do wrong: whose mistake it is known as, and the check that is to find it. */
enum Defect {
    // States and commands
    BARE_LF_STATUS("status-crlf", "some"),
    LOWER_CASE_OK("status-ok-word", "some"),
    PLUS_ERR("status-err-word", "hMailServer"),
    LONG_REPLY("reply-length", "some"),
    CASE_MATTERS("keyword-case", "some"),
    STAT_BEFORE_LOGIN("stat-before-login", "some"),
    EMPTY_LINE_ENDS("empty-line", "GreenMail"),
    NO_ANSWER_TO_QUIT("quit-after-login", "Stalwart"),
    // Listings
    STAT_NEGATIVE("stat-form", "MailKit 872"),
    STAT_SAYS_MORE("stat-nothing-more", "some"),
    LIST_CAPPED("list-complete", "Mailpit"),
    SIZE_OF_BODY("list-octets", "GreenMail"),
    SIZE_BY_LF("list-octets", "some"),
    SIZE_WITH_STUFFING("list-octets-of-dots", "some"),
    UIDL_TWO_BLANKS("uidl-form", "Maillennium"),
    UIDL_TOO_LONG("uidl-length", "some"),
    UIDL_BEYOND_ASCII("uidl-characters", "some"),
    UIDL_DOUBLE("uidl-unique", "some"),
    UIDL_ONE_WITHOUT_NUMBER("uidl-one", "Twisted 9104"),
    UIDL_ONE_FEWER("uidl-complete", "some"),
    UIDL_OF_THE_SESSION("uidl-persists", "some"),
    UIDL_BY_NUMBER("uidl-after-update", "some"),
    // Messages and dots
    NOTHING_STUFFED("retr-dots", "GreenMail, netius"),
    FIRST_DOT_NOT_STUFFED("retr-dot-first", "Mailpit"),
    DOT_LINE_NOT_STUFFED("retr-dot-line", "some"),
    LONG_LINE_BREAKS("retr-long-line", "Inbucket"),
    TRIMMED("retr-trailing-blank-lines", "GreenMail"),
    HEADER_WRITTEN_ANEW("retr-header", "GreenMail"),
    FROM_QUOTED("retr-from-lines", "mbox stores"),
    EIGHT_BIT_STRIPPED("retr-eight-bit", "some"),
    MESSAGE_BY_LF("retr-crlf", "some"),
    END_BY_LF("retr-terminator", "MailKit's tests"),
    TOP_NOT_STUFFED("top-dots", "Mailpit, GreenMail"),
    TOP_0_SENDS_ALL("top-0", "Stalwart"),
    TOP_COUNTS_HEADER("top-body-lines", "Stalwart"),
    TOP_WHOLE_BODY("top-body-lines", "Mailpit"),
    TOP_CUT("top-long", "Maillennium"),
    TOP_OTHER_HEADER("top-header", "Exchange"),
    // Message-numbers
    RETR_0_IS_1("retr-zero", "Stalwart"),
    LIST_0_IS_1("list-zero", "Stalwart"),
    TOP_0_IS_1("top-zero", "Stalwart"),
    UIDL_0_IS_1("uidl-zero", "Stalwart"),
    DELE_0_IS_1("dele-zero", "Stalwart"),
    RETR_WRAPS("retr-overflow-32", "some"),
    // Deletion
    STAT_COUNTS_DELETED("stat-skips-deleted", "Stalwart"),
    LIST_SHOWS_DELETED("list-skips-deleted", "Stalwart, Mailpit"),
    UIDL_SHOWS_DELETED("uidl-skips-deleted", "Stalwart, Mailpit"),
    RETR_OF_DELETED("retr-of-deleted", "Stalwart, Mailpit, Inbucket"),
    TOP_OF_DELETED("top-of-deleted", "Inbucket"),
    DELE_OF_DELETED("dele-of-deleted", "some"),
    LIST_RENUMBERS("list-keeps-numbers", "Courier"),
    UIDL_RENUMBERS("uidl-keeps-numbers", "Courier"),
    RSET_TWICE("rset-one-reply", "GreenMail"),
    RSET_FORGETS_NOTHING("rset-unmarks", "some"),
    QUIT_REMOVES_NOTHING("quit-removes", "some"),
    QUIT_ANSWERED_FIRST("quit-removes", "Mailpit, Inbucket"),
    QUIT_REMOVES_THE_NEXT("quit-removes-no-other", "some"),
    // Locking and lost connections
    MARKS_ARE_SHARED("lost-cut", "GreenMail"),
    CUT_REMOVES("lost-cut", "some"),
    HALF_QUIT_IS_QUIT("lost-half-quit", "some"),
    LIVE_FOLDER("snapshot", "GreenMail"),
    NO_LOCK("messages-stay", "James, Stalwart, Courier, GreenMail"),
    IN_USE_UNSAID("in-use-code", "Stalwart"),
    // CAPA and pipelining
    TOP_UNLISTED("top-is-listed", "GreenMail"),
    USER_UNLISTED("user-is-listed", "GreenMail"),
    LOGIN_DELAY_NOT_KEPT("login-delay-is-kept", "Courier"),
    PIPELINING_AFTER_LOGIN("capa-both-states", "Gmail"),
    CAPA_TWO_BLANKS("capa-lines", "some"),
    PIPELINING_BREAKS("pipelining-many", "poczta.o2.pl"),
    // TLS
    STLS_ONCE("stls-again", "Inbucket"),
    STLS_UNDER_TLS("stls-not-listed-under-tls", "clients.md 1b"),
    STLS_INJECTION("stls-injection", "NO STARTTLS"),
    STLS_REMEMBERS("stls-forgets", "NO STARTTLS"),
    BROKEN_TLS_GOES_ON("stls-broken", "Inbucket"),
    // AUTH and APOP
    CHALLENGE_IS_OK("auth-challenge-word", "Exchange 2003"),
    CHALLENGE_WITH_TEXT("auth-empty-challenge", "MailKit 268"),
    MECHANISM_FOR_NOTHING("sasl-is-served", "Stalwart"),
    INITIAL_RESPONSE_REFUSED("auth-plain-initial", "Exchange Online"),
    APOP_STAMP_FOR_NOTHING("apop-is-served", "James"),
    APOP_ANY_DIGEST("apop-wrong", "Inbucket"),
    APOP_SAME_STAMP("apop-timestamp", "some"),
    LONG_RESPONSE_CUT("auth-long-response", "Stalwart"),
    PASSWORD_CUT("pass-with-blank", "GreenMail"),
    PASSWORD_TRIMMED("pass-trailing-blank", "James"),
    PASSWORD_WITH_BLANK_REFUSED("capa-pass-is-served", "Stalwart, Mailpit"),
    PASSWORD_UNCHECKED("pass-wrong", "Inbucket"),
    USER_REVEALED("user-not-revealed", "some"),
    AUTH_CODE_UNSAID("auth-code", "Stalwart"),
    // UTF8 and LANG
    UTF8_AFTER_LOGIN("utf8-after-login", "Stalwart"),
    UTF8_UNASKED("utf8-not-asked-for", "most"),
    LANG_UNKNOWN("lang-unknown", "some");

    final String check;

    /** Of whom it was reported, for who reads this. */
    final String known;

    Defect(String check, String known) {
        this.check = check;
        this.known = known;
    }
}
