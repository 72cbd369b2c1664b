package io.github.pop3kit.client.sync;

import java.time.Instant;

/**
 * A message on its way into a sink.
 *
 * @param account the name of the account
 * @param uniqueId the server's, one character per octet: any characters but CR and LF. Never use it as a file name, that is what
 *     {@code key} is for
 * @param key 32 hexadecimal digits made of the account and the unique-id: the same whenever the same message comes again
 * @param octets the size as LIST has it, which may be a little wrong; -1 if it is not known
 * @param firstSeen when a run has first seen the message on the server
 * @param again whether an earlier attempt may have stored the message already: it was begun, and no record of its end was found
 */
public record Arrival(String account, String uniqueId, String key, long octets, Instant firstSeen, boolean again) {}
