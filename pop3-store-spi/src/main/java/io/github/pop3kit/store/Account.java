package io.github.pop3kit.store;

import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;

/**
 * Whose maildrop: what the authenticator returned, never what a client typed.
 *
 * @param name the account's name; two accounts are the same maildrop when their names are equal
 * @param attributes what the authenticator knows of the account ({@code home}, …), for stores that choose a place by it
 * @param peer the client's address, where there is one
 */
public record Account(String name, Map<String, String> attributes, Optional<InetAddress> peer) {

    public Account {
        attributes = Map.copyOf(attributes);
    }

    /** An account of which nothing but the name is known. */
    public static Account of(String name) {
        return new Account(name, Map.of(), Optional.empty());
    }

    /** The same account, seen from this address. */
    public Account from(InetAddress address) {
        return new Account(name, attributes, Optional.of(address));
    }

    /** The name alone: attributes may hold what does not belong into a log. */
    @Override
    public String toString() {
        return "Account[" + name + "]";
    }
}
