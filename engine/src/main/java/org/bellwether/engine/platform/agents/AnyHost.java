package org.bellwether.engine.platform.agents;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Trusts the certificates that the authorities of now gave to hosts, for the address that was asked for. */
final class AnyHost extends X509ExtendedTrustManager {

    private final Supplier<List<X509Certificate>> authorities;
    private volatile @Nullable Known last;

    private record Known(List<X509Certificate> authorities, X509ExtendedTrustManager manager) {}

    AnyHost(Supplier<List<X509Certificate>> authorities) {
        this.authorities = authorities;
    }

    private X509ExtendedTrustManager now() throws CertificateException {
        var trusted = authorities.get();
        var known = last;
        if (known == null || !known.authorities().equals(trusted)) {
            known = new Known(trusted, manager(trusted));
            last = known;
        }
        return known.manager();
    }

    private static X509ExtendedTrustManager manager(List<X509Certificate> trusted) throws CertificateException {
        try {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var authority : trusted) {
                store.setCertificateEntry("authority" + store.size(), authority);
            }
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            for (var manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager extended) {
                    return extended;
                }
            }
        } catch (GeneralSecurityException | IOException e) {
            throw new CertificateException("the authorities of the hosts cannot be used", e);
        }
        throw new CertificateException("this Java has no X.509 trust manager");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        now().checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        now().checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        now().checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("the engine accepts no host as a client here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.get().toArray(X509Certificate[]::new);
    }
}
