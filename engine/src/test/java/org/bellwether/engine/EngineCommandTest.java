package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.bellwether.engine.command.EngineCommand;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What is said to the engine's own command line, beside a running engine and without it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EngineCommandTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Path folder;
    private RunningEngine engine;
    private RunningEngine.Caller administrator;
    private Path configuration;

    private record Said(int code, String text) {}

    @BeforeAll
    void start(@TempDir Path place) throws IOException {
        folder = place;
        engine = new RunningEngine(folder.resolve("first"));
        administrator = engine.administrator();
        configuration = configure("first");
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    private Path configure(String home) throws IOException {
        var file = Files.createDirectories(folder.resolve(home)).resolve("engine.properties");
        Files.writeString(
                file,
                "data-dir = %1$s/data\nadmin-password-file = %1$s/password\nexternal-name = localhost\n"
                        .formatted(folder.resolve(home)));
        return file;
    }

    private static Said say(Path configuration, String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--config", configuration.toString()));
        var said = new ByteArrayOutputStream();
        var out = System.out;
        var err = System.err;
        try (var print = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setOut(print);
            System.setErr(print);
            int code = EngineCommand.run(all.toArray(String[]::new));
            return new Said(code, said.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private Path backup(String name, String... more) {
        var file = folder.resolve(name);
        var words = new ArrayList<>(List.of("backup", file.toString()));
        words.addAll(List.of(more));
        var said = say(configuration, words.toArray(String[]::new));
        assertThat(said.code()).as(said.text()).isZero();
        return file;
    }

    private Path passphrase(String text) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "passphrase", ""), text + "\n");
    }

    private String vm(RunningEngine.Caller caller, String name) {
        return caller.add(
                "/vms",
                "{\"name\":\"" + name + "\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"Blank\"}}");
    }

    @Test
    void a_backup_of_a_running_engine_becomes_the_same_engine_elsewhere() throws IOException {
        vm(administrator, "saved");
        engine.inside()
                .ground()
                .database
                .change(tx -> tx.sql()
                        .execute(
                                "insert into jobs (id, correlation_id, kind, version, description, request, owner, status,"
                                        + " started, updated) values (gen_random_uuid(), 'left', 'start-vm', 1, 'Starting VM saved', '{}',"
                                        + " 'admin@internal', 'started', now(), now())"));
        var secret = passphrase("correct horse");
        var file = backup("encrypted.backup", "--passphrase-file", secret.toString());
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        vm(administrator, "later");
        engine.inside()
                .ground()
                .database
                .change(tx -> tx.sql().execute("delete from jobs where correlation_id = 'left'"));
        int newest = administrator.get("/events?max=1").at("/event/0/id").asInt();

        var second = configure("second");
        var said = say(second, "restore", file.toString(), "--passphrase-file", secret.toString());
        assertThat(said.code()).as(said.text()).isZero();
        assertThat(said.text()).contains("1 operations were under way");
        assertThat(Files.readString(folder.resolve("second/data/pki/ca.crt")))
                .isEqualTo(Files.readString(folder.resolve("first/data/pki/ca.crt")));
        assertThat(Files.getPosixFilePermissions(folder.resolve("second/data/pki/authority.pem")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));

        try (var restored = new RunningEngine(folder.resolve("second"))) {
            assertThat(restored.password()).isEqualTo(engine.password());
            var again = restored.administrator();
            assertThat(again.names("/vms", "vm")).contains("saved").doesNotContain("later");
            var job = again.get("/jobs?search=correlation_id%3Dleft").at("/job/0");
            assertThat(job.at("/status").asText()).isEqualTo("failed");
            // There is no host to wait for.
            await().atMost(LIMIT).until(() -> again.status("POST", "/vms", """
                            {"name":"new","cluster":{"name":"Default"},"template":{"name":"Blank"}}""") < 300);
            assertThat(again.get("/events?max=1").at("/event/0/id").asInt()).isGreaterThan(newest - 10);
        }
        // What is there is never restored over.
        var refused = say(second, "restore", file.toString(), "--passphrase-file", secret.toString());
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.text()).contains("There is an engine in").contains("Nothing was changed");
    }

    @Test
    void what_is_damaged_foreign_or_of_another_passphrase_is_refused_and_changes_nothing() throws IOException {
        var secret = passphrase("sesame");
        var encrypted = Files.readAllBytes(backup("one.backup", "--passphrase-file", secret.toString()));
        var plain = Files.readAllBytes(backup("two.backup"));
        var home = configure("third");
        var files = List.of(
                broken(encrypted, encrypted.length / 2),
                broken(encrypted, encrypted.length - 3),
                broken(plain, plain.length / 2),
                Arrays.copyOf(encrypted, encrypted.length - 40),
                Arrays.copyOf(plain, plain.length - 2_000),
                Arrays.copyOf(plain, 100),
                new byte[0],
                "data-dir = /somewhere\n".getBytes(StandardCharsets.UTF_8),
                new byte[] {(byte) 0x8c, 1, 2, 3, 4, 5, 6, 7, 8});
        for (var bytes : files) {
            var file = Files.write(Files.createTempFile(folder, "bad", ".backup"), bytes);
            refused(home, say(home, "restore", file.toString(), "--passphrase-file", secret.toString()));
        }
        var whole = Files.write(folder.resolve("whole.backup"), encrypted);
        refused(home, say(home, "restore", whole.toString()));
        refused(
                home,
                say(
                        home,
                        "restore",
                        whole.toString(),
                        "--passphrase-file",
                        passphrase("other").toString()));
        refused(home, say(home, "restore", folder.resolve("absent").toString()));
        var good = say(home, "restore", whole.toString(), "--passphrase-file", secret.toString());
        assertThat(good.code()).as(good.text()).isZero();
    }

    private static byte[] broken(byte[] whole, int at) {
        var bytes = whole.clone();
        bytes[at] ^= 0x55;
        return bytes;
    }

    private void refused(Path home, Said said) throws IOException {
        assertThat(said.code()).as(said.text()).isEqualTo(1);
        assertThat(said.text()).contains("Nothing was changed");
        try (var left = Files.list(folder.resolve("third"))) {
            assertThat(left).as(said.text()).containsExactly(home);
        }
    }

    @Test
    void gpg_opens_an_encrypted_backup_too() throws IOException, InterruptedException {
        var secret = passphrase("for gpg");
        var file = backup("gpg.backup", "--passphrase-file", secret.toString());
        var clear = folder.resolve("clear.tar.gz");
        var gpg = new ProcessBuilder(
                        "gpg",
                        "--batch",
                        "--homedir",
                        Files.createTempDirectory(folder, "gnupg").toString(),
                        "--pinentry-mode",
                        "loopback",
                        "--passphrase-file",
                        secret.toString(),
                        "--output",
                        clear.toString(),
                        "--decrypt",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        var words = new String(gpg.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(gpg.waitFor()).as(words).isZero();
        assertThat(unpacked(Files.readAllBytes(clear))).contains("\"format\":\"bellwether-engine-backup\"");
    }

    @Test
    void maintenance_refuses_what_people_begin_and_says_so() {
        assertThat(say(configuration, "maintenance", "on", "--reason", "the cellar is being painted")
                        .code())
                .isZero();
        var refused = administrator.call("POST", "/vms", """
                {"name":"never","cluster":{"name":"Default"},"template":{"name":"Blank"}}""");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("cellar is being painted").contains("Nothing was changed");
        assertThat(say(configuration, "doctor").text()).contains("cellar is being painted");
        assertThat(say(configuration, "maintenance", "off").code()).isZero();
        vm(administrator, "afterwards");
        assertThat(say(configuration, "maintenance", "off").text()).contains("was not in maintenance");
    }

    @Test
    void a_support_bundle_shows_much_and_no_secret() throws IOException {
        administrator.add("/vms", """
                {"name":"talkative","cluster":{"name":"Default"},"template":{"name":"Blank"},
                 "initialization":{"host_name":"visible-name","root_password":"geheim-1","custom_script":"echo geheim-2"}}""");
        var file = folder.resolve("support.tar.gz");
        var said = say(configuration, "support-bundle", file.toString());
        assertThat(said.code()).as(said.text()).isZero();
        var text = unpacked(Files.readAllBytes(file));
        assertThat(text)
                .contains("talkative")
                .contains("visible-name")
                .contains("migrations")
                .doesNotContain("geheim")
                .doesNotContain("$6$")
                .doesNotContain(engine.password())
                .doesNotContain("PRIVATE KEY");
    }

    private static String unpacked(byte[] archive) throws IOException {
        var text = new StringBuilder();
        try (var tar = new TarArchiveInputStream(new GZIPInputStream(new ByteArrayInputStream(archive)))) {
            while (tar.getNextEntry() != null) {
                text.append(new String(tar.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }

    @Test
    void the_doctor_tells_what_is_wrong_and_what_to_do() throws IOException {
        // This engine was started without its process's lock.
        var said = say(configuration, "doctor");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.text())
                .contains("The engine is down")
                .contains("The database answers")
                .contains("There is no host yet")
                .contains("web.pem is good until");
        var key = folder.resolve("first/data/secrets.key");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(say(configuration, "doctor").text()).contains("chmod 600 " + key);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void the_small_words_work() {
        assertThat(say(configuration, "vacuum", "--full").text()).contains("The database took");
        assertThat(say(configuration, "cert").text()).contains("localhost").contains("good until");
        assertThat(say(configuration, "status").code()).isEqualTo(3);
        assertThat(say(folder.resolve("nothing.properties"), "status").text()).contains("cannot be read");
        assertThat(say(configuration, "sing").code()).isEqualTo(2);
    }
}
