package org.bellwether.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS that trusts the authorities of one file and nobody else. */
final class Trust {

    private Trust() {}

    static SSLContext only(Path file) {
        try (var in = Files.newInputStream(file)) {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority" + store.size(), certificate);
            }
            if (store.size() == 0) {
                throw CommandFailure.usage("The file " + file + " holds no certificate: give the engine's authority as"
                        + " PEM with --ca or BW_CA.");
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw CommandFailure.usage("The authority's file " + file + " cannot be read: " + e.getMessage()
                    + ". Name it with --ca or BW_CA.");
        }
    }
}
