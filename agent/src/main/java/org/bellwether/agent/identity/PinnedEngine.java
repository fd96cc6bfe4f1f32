package org.bellwether.agent.identity;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts the engine that made a token: whoever shows a certificate of its authority, or the key that the token names. The latter
 * because what an engine shows to people may be a certificate of their organisation's, of which this host knows nothing.
 */
final class PinnedEngine extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager authority;
    private final String key;

    private PinnedEngine(X509ExtendedTrustManager authority, String key) {
        this.authority = authority;
        this.key = key;
    }

    /** @param key SHA-256 of the key's X.509 form in hexadecimal digits, or empty */
    static PinnedEngine of(List<X509Certificate> authorities, String key) throws GeneralSecurityException, IOException {
        return new PinnedEngine(EngineOnly.trusting(authorities), key);
    }

    private boolean named(X509Certificate[] chain) throws CertificateException {
        try {
            return chain.length > 0
                    && HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256")
                                    .digest(chain[0].getPublicKey().getEncoded()))
                            .equals(key);
        } catch (GeneralSecurityException e) {
            throw new CertificateException("this Java has no SHA-256", e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        if (!named(chain)) {
            authority.checkServerTrusted(chain, type, engine);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        if (!named(chain)) {
            authority.checkServerTrusted(chain, type, socket);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        if (!named(chain)) {
            authority.checkServerTrusted(chain, type);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw new CertificateException("nobody connects here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw new CertificateException("nobody connects here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("nobody connects here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authority.getAcceptedIssuers();
    }
}
