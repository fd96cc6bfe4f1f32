package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.bellwether.engine.platform.pki.Pem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine that runs for years shows a valid certificate all the time. */
class WebCertificateTest {

    @Test
    void it_is_renewed_under_open_connections_long_before_it_ends(@TempDir Path folder) throws Exception {
        var time = new AtomicReference<>(Duration.ZERO);
        InstantSource later = () -> Instant.now().plus(time.get());
        try (var engine = new RunningEngine(folder, later.withZone(ZoneOffset.UTC))) {
            int port = engine.inside().httpsPort();
            X509Certificate first = shown(port);
            assertThat(first.getNotAfter().toInstant()).isAfter(later.instant().plus(Duration.ofDays(300)));
            var before = engine.nobody();
            assertThat(before.status("GET", RunningEngine.API, "")).isEqualTo(401);

            time.set(Duration.ofDays(300));

            await().atMost(Duration.ofSeconds(20)).until(() -> !shown(port).equals(first));
            X509Certificate second = shown(port);
            assertThat(second.getNotAfter().toInstant()).isAfter(later.instant().plus(Duration.ofDays(300)));
            assertThat(second.getIssuerX500Principal()).isEqualTo(first.getIssuerX500Principal());
            assertThat(engine.send(engine.request(
                                    "/ovirt-engine/services/pki-resource?resource=engine-certificate&format=X509-PEM"))
                            .body())
                    .isEqualTo(Pem.write(second));
            // The connection from before goes on.
            assertThat(before.status("GET", RunningEngine.API, "")).isEqualTo(401);
        }
    }

    private static X509Certificate shown(int port) throws Exception {
        try (Socket plain = RunningEngine.trusting().getSocketFactory().createSocket("127.0.0.1", port)) {
            return (X509Certificate) ((SSLSocket) plain).getSession().getPeerCertificates()[0];
        }
    }
}
