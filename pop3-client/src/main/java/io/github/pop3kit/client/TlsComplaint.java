package io.github.pop3kit.client;

import io.github.pop3kit.client.TlsFailure.Kind;
import io.github.pop3kit.client.TlsTrust.RefusedCertificate;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.EOFException;
import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Finds out why a handshake failed, from what the JDK throws. */
final class TlsComplaint {

    private static final int NAMES_SHOWN = 4;
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;
    private static final Pattern COMMON_NAME = Pattern.compile("(?:^|,)CN=([^,]+)");

    private TlsComplaint() {}

    static TlsFailure about(IOException e, String host) {
        Optional<CertificateException> refusal = cause(e, CertificateException.class);
        if (refusal.isPresent()) return aboutCertificate(e, refusal.get(), host);
        if (!(e instanceof SSLException) || cause(e, EOFException.class).isPresent()) {
            return new TlsFailure(Kind.LOST, "ended the connection in the TLS handshake", e);
        }
        String text = String.valueOf(e.getMessage());
        // Neither has a type of its own.
        if (text.startsWith("Unsupported or unrecognized SSL message")) {
            return new TlsFailure(Kind.NOT_TLS, "does not speak TLS here", e);
        }
        String alert = "Received fatal alert: ";
        if (text.contains(alert)) {
            String name = text.substring(text.indexOf(alert) + alert.length());
            return new TlsFailure(Kind.REFUSED, "refused the TLS handshake: " + Transcript.escape(name), e);
        }
        return new TlsFailure(Kind.REFUSED, "has no TLS in common with this client: " + Transcript.escape(text), e);
    }

    private static TlsFailure aboutCertificate(IOException e, CertificateException refusal, String host) {
        Optional<X509Certificate> certificate =
                cause(e, RefusedCertificate.class).map(RefusedCertificate::certificate);
        Optional<CertPathValidatorException.Reason> reason =
                cause(e, CertPathValidatorException.class).map(CertPathValidatorException::getReason);
        if (reason.equals(Optional.of(BasicReason.EXPIRED))
                || cause(e, CertificateExpiredException.class).isPresent()) {
            return new TlsFailure(
                    Kind.EXPIRED,
                    "shows a certificate that has expired"
                            + certificate
                                    .map(c -> dated(c.getNotAfter().toInstant()))
                                    .orElse(""),
                    e);
        }
        if (reason.equals(Optional.of(BasicReason.NOT_YET_VALID))
                || cause(e, CertificateNotYetValidException.class).isPresent()) {
            return new TlsFailure(
                    Kind.EXPIRED,
                    "shows a certificate that is not yet valid"
                            + certificate
                                    .map(c -> dated(c.getNotBefore().toInstant()))
                                    .orElse(""),
                    e);
        }
        if (reason.equals(Optional.of(BasicReason.REVOKED))) {
            return new TlsFailure(Kind.UNTRUSTED, "shows a certificate that was revoked", e);
        }
        if (reason.equals(Optional.of(BasicReason.ALGORITHM_CONSTRAINED))) {
            return new TlsFailure(Kind.UNTRUSTED, "shows a certificate whose key or signature is too weak", e);
        }
        if (cause(e, CertPathBuilderException.class).isPresent()) {
            boolean itself = certificate
                    .map(c -> c.getIssuerX500Principal().equals(c.getSubjectX500Principal()))
                    .orElse(false);
            return new TlsFailure(
                    Kind.UNTRUSTED,
                    itself
                            ? "shows a certificate that only itself vouches for"
                            : "shows a certificate of an authority that is not trusted",
                    e);
        }
        // What is left without a cause is what the JDK throws when the name does not match.
        if (last(refusal).getClass() == CertificateException.class) {
            String names = certificate.map(TlsComplaint::names).orElse("other hosts");
            return new TlsFailure(Kind.WRONG_HOST, "shows a certificate for " + names + ", not for " + host, e);
        }
        return new TlsFailure(Kind.UNTRUSTED, "shows a certificate that is not trusted", e);
    }

    private static String dated(Instant day) {
        return ", on " + day.atOffset(ZoneOffset.UTC).toLocalDate();
    }

    private static String names(X509Certificate certificate) {
        List<String> names;
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            names = (alternatives == null ? Stream.<List<?>>empty() : alternatives.stream())
                    .filter(each -> each.get(0).equals(DNS_NAME) || each.get(0).equals(IP_ADDRESS))
                    .map(each -> String.valueOf(each.get(1)))
                    .toList();
        } catch (CertificateParsingException unreadable) {
            names = List.of();
        }
        if (names.isEmpty()) {
            Matcher common =
                    COMMON_NAME.matcher(certificate.getSubjectX500Principal().getName());
            if (!common.find()) return "nobody";
            names = List.of(common.group(1));
        }
        String shown =
                names.stream().limit(NAMES_SHOWN).map(TlsComplaint::printable).collect(Collectors.joining(", "));
        return names.size() > NAMES_SHOWN ? shown + " and others" : shown;
    }

    private static String printable(String name) {
        return Transcript.escape(name.length() > 255 ? name.substring(0, 255) : name);
    }

    private static <T extends Throwable> Optional<T> cause(Throwable thrown, Class<T> type) {
        return Stream.iterate(thrown, each -> each != null, Throwable::getCause)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }

    private static Throwable last(Throwable thrown) {
        Throwable last = thrown;
        while (last.getCause() != null) last = last.getCause();
        return last;
    }
}
