package io.github.pop3kit.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A block of addresses. */
final class Network {

    /** Only what cannot be a name, or it would be looked up. */
    private static final Pattern FORM =
            Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-fA-F:][0-9a-fA-F.]*:[0-9a-fA-F:.]*)(?:/(\\d{1,3}))?");

    private final byte[] first;
    private final int bits;

    private Network(byte[] first, int bits) {
        this.first = first;
        this.bits = bits;
    }

    /**
     * {@code 10.1.0.0/16}, {@code 2001:db8::/32}, or one address.
     *
     * @throws IllegalArgumentException with a sentence for the operator
     */
    static Network parse(String text) {
        try {
            Matcher form = FORM.matcher(text);
            if (form.matches()) {
                byte[] address = InetAddress.getByName(form.group(1)).getAddress();
                int bits = form.group(2) == null ? 8 * address.length : Integer.parseInt(form.group(2));
                if (bits <= 8 * address.length) return new Network(masked(address, bits), bits);
            }
        } catch (UnknownHostException notOne) {
            // As below.
        }
        throw new IllegalArgumentException(
                "\"" + text + "\" is no network; write it like 10.1.0.0/16 or 2001:db8::/32");
    }

    /** The network of so many bits that the address is in. */
    static InetAddress around(InetAddress address, int bits) {
        try {
            return InetAddress.getByAddress(masked(address.getAddress(), bits));
        } catch (UnknownHostException neverOfThisLength) {
            throw new IllegalStateException(neverOfThisLength);
        }
    }

    boolean contains(InetAddress address) {
        byte[] octets = address.getAddress();
        return octets.length == first.length && Arrays.equals(first, masked(octets, bits));
    }

    private static byte[] masked(byte[] address, int bits) {
        byte[] masked = address.clone();
        for (int i = 0; i < masked.length; i++) {
            int here = Math.min(8, Math.max(0, bits - 8 * i));
            masked[i] &= (byte) (0xFF00 >> here);
        }
        return masked;
    }
}
