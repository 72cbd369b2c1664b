package io.github.pop3kit.examples;

import io.github.pop3kit.server.Endpoint;
import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.ServerLimits;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** A server in a program: mail in memory, TLS with a certificate made on the spot, and a limit of one's own. */
public final class EmbeddedServer {

    private EmbeddedServer() {}

    /** Serves until it is killed. */
    public static void main(String[] args) throws IOException {
        Pop3Server server = start();
        System.out.println("STLS on port " + server.addresses().get(0).getPort() + ", TLS on port "
                + server.addresses().get(1).getPort() + ", user mrose, password secret");
    }

    static Pop3Server start() throws IOException {
        // doc: server
        MemoryMailStore store = new MemoryMailStore();
        store.deliver("mrose", "Subject: hello\n\nHi!\n");
        ServerCertificate certificate = ServerCertificate.selfSigned("localhost", "127.0.0.1");
        Pop3Server server = Pop3Server.builder()
                .listen(Endpoint.stls(0, certificate)) // 0: a free port; on loopback unless an address is given
                .listen(Endpoint.implicitTls(0, certificate))
                .store(store)
                .authenticator(Authenticator.passwords(Map.of("mrose", "secret")))
                .limits(ServerLimits.defaults().withIdle(Duration.ofMinutes(30)))
                .start(); // serving when it returns; server.close() ends it
        // doc: end
        return server;
    }
}
