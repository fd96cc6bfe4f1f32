package org.bellwether.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** MIT Kerberos' own key distribution center, on the loopback, with files of its own; it ends with {@link #close()}. */
final class Kdc implements AutoCloseable {
    static final Path PROGRAM = Path.of("/usr/sbin/krb5kdc");
    static final String REALM = "EXAMPLE.ORG";

    private final Path folder;
    private final int port;
    private final Process process;

    Kdc(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = socket.getLocalPort();
        }
        Files.writeString(folder.resolve("krb5.conf"), """
                [libdefaults]
                default_realm = %1$s
                dns_lookup_realm = false
                dns_lookup_kdc = false
                dns_canonicalize_hostname = false
                rdns = false
                udp_preference_limit = 1
                [realms]
                %1$s = {
                  kdc = 127.0.0.1:%2$d
                }
                """.formatted(REALM, port));
        Files.writeString(folder.resolve("kdc.conf"), """
                [kdcdefaults]
                kdc_listen = 127.0.0.1:%2$d
                kdc_tcp_listen = 127.0.0.1:%2$d
                [realms]
                %1$s = {
                  database_name = %3$s/principal
                  key_stash_file = %3$s/stash
                  acl_file = %3$s/acl
                }
                """.formatted(REALM, port, folder));
        run("", "kdb5_util", "create", "-s", "-P", "master of keys", "-r", REALM);
        process = environment(new ProcessBuilder(PROGRAM.toString(), "-n"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("kdc.log").toFile())
                .start();
        Awaitility.await("krb5kdc to listen, see " + folder.resolve("kdc.log"))
                .atMost(Duration.ofSeconds(20))
                .until(() -> !process.isAlive() || listens());
        if (!process.isAlive()) {
            throw new IOException("krb5kdc did not start: " + Files.readString(folder.resolve("kdc.log")));
        }
    }

    private boolean listens() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    private ProcessBuilder environment(ProcessBuilder builder) {
        builder.environment().put("KRB5_CONFIG", folder.resolve("krb5.conf").toString());
        builder.environment().put("KRB5_KDC_PROFILE", folder.resolve("kdc.conf").toString());
        builder.environment().put("KRB5CCNAME", "FILE:" + folder.resolve("tickets"));
        return builder;
    }

    /** What a program says that is run as a person of the realm would; it must succeed. */
    String run(String input, String... words) throws IOException {
        var output = folder.resolve("output");
        var in = Files.writeString(folder.resolve("input"), input);
        var started = environment(new ProcessBuilder(words))
                .redirectInput(in.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!started.waitFor(60, TimeUnit.SECONDS) || started.exitValue() != 0) {
                started.destroyForcibly();
                throw new IOException(List.of(words) + ": " + Files.readString(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return Files.readString(output);
    }

    void person(String name, String password) throws IOException {
        run("", "kadmin.local", "addprinc", "-pw", password, name);
    }

    /** A service with a key, and the file with that key. */
    Path service(String name) throws IOException {
        var keytab = folder.resolve(name.replace('/', '-') + ".keytab");
        run("", "kadmin.local", "addprinc", "-randkey", name);
        run("", "kadmin.local", "ktadd", "-k", keytab.toString(), name);
        return keytab;
    }

    /** From now on what is run is run for somebody. */
    void signOn(String name, String password) throws IOException {
        run(password + "\n", "kinit", name);
    }

    void signOff() throws IOException {
        Files.deleteIfExists(folder.resolve("tickets"));
    }

    /** What curl gets, with the status in the last line. */
    String curl(Path authority, String url, String form, String... more) throws IOException {
        var words = new ArrayList<>(List.of(
                "curl",
                "-s",
                "--max-time",
                "30",
                "--cacert",
                authority.toString(),
                "-d",
                form,
                "-w",
                "\n%{http_code}"));
        words.addAll(List.of(more));
        words.add(url);
        return run("", words.toArray(String[]::new));
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
