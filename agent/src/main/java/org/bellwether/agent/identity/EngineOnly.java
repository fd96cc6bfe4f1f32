package org.bellwether.agent.identity;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts one caller: whoever shows a certificate of our authority that says "bellwether:engine". A host's certificate
 * has the same authority and must not be able to command another host.
 */
public final class EngineOnly extends X509ExtendedTrustManager {
    private static final String ENGINE = "bellwether:engine";
    private static final int SAN_URI = 6;

    private final X509ExtendedTrustManager authority;

    private EngineOnly(X509ExtendedTrustManager authority) {
        this.authority = authority;
    }

    /** Trusts the engine of this authority. */
    public static EngineOnly of(X509Certificate authority) throws GeneralSecurityException, IOException {
        return new EngineOnly(trusting(authority));
    }

    /** Trusts whatever this one authority signed. */
    static X509ExtendedTrustManager trusting(X509Certificate authority) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("authority", authority);
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new GeneralSecurityException("this Java has no X.509 trust manager");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        authority.checkClientTrusted(chain, type, engine);
        requireEngine(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        authority.checkClientTrusted(chain, type, socket);
        requireEngine(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        authority.checkClientTrusted(chain, type);
        requireEngine(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw new CertificateException("the agent connects to nobody with this");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw new CertificateException("the agent connects to nobody with this");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("the agent connects to nobody with this");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authority.getAcceptedIssuers();
    }

    private static void requireEngine(X509Certificate[] chain) throws CertificateException {
        if (!HostIdentity.names(chain[0], SAN_URI).contains(ENGINE)) {
            throw new CertificateException("only the engine may command this host");
        }
    }
}
