package org.bellwether.agent.keeper;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bellwether.protocol.KeptEngine;

/**
 * Whether the engine in its machine answers. Any certificate of its authority will do, whatever name it has: a host need not be
 * able to look up the engine's name to keep it alive.
 */
final class Health {
    private static final Duration LIMIT = Duration.ofSeconds(8);
    private static final String QUESTION =
            "GET /ovirt-engine/services/health HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n";
    private static final String GOOD = "HTTP/1.1 200 ";
    private static final int HTTPS = 443;

    private Health() {}

    /** Why it does not answer well; empty when it does. */
    static Optional<String> trouble(KeptEngine engine) {
        String place = engine.getAddress();
        int colon = place.lastIndexOf(':');
        String host = colon < 0 ? place : place.substring(0, colon).replaceAll("[\\[\\]]", "");
        int port = colon < 0 ? HTTPS : Integer.parseInt(place.substring(colon + 1));
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(host, port), (int) LIMIT.toMillis());
            plain.setSoTimeout((int) LIMIT.toMillis());
            try (SSLSocket tls = (SSLSocket)
                    trusting(engine.getAuthority()).getSocketFactory().createSocket(plain, host, port, true)) {
                tls.getOutputStream().write(QUESTION.getBytes(StandardCharsets.US_ASCII));
                String answer = beginning(tls.getInputStream(), GOOD.length());
                return answer.equals(GOOD) ? Optional.empty() : Optional.of("it answers " + answer.strip());
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            return Optional.of(place + ": " + (e.getMessage() == null ? e.toString() : e.getMessage()));
        }
    }

    private static String beginning(InputStream in, int length) throws IOException {
        return new String(in.readNBytes(length), StandardCharsets.US_ASCII);
    }

    private static SSLContext trusting(String authority) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (var certificate : CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(authority.getBytes(StandardCharsets.UTF_8)))) {
            store.setCertificateEntry("authority" + number++, certificate);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
