package org.bellwether.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import org.ovirt.engine.sdk4.Connection;
import org.ovirt.engine.sdk4.ConnectionBuilder;

/** The published Java SDK, unchanged, over HTTPS with the engine's authority checked. */
final class Sdk {
    private Sdk() {}

    /** @param folder where a file with the authority may lie */
    static Connection connect(RunningEngine engine, Path folder, String user, String password)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(engine.authority())) {
            store.setCertificateEntry(
                    "engine", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        Path trusted = folder.resolve("trusted");
        try (OutputStream out = Files.newOutputStream(trusted)) {
            store.store(out, "changeit".toCharArray());
        }
        return ConnectionBuilder.connection()
                .url("https://localhost:" + engine.inside().httpsPort() + RunningEngine.API)
                .user(user)
                .password(password)
                .trustStoreFile(trusted.toString())
                .trustStorePassword("changeit")
                .timeout(60_000)
                .build();
    }
}
