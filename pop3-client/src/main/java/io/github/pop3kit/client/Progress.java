package io.github.pop3kit.client;

/**
 * How far it has come.
 *
 * @param number the message-number
 * @param nth which message of the batch, from 1
 * @param messages how many messages the batch has; 1 outside a batch
 * @param octets how many octets of the message were read
 * @param announcedOctets its size as the server announced it, which may be a little wrong; -1 if it did not
 */
public record Progress(int number, int nth, int messages, long octets, long announcedOctets) {}
