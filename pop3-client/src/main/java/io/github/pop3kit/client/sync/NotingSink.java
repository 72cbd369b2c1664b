package io.github.pop3kit.client.sync;

import java.util.Collection;

/** A sink that has to remember keys until the journal has them. */
interface NotingSink extends Sink {

    /** These are in the journal, durably: they do not come again. */
    void noted(Collection<String> keys);
}
