package io.github.pop3kit.testkit.conformance;

import java.util.Optional;
import java.util.function.Predicate;

/** What a check needs to be judged, and the reason that is given where that is not there. */
@SuppressWarnings("ImmutableEnumChecker") // What is asked of a situation keeps nothing.
enum Need {
    ACCOUNT("no user is given", situation -> situation.hasAccount()),
    MESSAGE("the maildrop is empty", situation -> situation.hasMessages()),
    SAMPLES("no way to deliver messages is given (--deliver-to, --deliver-cmd)", situation -> situation.hasSamples()),
    ALONE(
            "the maildrop has messages of others, which a mistake of the server could hit",
            situation -> situation.isAlone()),
    PLAIN_PORT("no port without TLS is given", situation -> situation.hasPlainPort()),
    TLS_PORT("no port for implicit TLS is given (--tls-port)", situation -> situation.hasTlsPort()),
    CAPA("CAPA is not offered", situation -> situation.hasCapa()),
    STLS("STLS is not offered", situation -> situation.offersStls()),
    USER("USER and PASS are not offered where passwords may be sent", situation -> situation.logsInByPass()),
    TOP("TOP is not offered", situation -> situation.servesTop()),
    UIDL("UIDL is not offered", situation -> situation.servesUidl()),
    PIPELINING("PIPELINING is not offered", situation -> situation.offers("PIPELINING")),
    RESP_CODES("RESP-CODES is not offered", situation -> situation.offers("RESP-CODES")),
    AUTH_RESP_CODE("AUTH-RESP-CODE is not offered", situation -> situation.offers("AUTH-RESP-CODE")),
    SASL("SASL is not offered", situation -> situation.offers("SASL")),
    PLAIN("the mechanism PLAIN is not offered", situation -> situation.offersMechanism("PLAIN")),
    LOGIN("the mechanism LOGIN is not offered", situation -> situation.offersMechanism("LOGIN")),
    CRAM_MD5("the mechanism CRAM-MD5 is not offered", situation -> situation.offersMechanism("CRAM-MD5")),
    APOP("the greeting has no timestamp", situation -> situation.timestamp().isPresent()),
    UTF8("UTF8 is not offered", situation -> situation.offers("UTF8")),
    LANG("LANG is not offered", situation -> situation.offers("LANG"));

    private final String otherwise;
    private final Predicate<Situation> met;

    Need(String otherwise, Predicate<Situation> met) {
        this.otherwise = otherwise;
        this.met = met;
    }

    /** Why a check that needs this is skipped; empty if it is there. */
    Optional<String> missing(Situation situation) {
        return met.test(situation) ? Optional.empty() : Optional.of(otherwise);
    }
}
