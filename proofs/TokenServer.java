import io.github.pop3kit.server.Endpoint;
import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** A server whose users have tokens of OAuth 2.0: {@code java -cp … TokenServer.java CERT KEY USER TOKEN}. */
final class TokenServer {

    public static void main(String[] args) throws IOException {
        MemoryMailStore store = new MemoryMailStore();
        store.deliver(args[2], "Subject: for a token\n\nhello\n");
        Authenticator tokens = new Authenticator() {
            @Override
            public Optional<Account> password(String user, String password) {
                return Optional.empty();
            }

            @Override
            public Optional<Account> token(String user, String token) {
                return user.equals(args[2]) && token.equals(args[3]) ? Optional.of(Account.of(user)) : Optional.empty();
            }

            @Override
            public Set<String> mechanisms() {
                return Set.of("OAUTHBEARER", "XOAUTH2");
            }
        };
        ServerCertificate certificate = ServerCertificate.pem(Path.of(args[0]), Path.of(args[1]));
        Pop3Server server = Pop3Server.builder()
                .listen(Endpoint.stls(0, certificate))
                .listen(Endpoint.implicitTls(0, certificate))
                .store(store)
                .authenticator(tokens)
                .start();
        server.addresses().forEach(address -> System.out.println("pop3kit listening on 127.0.0.1:" + address.getPort()));
    }
}
