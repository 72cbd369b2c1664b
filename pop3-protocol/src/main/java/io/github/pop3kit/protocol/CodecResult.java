package io.github.pop3kit.protocol;

/** Why a {@link DotDecoder} or {@link DotEncoder} returned. */
public enum CodecResult {
    /** All input is taken; call again with more. */
    NEED_INPUT,
    /** The output has no room for what comes next; call again with room for at least three octets. */
    NEED_OUTPUT,
    /** The message is complete; the input stands exactly behind the last octet that belongs to it. */
    DONE
}
