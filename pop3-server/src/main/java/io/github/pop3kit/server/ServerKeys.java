package io.github.pop3kit.server;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * A private key and its certificate, as they were read at one time.
 *
 * @param chain the server's own certificate first
 */
record ServerKeys(PrivateKey key, List<X509Certificate> chain) {

    /** The type of an entry of subjectAltName (RFC 5280 section 4.2.1.6). */
    private static final int DNS_NAME = 2;

    X509Certificate own() {
        return chain.get(0);
    }

    /** Whether the certificate is for this host, by a name of its own or one with a star for the first label (RFC 6125 section 6.4.3). */
    boolean isFor(String host) {
        String wanted = host.toLowerCase(Locale.ROOT);
        int dot = wanted.indexOf('.');
        String starred = dot < 0 ? wanted : "*" + wanted.substring(dot);
        return names().stream().anyMatch(name -> name.equals(wanted) || name.equals(starred));
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = own().getSubjectAlternativeNames();
            if (alternatives == null) return names;
            for (List<?> alternative : alternatives) {
                if (alternative.get(0).equals(DNS_NAME)) {
                    names.add(((String) alternative.get(1)).toLowerCase(Locale.ROOT));
                }
            }
        } catch (CertificateParsingException e) {
            // A certificate that names nobody is served where it is the first.
        }
        return names;
    }

    /** Signs something with the key and verifies it with the certificate. */
    boolean belongTogether() {
        try {
            Signature signature = signature();
            byte[] something = {1};
            signature.initSign(key);
            signature.update(something); // Ed25519 does not sign nothing.
            byte[] signed = signature.sign();
            signature.initVerify(own().getPublicKey());
            signature.update(something);
            return signature.verify(signed);
        } catch (GeneralSecurityException differentKinds) {
            return false;
        }
    }

    private Signature signature() throws GeneralSecurityException {
        if (key.getAlgorithm().equals("RSASSA-PSS")) {
            Signature signature = Signature.getInstance("RSASSA-PSS");
            signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            return signature;
        }
        return Signature.getInstance(
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                });
    }
}
