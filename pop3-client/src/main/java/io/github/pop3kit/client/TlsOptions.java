package io.github.pop3kit.client;

/** Whom a client trusts: an authority vouches for the certificate, and one of the keys is pinned, if any is. */
record TlsOptions(TlsTrust trust, Pins pins) {

    /** The authorities of the system, no pins. */
    static final TlsOptions DEFAULT = new TlsOptions(TlsTrust.system(), Pins.NONE);
}
