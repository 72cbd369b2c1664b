package io.github.pop3kit.jakarta;

import java.util.concurrent.LinkedBlockingQueue;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A route of Apache Camel from a maildrop, of which it leaves nothing, into a queue. */
final class CamelRoute extends RouteBuilder {

    private final String uri;
    private final LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>();

    private CamelRoute(String uri) {
        this.uri = uri;
    }

    /** Starts to poll; each message becomes its subject and its text with a bar between them. */
    static LinkedBlockingQueue<String> start(
            DefaultCamelContext context, String host, int port, String user, String password) throws Exception {
        CamelRoute route = new CamelRoute("pop3://" + host + ":" + port + "?username=" + user + "&password=" + password
                + "&delete=true&delay=200&initialDelay=0");
        context.addRoutes(route);
        context.start();
        return route.received;
    }

    @Override
    public void configure() {
        from(uri)
                .process(exchange -> received.add(exchange.getIn().getHeader("Subject") + "|"
                        + exchange.getIn().getBody(String.class).strip()));
    }
}
