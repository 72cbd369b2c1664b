package io.github.pop3kit.protocol;

import java.util.Locale;

/**
 * The code in brackets before a reply's text (RFC 2449 section 8). Codes are hierarchical and their letter case does not matter;
 * one that is not known here is kept as it came, in upper case.
 */
public record ResponseCode(String name) {

    /** The maildrop is in use, the password was right (RFC 2449 section 8.1.2). */
    public static final ResponseCode IN_USE = new ResponseCode("IN-USE");

    /** Logged in too soon after the last time (RFC 2449 section 8.1.1). */
    public static final ResponseCode LOGIN_DELAY = new ResponseCode("LOGIN-DELAY");

    /** A trouble of the system that may pass (RFC 3206 section 4). */
    public static final ResponseCode SYS_TEMP = new ResponseCode("SYS/TEMP");

    /** A trouble of the system that somebody must mend (RFC 3206 section 4). */
    public static final ResponseCode SYS_PERM = new ResponseCode("SYS/PERM");

    /** The credentials are the problem (RFC 3206 section 5). */
    public static final ResponseCode AUTH = new ResponseCode("AUTH");

    /** The message or the command needs the UTF8 mode (RFC 6856 section 5). */
    public static final ResponseCode UTF8 = new ResponseCode("UTF8");

    /** A code by its name, without the brackets. */
    public ResponseCode {
        boolean valid = !name.isEmpty() && name.chars().allMatch(c -> c > ' ' && c < 0x7F && c != ']' && c != '[');
        if (!valid) throw new IllegalArgumentException("not a response code");
        name = name.toUpperCase(Locale.ROOT);
    }

    /** Whether this is {@code general} or a detail of it: {@code SYS/TEMP/DISK} is within {@code SYS/TEMP} and {@code SYS}. */
    public boolean within(ResponseCode general) {
        return name.equals(general.name) || name.startsWith(general.name + "/");
    }

    /** The code with its brackets. */
    @Override
    public String toString() {
        return "[" + name + "]";
    }
}
