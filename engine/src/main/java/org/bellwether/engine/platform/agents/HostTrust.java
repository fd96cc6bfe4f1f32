package org.bellwether.engine.platform.agents;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts one host: a certificate of an authority that the engine trusts now and that carries this host's identity. The address is not looked
 * at, because a host may move; the identity cannot.
 */
final class HostTrust extends X509ExtendedTrustManager {

    static final String EXPIRED = "the certificate of the host has expired";

    private static final int URI_NAME = 6;

    private final Supplier<List<X509Certificate>> authorities;
    private final String identity;
    private final boolean alsoExpired;

    HostTrust(Supplier<List<X509Certificate>> authorities, UUID hostId) {
        this(authorities, hostId, false);
    }

    /** For renewal alone. */
    static HostTrust expiredToo(Supplier<List<X509Certificate>> authorities, UUID hostId) {
        return new HostTrust(authorities, hostId, true);
    }

    private HostTrust(Supplier<List<X509Certificate>> authorities, UUID hostId, boolean alsoExpired) {
        this.alsoExpired = alsoExpired;
        this.authorities = authorities;
        this.identity = "bellwether:host:" + hostId;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        if (chain.length == 0) {
            throw new CertificateException("the host showed no certificate");
        }
        var shown = chain[0];
        if (!alsoExpired) {
            requireValid(shown);
        }
        if (authorities.get().stream().noneMatch(authority -> signed(authority, shown))) {
            throw new CertificateException("the host's certificate is not of this engine's authority");
        }
        if (!identities(shown).contains(identity)) {
            throw new CertificateException(
                    "another host answers there: its certificate says " + identities(shown) + ", not " + identity);
        }
    }

    private static boolean signed(X509Certificate authority, X509Certificate shown) {
        try {
            shown.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException notByThisOne) {
            return false;
        }
    }

    private static void requireValid(X509Certificate shown) throws CertificateException {
        try {
            shown.checkValidity();
        } catch (CertificateExpiredException e) {
            throw new CertificateException(
                    EXPIRED + ": it was good until " + shown.getNotAfter().toInstant(), e);
        }
    }

    private static List<String> identities(X509Certificate certificate) throws CertificateParsingException {
        var names = certificate.getSubjectAlternativeNames();
        return names == null
                ? List.of()
                : names.stream()
                        .filter(name -> Integer.valueOf(URI_NAME).equals(name.get(0)))
                        .map(name -> String.valueOf(name.get(1)))
                        .toList();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("the engine accepts no host as a client here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.get().toArray(X509Certificate[]::new);
    }
}
