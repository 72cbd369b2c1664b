package io.github.pop3kit.client;

import java.net.IDN;
import java.util.regex.Pattern;

/** Names and addresses of hosts, as a user may write them. */
final class HostName {

    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[0-9A-Za-z._~-]+)?");
    private static final Pattern NAME = Pattern.compile("[0-9A-Za-z_]([0-9A-Za-z._-]*[0-9A-Za-z._])?");

    private HostName() {}

    /**
     * The host in ASCII and without the brackets of an IPv6 address; fit to be put into a line or a message.
     *
     * @throws IllegalArgumentException if it is neither a name nor an address
     */
    static String of(String typed) {
        boolean brackets = typed.startsWith("[") && typed.endsWith("]");
        String address = brackets ? typed.substring(1, typed.length() - 1) : typed;
        if (IPV6.matcher(address).matches()) return address;
        String host = IDN.toASCII(typed);
        if (host.length() > 253 || !NAME.matcher(host).matches()) {
            throw new IllegalArgumentException("not the name or address of a host");
        }
        return host;
    }

    static void checkPort(int port) {
        if (port < 1 || port > 0xFFFF) throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
    }

    static boolean isAddress(String host) {
        return isIpv6(host) || IPV4.matcher(host).matches();
    }

    static boolean isIpv6(String host) {
        return host.indexOf(':') >= 0;
    }
}
