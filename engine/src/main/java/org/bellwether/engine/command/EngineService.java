package org.bellwether.engine.command;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.pki.Pem;

/** Starts and stops the engine: by systemd where the package has put its unit, else as a process of its own. */
final class EngineService {

    static final String UNIT = "bellwether-engine.service";

    /** It may make its database and its keys, look after hosts that it has not seen for long, and have no cache to start from. */
    private static final Duration START = Duration.ofMinutes(10);

    private static final Duration STOP = Duration.ofMinutes(2);
    private static final String HEALTH = "/ovirt-engine/services/health";

    private final Installation engine;

    EngineService(Installation engine) {
        this.engine = engine;
    }

    /** Whether systemd looks after this engine. */
    boolean bySystemd() {
        return engine.file().equals(Installation.PACKAGED)
                && Files.isDirectory(Path.of("/run/systemd/system"))
                && List.of("/usr/lib/systemd/system", "/lib/systemd/system", "/etc/systemd/system").stream()
                        .anyMatch(place -> Files.exists(Path.of(place, UNIT)));
    }

    /** Starts it when it does not run, and answers when it serves. */
    void start() {
        start(START);
    }

    /** As {@link #start()}, for an engine that may have more to do than usual before it serves. */
    void start(Duration limit) {
        if (engine.pid().isEmpty()) {
            if (bySystemd()) {
                // It refuses one that died too often, be it of another version.
                Programs.show(List.of("systemctl", "reset-failed", UNIT));
                Programs.run("systemctl", "start", UNIT);
            } else {
                launch();
            }
        }
        if (!holds(limit, () -> serves() || (!bySystemd() && engine.pid().isEmpty())) || !serves()) {
            throw Failure.internal("The engine does not serve")
                    .because(
                            engine.pid().isPresent() ? "its process runs and does not answer" : "its process has ended")
                    .next("See what it said: bellwether engine log");
        }
    }

    private void launch() {
        try {
            Files.createDirectories(engine.data());
            var words = new ArrayList<>(List.of("setsid"));
            words.addAll(EngineJvm.command(engine.file()));
            var process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(engine.log().toFile()))
                    .start();
            process.getOutputStream().close();
            if (!holds(Duration.ofSeconds(30), () -> engine.pid().isPresent() || !process.isAlive())) {
                throw Failure.internal("The engine's process did not come up").next("See " + engine.log());
            }
        } catch (IOException e) {
            throw Failure.internal("The engine cannot be started")
                    .because(String.valueOf(e.getMessage()))
                    .next("Check the rights on " + engine.data() + "; say it again as the engine's user")
                    .from(e);
        }
    }

    /** Ends it in order; running machines and operations are not touched. */
    void stop() {
        if (bySystemd()) {
            Programs.run("systemctl", "stop", UNIT);
        } else {
            engine.process().ifPresent(process -> {
                if (!process.destroy()) {
                    throw Failure.forbidden("The engine's process " + process.pid() + " cannot be ended")
                            .next("Say it again as root or as the engine's user");
                }
            });
        }
        if (!holds(STOP, () -> engine.pid().isEmpty())) {
            throw Failure.internal("The engine does not end")
                    .because("its process " + engine.pid().map(String::valueOf).orElse("") + " still runs after "
                            + STOP.toSeconds() + " s")
                    .next("See what it waits for: bellwether engine log");
        }
    }

    /** Whether the engine says that it is well. */
    boolean serves() {
        var authority = engine.pki().resolve("ca.crt");
        if (!Files.exists(authority)) {
            return false;
        }
        try (var client = HttpClient.newBuilder()
                .sslContext(trusting(authority))
                .connectTimeout(Duration.ofSeconds(3))
                .build()) {
            var url = URI.create("https://" + engine.config().localAddress() + ":"
                    + engine.config().httpsPort() + HEALTH);
            return client.send(
                                    HttpRequest.newBuilder(url)
                                            .timeout(Duration.ofSeconds(5))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
                            .statusCode()
                    == 200;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException down) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static SSLContext trusting(Path authority) throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (var each : Pem.certificates(Files.readString(authority))) {
            store.setCertificateEntry("authority" + store.size(), each);
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new ThisEngine(factory)}, null);
        return context;
    }

    /** Under whatever name: one of the organisation's need not know how this machine calls itself. */
    private static final class ThisEngine extends X509ExtendedTrustManager {
        private final X509TrustManager authorities;

        ThisEngine(TrustManagerFactory factory) throws CertificateException {
            for (var each : factory.getTrustManagers()) {
                if (each instanceof X509TrustManager found) {
                    authorities = found;
                    return;
                }
            }
            throw new CertificateException("this Java has no X.509 trust manager");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            authorities.checkServerTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            authorities.checkServerTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine tls)
                throws CertificateException {
            authorities.checkServerTrusted(chain, type);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("nobody connects here");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine tls)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return authorities.getAcceptedIssuers();
        }
    }

    static boolean holds(Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
