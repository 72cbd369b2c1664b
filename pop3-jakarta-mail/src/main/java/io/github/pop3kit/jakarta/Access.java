package io.github.pop3kit.jakarta;

import io.github.pop3kit.client.CredentialsRefusedException;
import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.NotOfferedException;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.Pop3Connection;
import io.github.pop3kit.client.Pop3Exception;
import io.github.pop3kit.client.ProxyServer;
import io.github.pop3kit.client.Tls;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.lang.reflect.InvocationTargetException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.SocketFactory;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** How one user comes to one maildrop: a client made from the properties, and the ways in which it may log in. */
final class Access {

    private static final Duration CONNECT = Duration.ofSeconds(30);
    private static final Duration READ = Duration.ofSeconds(60);

    /** Names of Angus Mail for the check that the JDK makes anyway. */
    private static final List<String> ORDINARY_VERIFIERS =
            List.of("legacy", "sun.security.util.HostnameChecker", "JdkHostnameChecker", "MailHostnameVerifier");

    private final MailProperties properties;
    private final String host;
    private final Pop3Client client;
    private final Logins logins;
    private final @Nullable HostnameVerifier verifier;

    private Access(
            MailProperties properties,
            String host,
            Pop3Client client,
            Logins logins,
            @Nullable HostnameVerifier verifier) {
        this.properties = properties;
        this.host = host;
        this.client = client;
        this.logins = logins;
        this.verifier = verifier;
    }

    /**
     * Reads the properties.
     *
     * @param port -1 for what the properties say
     * @throws MessagingException for what cannot be done, or is not safe
     */
    static Access of(
            Session session,
            MailProperties properties,
            boolean ssl,
            String host,
            int port,
            String user,
            String password)
            throws MessagingException {
        refuseUnsafe(properties);
        SocketFactory plain = factory(properties, Property.SOCKET_FACTORY, Property.SOCKET_FACTORY_CLASS);
        SocketFactory secure = factory(properties, Property.SSL_SOCKET_FACTORY, Property.SSL_SOCKET_FACTORY_CLASS);
        if (secure != null && !(secure instanceof SSLSocketFactory)) {
            throw properties.refused(Property.SSL_SOCKET_FACTORY, "is no " + SSLSocketFactory.class.getName());
        }
        Tls tls = tls(properties, ssl);
        Property factoryPort = tls == Tls.IMPLICIT ? Property.SSL_SOCKET_FACTORY_PORT : Property.SOCKET_FACTORY_PORT;
        int fixedPort = (tls == Tls.IMPLICIT ? secure : plain) == null ? 0 : properties.port(factoryPort, 0);
        if (plain instanceof SSLSocketFactory) {
            // The old way to say ssl.enable: sockets that are secure from the beginning.
            fixedPort = properties.port(Property.SOCKET_FACTORY_PORT, fixedPort);
            secure = plain;
            plain = null;
            tls = Tls.IMPLICIT;
        }
        int chosen = fixedPort != 0 ? fixedPort : port > 0 ? port : properties.port(Property.PORT, 0);
        try {
            Pop3Client.Builder builder = Pop3Client.builder(host).tls(tls).listener(DebugTrace.of(session));
            if (chosen != 0) builder.port(chosen);
            if (tls != Tls.IMPLICIT)
                builder.allowCleartextLogin(); // What "pop3" says to those who do not ask for more.
            TlsSettings.apply(properties, builder, host, (SSLSocketFactory) secure);
            times(properties, builder);
            sockets(properties, builder, plain);
            proxy(properties).ifPresent(builder::proxy);
            if (properties.is(Property.DISABLE_CAPA)) builder.withoutCapa();
            if (properties.is(Property.PIPELINING)) builder.assumePipelining();
            return new Access(
                    properties, host, builder.build(), Logins.of(properties, user, password), verifier(properties));
        } catch (IllegalArgumentException e) {
            throw new MessagingException(e.getMessage(), e);
        }
    }

    private static void refuseUnsafe(MailProperties properties) throws MessagingException {
        for (Property fallback : List.of(Property.SOCKET_FACTORY_FALLBACK, Property.SSL_SOCKET_FACTORY_FALLBACK)) {
            if (properties.is(fallback)) {
                throw properties.refused(
                        fallback, "cannot be true: a connection that could not be secured is not made without");
            }
        }
    }

    private static Tls tls(MailProperties properties, boolean ssl) throws MessagingException {
        if (properties.is(Property.SSL, ssl)) return Tls.IMPLICIT;
        if (properties.is(Property.STARTTLS_REQUIRED)) return Tls.STLS;
        return properties.is(Property.STARTTLS) ? Tls.STLS_IF_OFFERED : Tls.NONE;
    }

    private static void times(MailProperties properties, Pop3Client.Builder builder) throws MessagingException {
        builder.connectTimeout(properties.time(Property.CONNECTION_TIMEOUT, CONNECT))
                .handshakeTimeout(properties.time(Property.TIMEOUT, CONNECT))
                .readTimeout(properties.time(Property.TIMEOUT, READ))
                .writeTimeout(properties.time(Property.WRITE_TIMEOUT, READ));
    }

    private static void sockets(MailProperties properties, Pop3Client.Builder builder, @Nullable SocketFactory given)
            throws MessagingException {
        Optional<String> address = properties.text(Property.LOCAL_ADDRESS);
        int port = properties.port(Property.LOCAL_PORT, 0);
        if (address.isPresent() || port != 0) {
            try {
                InetAddress local = address.isPresent() ? InetAddress.getByName(address.get()) : null;
                builder.socketFactory(new BoundSockets(
                        given == null ? SocketFactory.getDefault() : given, new InetSocketAddress(local, port)));
            } catch (UnknownHostException e) {
                throw properties.refused(Property.LOCAL_ADDRESS, "is no address of this host");
            }
        } else if (given != null) {
            builder.socketFactory(given);
        }
    }

    private static Optional<ProxyServer> proxy(MailProperties properties) throws MessagingException {
        Optional<String> web = properties.text(Property.PROXY_HOST);
        if (web.isPresent()) {
            ProxyServer proxy = ProxyServer.httpConnect(web.get(), properties.port(Property.PROXY_PORT, 80));
            Optional<String> user = properties.text(Property.PROXY_USER);
            if (user.isEmpty()) return Optional.of(proxy);
            return Optional.of(proxy.withCredentials(
                    user.get(), properties.text(Property.PROXY_PASSWORD).orElse("")));
        }
        Optional<String> socks = properties.text(Property.SOCKS_HOST);
        if (socks.isEmpty()) return Optional.empty();
        return Optional.of(ProxyServer.socks5(socks.get(), properties.port(Property.SOCKS_PORT, 1080)));
    }

    private static @Nullable SocketFactory factory(MailProperties properties, Property object, Property className)
            throws MessagingException {
        Optional<SocketFactory> given = properties.object(object, SocketFactory.class);
        if (given.isPresent()) return given.get();
        Optional<String> name = properties.text(className);
        if (name.isEmpty()) return null;
        Class<?> type = properties.load(className, name.get());
        try {
            // Factories by convention, SSLSocketFactory itself among them.
            return (SocketFactory) type.getMethod("getDefault").invoke(null);
        } catch (NoSuchMethodException e) {
            return made(properties, className, type, SocketFactory.class);
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw properties.refused(className, "names a class that makes no " + SocketFactory.class.getName());
        }
    }

    static <T> T made(MailProperties properties, Property property, Class<?> type, Class<T> wanted)
            throws MessagingException {
        try {
            return wanted.cast(type.getConstructor().newInstance());
        } catch (InvocationTargetException e) {
            throw new MessagingException(
                    properties.name(property) + " names a class that throws when it is made",
                    e.getCause() instanceof Exception cause ? cause : e);
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw properties.refused(
                    property,
                    "names a class that is no " + wanted.getName() + " with a public constructor without parameters");
        }
    }

    private static @Nullable HostnameVerifier verifier(MailProperties properties) throws MessagingException {
        if (!properties.is(Property.SSL_CHECK_IDENTITY, true)) return null;
        Optional<HostnameVerifier> given = properties.object(Property.SSL_VERIFIER, HostnameVerifier.class);
        if (given.isPresent()) return given.get();
        Optional<String> name = properties.text(Property.SSL_VERIFIER_CLASS);
        if (name.isEmpty() || ORDINARY_VERIFIERS.contains(name.get())) return null;
        Class<?> type = properties.load(Property.SSL_VERIFIER_CLASS, name.get());
        return made(properties, Property.SSL_VERIFIER_CLASS, type, HostnameVerifier.class);
    }

    /** Connects and logs in. */
    Conversation open() throws MessagingException {
        try {
            return login();
        } catch (CredentialsRefusedException e) {
            // Who is cut off has not been told that the password is wrong.
            if (e.isSessionUsable()) throw new AuthenticationFailedException(e.getMessage(), e);
            throw new MessagingException(e.getMessage(), e);
        } catch (Pop3Exception e) {
            throw new MessagingException(e.getMessage(), e);
        }
    }

    private Conversation login() throws Pop3Exception, MessagingException {
        Pop3Connection connection = client.connect();
        try (connection) {
            Optional<SSLSession> session = connection.tlsSession();
            if (verifier != null && session.isPresent() && !verifier.verify(host, session.get())) {
                throw new MessagingException(client.server() + " shows a certificate that "
                        + properties.name(Property.SSL_VERIFIER) + " does not accept for " + host);
            }
            List<Login> ways = logins.inOrder(connection.capabilities());
            for (int i = 0; ; i++) {
                try {
                    return new Conversation(connection.login(ways.get(i)));
                } catch (NotOfferedException e) {
                    if (i + 1 == ways.size()) throw e;
                }
            }
        }
    }
}
