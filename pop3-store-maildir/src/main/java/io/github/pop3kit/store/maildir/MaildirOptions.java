package io.github.pop3kit.store.maildir;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What an operator may choose.
 *
 * @param uniqueIds how unique-ids are made
 * @param reuseXUidl whether a message's own {@code X-UIDL} is its unique-id
 * @param lock who may have the maildrop beside a session
 * @param sessionLock whether Dovecot's {@code dovecot-pop3-session.lock} is honoured and taken
 * @param control where Dovecot's list is, if not in the maildir
 * @param index where Dovecot's index is, if not in the maildir
 */
record MaildirOptions(
        UniqueIdFormat uniqueIds,
        boolean reuseXUidl,
        LockPolicy lock,
        boolean sessionLock,
        Optional<MaildirLocation> control,
        Optional<MaildirLocation> index) {

    static final MaildirOptions DEFAULTS = new MaildirOptions(
            UniqueIdFormat.DEFAULT, false, LockPolicy.EXCLUSIVE, false, Optional.empty(), Optional.empty());

    /** Who may have a maildrop while a session has it. */
    enum LockPolicy {
        /** Nobody. */
        EXCLUSIVE,
        /** Everybody: each session has its snapshot, and only removals wait for each other. */
        SNAPSHOT,
        /** A session from the same address, which ends the rights of the one before. */
        TAKEOVER
    }

    static MaildirOptions of(Map<String, String> options) {
        MaildirOptions all = DEFAULTS;
        for (Map.Entry<String, String> option : options.entrySet()) all = all.with(option.getKey(), option.getValue());
        if (all.sessionLock && all.lock == LockPolicy.SNAPSHOT) {
            throw new IllegalArgumentException("dovecot-session-lock=yes lets one session in, lock=snapshot many");
        }
        return all;
    }

    private MaildirOptions with(String name, String value) {
        return switch (name) {
            case "uidl-format" ->
                new MaildirOptions(new UniqueIdFormat(value), reuseXUidl, lock, sessionLock, control, index);
            case "reuse-xuidl" -> new MaildirOptions(uniqueIds, yes(name, value), lock, sessionLock, control, index);
            case "lock" -> new MaildirOptions(uniqueIds, reuseXUidl, policy(value), sessionLock, control, index);
            case "dovecot-session-lock" ->
                new MaildirOptions(uniqueIds, reuseXUidl, lock, yes(name, value), control, index);
            case "control" ->
                new MaildirOptions(
                        uniqueIds, reuseXUidl, lock, sessionLock, Optional.of(MaildirLocation.parse(value)), index);
            case "index" ->
                new MaildirOptions(
                        uniqueIds, reuseXUidl, lock, sessionLock, control, Optional.of(MaildirLocation.parse(value)));
            default ->
                throw new IllegalArgumentException("A maildir: store has no option \"" + name
                        + "\"; there are uidl-format," + " reuse-xuidl, lock, dovecot-session-lock, control and index");
        };
    }

    private static boolean yes(String name, String value) {
        return switch (value) {
            case "yes" -> true;
            case "no" -> false;
            default -> throw new IllegalArgumentException(name + " is yes or no, not \"" + value + "\"");
        };
    }

    private static LockPolicy policy(String value) {
        try {
            return LockPolicy.valueOf(value.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            String policies = Arrays.stream(LockPolicy.values())
                    .map(policy -> policy.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
            throw new IllegalArgumentException("lock is one of " + policies + ", not \"" + value + "\"", e);
        }
    }

    /** What unique-ids depend on. */
    String idsBy() {
        return uniqueIds + (reuseXUidl ? "\nX-UIDL" : "");
    }
}
