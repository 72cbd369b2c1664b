/**
 * The POP3 wire language, both directions, without any I/O of its own.
 *
 * <p>{@link io.github.pop3kit.protocol.Command} and {@link io.github.pop3kit.protocol.Reply} are what the two sides say;
 * {@link io.github.pop3kit.protocol.LineDecoder}, {@link io.github.pop3kit.protocol.DotDecoder} and
 * {@link io.github.pop3kit.protocol.DotEncoder} turn octets into lines and messages and back. The last three work like
 * {@link java.nio.charset.CharsetDecoder}: they take what they can, keep a few bits of state, and give the same output for any
 * split of the input. DotDecoder and DotEncoder serve SMTP DATA and NNTP just as well.
 *
 * <p>A <em>line</em> is a string without its line end in which each character stands for one octet (ISO 8859-1), because no
 * character set is promised on the wire. Names, passwords and texts are read from it as UTF-8 where they are valid UTF-8 and
 * left as they are where they are not, which is what clients from before RFC 6856 send.
 */
@org.jspecify.annotations.NullMarked
package io.github.pop3kit.protocol;
