import io.github.pop3kit.jakarta.Pop3Provider;
import io.github.pop3kit.jakarta.Pop3SslProvider;

/** The client as a Jakarta Mail provider. Having it on the path is enough: it comes before Angus Mail's. */
module io.github.pop3kit.jakarta {
    requires io.github.pop3kit.client;
    requires transitive jakarta.mail;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.github.pop3kit.jakarta;

    provides jakarta.mail.Provider with
            Pop3Provider,
            Pop3SslProvider;
}
