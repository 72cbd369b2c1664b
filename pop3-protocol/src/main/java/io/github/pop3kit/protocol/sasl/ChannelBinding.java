package io.github.pop3kit.protocol.sasl;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What both ends of a TLS connection know of it, and nobody in between. */
public final class ChannelBinding {

    /** RFC 9266: bound to this very connection. */
    public static final String EXPORTER = "tls-exporter";

    /** RFC 5929 section 4: bound to the server's certificate. */
    public static final String END_POINT = "tls-server-end-point";

    private final String type;
    private final byte[] data;

    /** A binding of this type, by its name with IANA. */
    public ChannelBinding(String type, byte[] data) {
        this.type = type;
        this.data = data;
    }

    /** Its name with IANA, such as {@code tls-exporter}. */
    public String type() {
        return type;
    }

    byte[] data() {
        return data;
    }

    /**
     * The bindings of a connection, the best first: {@code tls-exporter} under TLS 1.3 where this Java can export keys (from 25 on),
     * and {@code tls-server-end-point} where the certificate's signature has a hash of its own.
     *
     * @param isServer whether this end is the one with the certificate
     */
    public static List<ChannelBinding> of(SSLSession session, boolean isServer) {
        List<ChannelBinding> bindings = new ArrayList<>();
        exporter(session).ifPresent(bindings::add);
        certificate(session, isServer).flatMap(ChannelBinding::endPoint).ifPresent(bindings::add);
        return List.copyOf(bindings);
    }

    private static Optional<ChannelBinding> exporter(SSLSession session) {
        if (!session.getProtocol().equals("TLSv1.3") || !(session instanceof ExtendedSSLSession))
            return Optional.empty();
        try {
            Object keys = ExtendedSSLSession.class
                    .getMethod("exportKeyingMaterialData", String.class, byte[].class, int.class)
                    .invoke(session, "EXPORTER-Channel-Binding", new byte[0], 32);
            return Optional.of(new ChannelBinding(EXPORTER, (byte[]) keys));
        } catch (NoSuchMethodException | InvocationTargetException | IllegalAccessException notHere) {
            return Optional.empty();
        }
    }

    private static Optional<X509Certificate> certificate(SSLSession session, boolean isServer) {
        try {
            Certificate @Nullable [] chain = isServer ? session.getLocalCertificates() : session.getPeerCertificates();
            boolean known = chain != null && chain.length > 0 && chain[0] instanceof X509Certificate;
            return known ? Optional.of((X509Certificate) chain[0]) : Optional.empty();
        } catch (IOException unverified) {
            return Optional.empty();
        }
    }

    static Optional<ChannelBinding> endPoint(X509Certificate certificate) {
        try {
            String hash = hash(certificate);
            if (hash.isEmpty()) return Optional.empty();
            byte[] data = MessageDigest.getInstance(hash).digest(certificate.getEncoded());
            return Optional.of(new ChannelBinding(END_POINT, data));
        } catch (GeneralSecurityException | IOException e) {
            return Optional.empty();
        }
    }

    /** RFC 5929 section 4.1: the hash of the signature, but SHA-256 for MD5 and SHA-1; "" where the signature has none or two. */
    private static String hash(X509Certificate certificate) throws GeneralSecurityException, IOException {
        String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (algorithm.equals("RSASSA-PSS")) {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(certificate.getSigAlgParams());
            return stronger(parameters
                    .getParameterSpec(PSSParameterSpec.class)
                    .getDigestAlgorithm()
                    .replace("-", ""));
        }
        int with = algorithm.indexOf("WITH");
        return with < 0 ? "" : stronger(algorithm.substring(0, with));
    }

    private static String stronger(String hash) {
        return switch (hash) {
            case "MD5", "SHA1", "SHA256" -> "SHA-256";
            case "SHA224", "SHA384", "SHA512" -> "SHA-" + hash.substring(3);
            default -> "";
        };
    }

    @Override
    public String toString() {
        return "ChannelBinding[" + type + "]";
    }
}
