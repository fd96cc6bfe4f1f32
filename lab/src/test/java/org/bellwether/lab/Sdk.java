package org.bellwether.lab;

import static org.ovirt.engine.sdk4.ConnectionBuilder.connection;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import org.ovirt.engine.sdk4.Connection;

/** The published Java SDK, unchanged, over HTTPS with the engine's authority checked. */
final class Sdk {
    private Sdk() {}

    /** @param directory where a file with the authority may lie */
    static Connection connect(EngineProcess engine, Path directory) throws IOException, GeneralSecurityException {
        return connection()
                .url(engine.url() + "/api")
                .user(engine.user())
                .password(engine.password())
                .trustStoreFile(trustStore(engine, directory).toString())
                .trustStorePassword("changeit")
                .timeout(60_000)
                .build();
    }

    private static Path trustStore(EngineProcess engine, Path directory) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(engine.authority())) {
            store.setCertificateEntry(
                    "engine", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        Path file = directory.resolve("trust");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "changeit".toCharArray());
        }
        return file;
    }
}
