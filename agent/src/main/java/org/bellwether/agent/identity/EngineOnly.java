package org.bellwether.agent.identity;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts one caller: whoever shows a certificate of an authority that this host trusts now and that says "bellwether:engine". A
 * host's certificate has the same authority and must not be able to command another host. The engine sees by the names of the
 * authorities, which callers are told, with which of its certificates to come.
 */
public final class EngineOnly extends X509ExtendedTrustManager {
    private static final String ENGINE = "bellwether:engine";
    private static final int SAN_URI = 6;

    private final LiveIdentity identity;
    private volatile @Nullable Trusted last;

    private record Trusted(List<X509Certificate> authorities, X509ExtendedTrustManager manager) {}

    private EngineOnly(LiveIdentity identity) {
        this.identity = identity;
    }

    /** Trusts the engine of the authorities that this host trusts, also when they change. */
    public static EngineOnly of(LiveIdentity identity) {
        return new EngineOnly(identity);
    }

    /** Trusts whatever these authorities signed. */
    static X509ExtendedTrustManager trusting(List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (X509Certificate authority : authorities) {
            store.setCertificateEntry("authority" + store.size(), authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new GeneralSecurityException("this Java has no X.509 trust manager");
    }

    private X509ExtendedTrustManager now() throws CertificateException {
        List<X509Certificate> authorities = identity.now().authorities();
        Trusted known = last;
        if (known == null || !known.authorities().equals(authorities)) {
            try {
                known = new Trusted(authorities, trusting(authorities));
            } catch (GeneralSecurityException | IOException e) {
                throw new CertificateException("the authorities of this host cannot be used", e);
            }
            last = known;
        }
        return known.manager();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        now().checkClientTrusted(chain, type, engine);
        requireEngine(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        now().checkClientTrusted(chain, type, socket);
        requireEngine(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        now().checkClientTrusted(chain, type);
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
        return identity.now().authorities().toArray(X509Certificate[]::new);
    }

    private static void requireEngine(X509Certificate[] chain) throws CertificateException {
        if (!HostIdentity.names(chain[0], SAN_URI).contains(ENGINE)) {
            throw new CertificateException("only the engine may command this host");
        }
    }
}
