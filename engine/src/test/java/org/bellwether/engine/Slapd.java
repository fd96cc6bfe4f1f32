package org.bellwether.engine;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** OpenLDAP's own server, on the loopback, with files of its own and TLS; it ends with {@link #close()}. */
final class Slapd implements AutoCloseable {
    static final Path PROGRAM = Path.of("/usr/sbin/slapd");
    static final String BASE = "dc=example,dc=org";
    static final String ROOT = "cn=root," + BASE;
    static final String ROOT_PASSWORD = "shepherd";

    private final Path folder;
    private final int port;
    private Process process;

    Slapd(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        this.port = free();
        Files.createDirectories(folder.resolve("data"));
        // RSA: Debian's slapd stands on GnuTLS and cannot read every key that this engine makes.
        var made = new ProcessBuilder(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=localhost",
                        "-addext",
                        "subjectAltName=DNS:localhost",
                        "-keyout",
                        folder.resolve("server.key").toString(),
                        "-out",
                        authority().toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("openssl.log").toFile())
                .start();
        if (made.waitFor() != 0) {
            throw new IOException("openssl made no certificate, see " + folder.resolve("openssl.log"));
        }
        Files.writeString(folder.resolve("slapd.conf"), """
                include /etc/ldap/schema/core.schema
                include /etc/ldap/schema/cosine.schema
                include /etc/ldap/schema/inetorgperson.schema
                modulepath /usr/lib/ldap
                moduleload back_mdb
                pidfile %1$s/slapd.pid
                TLSCertificateFile %1$s/server.crt
                TLSCertificateKeyFile %1$s/server.key
                # No password in the clear.
                security simple_bind=1 tls=1
                sizelimit 50
                database mdb
                suffix "%2$s"
                rootdn "%3$s"
                rootpw %4$s
                directory %1$s/data
                access to attrs=userPassword by anonymous auth by * none
                access to * by users read by * none
                """.formatted(folder, BASE, ROOT, ROOT_PASSWORD));
        start();
    }

    private static int free() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    void start() throws IOException {
        process = new ProcessBuilder(
                        PROGRAM.toString(),
                        "-h",
                        "ldap://127.0.0.1:" + port,
                        "-f",
                        folder.resolve("slapd.conf").toString(),
                        "-d",
                        "none")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("slapd.log").toFile())
                .start();
        Awaitility.await("slapd to listen, see " + folder.resolve("slapd.log"))
                .atMost(Duration.ofSeconds(20))
                .until(() -> !process.isAlive() || listens());
        if (!process.isAlive()) {
            throw new IOException("slapd did not start: " + Files.readString(folder.resolve("slapd.log")));
        }
    }

    private boolean listens() {
        try (var connection = new LDAPConnection("127.0.0.1", port)) {
            return connection.isConnected();
        } catch (LDAPException notYet) {
            return false;
        }
    }

    String url() {
        return "ldap://localhost:" + port;
    }

    int port() {
        return port;
    }

    Path authority() {
        return folder.resolve("server.crt");
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
