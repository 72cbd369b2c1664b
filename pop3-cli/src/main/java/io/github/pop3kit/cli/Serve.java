package io.github.pop3kit.cli;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import io.github.pop3kit.server.Endpoint;
import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.ServerLimits;
import io.github.pop3kit.server.ServerTls;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.server.auth.PasswdFile;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.MailStores;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code pop3 serve}: a server, until a signal ends it. */
@Command(
        name = "serve",
        customSynopsis = {
            "pop3 serve --demo",
            "pop3 serve --listen HOST:PORT --cert FILE --store LOCATION --users FILE [OPTION]..."
        },
        description = {
            "Serves maildrops until SIGINT or SIGTERM.",
            "Says where it listens, once it does, and then logs: a line for each login and each end of a session, in Dovecot's"
                    + " form.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Pop3.Version.class,
        usageHelpWidth = 110,
        sortOptions = false,
        footerHeading = "%nThe limits that --limit changes, their defaults and what they are about:%n")
final class Serve implements Callable<Integer> {

    /** How long clients that say nothing are waited for at the end; those that speak hear of it. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private static final List<HostAndPort> DEMO = List.of(HostAndPort.fromParts("127.0.0.1", 1100));
    private static final List<HostAndPort> DEMO_TLS = List.of(HostAndPort.fromParts("127.0.0.1", 1995));

    private final Pop3 pop3;

    @Option(
            names = "--demo",
            description = "Serve a small maildir to play with, removed at the end: user user.123, password foo, on"
                    + " 127.0.0.1:1100 (STLS) and 127.0.0.1:1995 (TLS) unless --listen or --listen-tls say otherwise.")
    private boolean demo;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            converter = Address.class,
            description =
                    "Listen here without TLS, with STLS where there is a --cert. IPv6 in brackets; port 0 for a free"
                            + " one. Can be said again.")
    private List<HostAndPort> listen = new ArrayList<>();

    @Option(
            names = "--listen-tls",
            paramLabel = "HOST:PORT",
            converter = Address.class,
            description = "Listen here with TLS from the first octet. Can be said again.")
    private List<HostAndPort> listenTls = new ArrayList<>();

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description =
                    "The certificate and its chain, PEM, the server's own first; or a keystore with its key, named *.p12"
                            + " or *.pfx. Can be said again: clients get the one for the host name that they ask for (SNI), else the"
                            + " first. Read again when it changes.")
    private List<Path> certs = new ArrayList<>();

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description =
                    "Its private key, PEM; for several certificates as many keys, in the same order. Where it is left out,"
                            + " --cert holds it too.")
    private List<Path> keys = new ArrayList<>();

    @Option(
            names = "--key-password-file",
            paramLabel = "FILE",
            description = "The first line of this file is the password of keys and keystores that are encrypted.")
    private @Nullable Path keyPasswordFile;

    @Option(
            names = "--store",
            paramLabel = "LOCATION",
            description =
                    "Where the mail is, such as 'maildir:/srv/mail/{user}/Maildir', with {user}, {local}, {domain} and"
                            + " {home} of the account; 'jdbc:postgresql://HOST/DATABASE' and other databases; or memory: alone.")
    private @Nullable String store;

    @Option(
            names = "--store-option",
            paramLabel = "NAME=VALUE",
            description =
                    "A setting of the store, as in --store-option lock=snapshot for a maildir, or --store-option user=pop3"
                            + " --store-option password-file=FILE for a database. Can be said again; docs/maildir.md and"
                            + " docs/jdbc.md have all.")
    private Map<String, String> storeOptions = new LinkedHashMap<>();

    @Option(
            names = "--users",
            paramLabel = "FILE",
            description = "Who may log in: a passwd file as Dovecot has them,"
                    + " name:{SCHEME}secret:uid:gid:gecos:home:shell:extra in each line; pop3 passwd makes entries. Read again"
                    + " when it changes.")
    private @Nullable Path users;

    @Option(
            names = "--allow-cleartext-login",
            description = "Accept passwords without TLS, where anybody on the way can read them.")
    private boolean allowCleartextLogin;

    @Option(
            names = "--auth-mechanisms",
            paramLabel = "NAME,...",
            split = ",",
            description =
                    "By which mechanisms clients may log in, of those that --users and the connection allow: names alone are"
                            + " all, with + or - in front they change the usual set, which is all but CRAM-MD5 and APOP; USER is USER and"
                            + " PASS. As in --auth-mechanisms=+apop,+cram-md5.")
    private List<String> authMechanisms = new ArrayList<>();

    @Option(
            names = "--master",
            paramLabel = "NAME",
            description =
                    "This user of --users may open every other one's maildrop, by naming it as the authorization identity."
                            + " Can be said again.")
    private Set<String> masters = new LinkedHashSet<>();

    @Option(
            names = "--remember-logins",
            paramLabel = "TIME",
            converter = Time.class,
            description =
                    "For so long, such as 10m, a password that was right is not hashed again, unless its entry changes.")
    private Duration rememberLogins = Duration.ZERO;

    @Option(
            names = "--client-ca",
            paramLabel = "FILE",
            description =
                    "Ask clients for a certificate of these authorities, PEM; one for a user of --users logs in by EXTERNAL.")
    private @Nullable Path clientCa;

    @Option(
            names = "--utf8",
            description = "Speak RFC 6856: UTF8 and LANG; messages with more than ASCII in the header need UTF8.")
    private boolean utf8;

    @Option(names = "--greeting", paramLabel = "TEXT", description = "What follows +OK when a client connects.")
    private @Nullable String greeting;

    @Option(
            names = "--proxy-protocol-from",
            paramLabel = "NETWORK",
            description =
                    "Connections from here, such as 10.1.0.0/16 or 2001:db8::5, come through a proxy that begins each with"
                            + " HAProxy's PROXY protocol (send-proxy, send-proxy-v2). Without it they are refused. Can be said again.")
    private List<String> proxies = new ArrayList<>();

    @Option(
            names = "--limit",
            paramLabel = "NAME=VALUE",
            description = "Change a limit, as in --limit idle=15m. Can be said again.")
    private Map<String, String> limits = new LinkedHashMap<>();

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description =
                    "error, warn, info (the default), debug, or trace, which shows what is said on the wire, passwords starred.")
    private Level logLevel = Level.INFO;

    Serve(Pop3 pop3) {
        this.pop3 = pop3;
    }

    /** The end of the help text: every limit. */
    static String limits() {
        return ServerLimits.describe().entrySet().stream()
                .map(limit -> String.format("  %-26s %s%%n", limit.getKey(), limit.getValue()))
                .collect(Collectors.joining());
    }

    @Override
    public Integer call() throws Failure, IOException, InterruptedException {
        Pop3Server.Builder builder = Pop3Server.builder();
        String option = "--greeting";
        try {
            if (greeting != null) builder.greeting(greeting);
            option = "--proxy-protocol-from";
            builder.proxyProtocolFrom(proxies.toArray(String[]::new));
            option = "--limit";
            ServerLimits changed = ServerLimits.defaults().withConnectionsAtMost(Descriptors.connections());
            for (Map.Entry<String, String> limit : limits.entrySet()) {
                changed = changed.with(limit.getKey(), limit.getValue());
            }
            builder.limits(changed);
            option = "--auth-mechanisms";
            if (!authMechanisms.isEmpty()) builder.mechanisms(authMechanisms.toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            throw usage(option + ": " + e.getMessage() + ".");
        }
        if (utf8) builder.utf8();
        Log.start(logLevel);
        try {
            return demo ? serveDemo(builder) : serveMail(builder);
        } finally {
            Log.stop();
        }
    }

    private int serveMail(Pop3Server.Builder builder) throws Failure, IOException, InterruptedException {
        if (listen.isEmpty() && listenTls.isEmpty())
            throw usage("Say where by --listen or --listen-tls, or say --demo.");
        if (store == null) throw usage("Say by --store where the mail is.");
        if (users == null) throw usage("Say by --users who may log in.");
        if (!keys.isEmpty() && certs.isEmpty()) throw usage("--key needs --cert.");
        if (clientCa != null && certs.isEmpty()) throw usage("--client-ca needs --cert.");
        if (!keys.isEmpty() && keys.size() != certs.size()) {
            throw usage(
                    "Each --cert needs its --key, or none: there are " + certs.size() + " and " + keys.size() + ".");
        }
        if (!listenTls.isEmpty() && certs.isEmpty()) throw usage("--listen-tls needs --cert.");
        if (!listen.isEmpty() && certs.isEmpty() && !allowCleartextLogin) {
            throw usage("Without --cert nobody could log in at " + listen.get(0)
                    + ", for passwords are accepted over TLS only; give --cert, or say --allow-cleartext-login.");
        }
        Optional<ServerTls> tls = certs.isEmpty() ? Optional.empty() : Optional.of(tls());
        builder.authenticator(authenticator(users));
        if (allowCleartextLogin) builder.allowCleartextLogin();
        try (MailStore mail = store(store, storeOptions)) {
            return serve(builder.store(mail), listen, listenTls, tls, addresses -> "");
        }
    }

    private int serveDemo(Pop3Server.Builder builder) throws Failure, IOException, InterruptedException {
        if (store != null || !storeOptions.isEmpty() || users != null || !certs.isEmpty() || !keys.isEmpty()) {
            throw usage("--demo brings its own --store, --users, --cert and --key; leave them out.");
        }
        if (!masters.isEmpty() || !rememberLogins.isZero() || clientCa != null || keyPasswordFile != null) {
            throw usage("--demo has no use for --master, --remember-logins, --client-ca and --key-password-file.");
        }
        try (Demo made = demo()) {
            return serve(
                    builder.store(made.store())
                            .authenticator(made.authenticator())
                            .allowCleartextLogin(),
                    listen.isEmpty() ? DEMO : listen,
                    listenTls.isEmpty() ? DEMO_TLS : listenTls,
                    Optional.of(ServerTls.of(made.certificate())),
                    addresses -> made.advice(addresses.get(0), addresses.get(addresses.size() - 1)));
        }
    }

    private static Demo demo() throws Failure {
        try {
            return Demo.create();
        } catch (IOException e) {
            throw Failure.of("The demo's maildir cannot be made: " + Failure.why(e) + ". Is there room in "
                    + System.getProperty("java.io.tmpdir") + ", and may this user write there?");
        }
    }

    private ServerTls tls() throws Failure {
        char[] password = keyPasswordFile == null
                ? new char[0]
                : Password.ofFile(keyPasswordFile).toCharArray();
        List<ServerCertificate> certificates = new ArrayList<>();
        for (int i = 0; i < certs.size(); i++) {
            certificates.add(certificate(certs.get(i), keys.isEmpty() ? certs.get(i) : keys.get(i), password));
        }
        ServerTls tls = ServerTls.of(
                certificates.get(0),
                certificates.subList(1, certificates.size()).toArray(ServerCertificate[]::new));
        return clientCa == null ? tls : tls.withOptionalClientCertificates(authorities(clientCa));
    }

    private static List<X509Certificate> authorities(Path file) throws Failure {
        try (InputStream pem = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(pem).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (IOException | CertificateException e) {
            throw Failure.of(
                    "The authorities for --client-ca cannot be read from " + file + ": " + e.getMessage() + ".");
        }
    }

    private static ServerCertificate certificate(Path cert, Path key, char[] password) throws Failure {
        try {
            return cert.toString().matches(".*\\.(p12|pfx)")
                    ? ServerCertificate.keystore(cert, password)
                    : ServerCertificate.pem(cert, key, password);
        } catch (IOException e) {
            throw Failure.of("The certificate or its key cannot be used: " + Failure.why(e)
                    + ". --cert and --key want files in PEM form, or --cert a keystore, that this user may read.");
        }
    }

    private Authenticator authenticator(Path users) throws Failure {
        try {
            return new PasswdFile(users, masters, rememberLogins);
        } catch (IOException e) {
            throw Failure.of("The users cannot be read from " + users + ": " + Failure.why(e)
                    + ". --users wants a file of lines such as mrose:{PLAIN}secret that this user may read.");
        }
    }

    private static MailStore store(String location, Map<String, String> options) throws Failure {
        try {
            return MailStores.create(location, options);
        } catch (IllegalArgumentException | IOException e) {
            throw Failure.of("There is no store at " + Failure.place(location) + ": " + Failure.why(e));
        }
    }

    private int serve(
            Pop3Server.Builder builder,
            List<HostAndPort> plain,
            List<HostAndPort> tls,
            Optional<ServerTls> how,
            Function<List<InetSocketAddress>, String> advice)
            throws Failure, InterruptedException {
        List<Endpoint> endpoints = new ArrayList<>();
        Endpoint.Tls whenAsked = how.isPresent() ? Endpoint.Tls.STLS : Endpoint.Tls.NONE;
        for (HostAndPort at : plain) endpoints.add(new Endpoint(resolved(at), whenAsked, how));
        for (HostAndPort at : tls) endpoints.add(new Endpoint(resolved(at), Endpoint.Tls.IMPLICIT, how));
        endpoints.forEach(builder::listen);
        Pop3Server server = start(builder);
        try {
            List<InetSocketAddress> addresses = server.addresses();
            for (int i = 0; i < addresses.size(); i++) {
                pop3.out()
                        .println("pop3kit listening on " + printed(addresses.get(i)) + " (" + name(endpoints.get(i))
                                + ")");
            }
            pop3.out().print(advice.apply(addresses));
            pop3.out().flush();
            pop3.awaitStop();
            return ExitCode.OK;
        } finally {
            server.stop(GRACE);
        }
    }

    private static Pop3Server start(Pop3Server.Builder builder) throws Failure {
        try {
            return builder.start();
        } catch (IllegalStateException e) { // Of the mechanisms that were chosen none can be had here.
            throw usage("--auth-mechanisms: " + e.getMessage() + ".");
        } catch (IOException e) {
            throw Failure.of(
                    "The server " + e.getMessage() + ". Does another program listen there, or is the port below 1024"
                            + " and this user not root? --listen and --listen-tls choose other addresses; port 0 is a free one.");
        }
    }

    private static InetSocketAddress resolved(HostAndPort at) {
        return new InetSocketAddress(at.getHost(), at.getPort());
    }

    private static String printed(InetSocketAddress address) {
        return HostAndPort.fromParts(InetAddresses.toAddrString(address.getAddress()), address.getPort())
                .toString();
    }

    private static String name(Endpoint endpoint) {
        return switch (endpoint.tls()) {
            case NONE -> "no TLS";
            case STLS -> "STLS";
            case IMPLICIT -> "TLS";
        };
    }

    private static Failure usage(String sentence) {
        return Failure.usage(sentence, "pop3 serve");
    }

    /** {@code 10m} and the like. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            if (value.matches("[0-9]{1,6}[smh]")) return Duration.parse("PT" + value.toUpperCase(Locale.ROOT));
            throw new TypeConversionException("'" + value + "' is not a time, such as 30s, 10m or 1h");
        }
    }

    /** {@code HOST:PORT}, with IPv6 in brackets. */
    static final class Address implements ITypeConverter<HostAndPort> {
        @Override
        public HostAndPort convert(String value) {
            try {
                HostAndPort address = HostAndPort.fromString(value).requireBracketsForIPv6();
                if (address.hasPort() && !address.getHost().isEmpty()) return address;
            } catch (IllegalArgumentException e) {
                // As below.
            }
            throw new TypeConversionException(
                    "'" + value + "' is not a host and a port, such as 0.0.0.0:110 or [::1]:110");
        }
    }
}
