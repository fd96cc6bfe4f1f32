package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The engine as people install it: from its package, by dpkg, in a Debian of its own. A newer version takes its place, and one
 * that does not serve gives it back.
 */
@InTurn(of = 3, on = 1)
final class EnginePackageTest {
    private static final String FIRST = "1.0";
    private static final String SECOND = "1.1";
    private static final String BROKEN = "1.2";
    private static final String MENDED = "1.3";

    private final Lab lab = Lab.forTest();
    private final PackagedDebian debian = new PackagedDebian(lab);

    @BeforeEach
    void unpack() throws IOException {
        debian.unpack();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void it_is_installed_upgraded_and_put_back_when_the_new_version_does_not_serve() throws IOException {
        debian.install(debian.engine(FIRST));
        debian.run("bellwether", "setup", "--answers", debian.answers());
        assertThat(debian.run("bellwether", "engine", "status")).contains("serves at");
        assertThat(debian.run("sh", "-ec", "eval \"$(bellwether engine env)\" && bellwether cluster list"))
                .contains("Default");
        requireFastCommandLine();
        String password =
                debian.read("var/lib/bellwether/engine/admin-password").strip();
        ApiClient first = signOn(password);
        String kept = first.post("/tags", "{\"name\":\"kept\"}").path("id").asText();

        debian.install(debian.engine(SECOND));
        assertThat(debian.run("bellwether", "engine", "status"))
                .contains("serves at")
                .doesNotContain("It is version");
        assertThat(signOn(password).get("/tags/" + kept).path("name").asText()).isEqualTo("kept");

        // Its files cannot be put in place: the old version goes on.
        Command.Outcome cut = debian.tryToInstall(debian.cutOff(debian.engine(BROKEN)));
        assertThat(cut.succeeded()).as(cut.output()).isFalse();
        assertThat(signOn(password).get("/tags/" + kept).path("name").asText()).isEqualTo("kept");

        // It ruins the database, as a migration may, and ends.
        Path broken = debian.brokenEngine(BROKEN);
        Command.Outcome refused = debian.tryToInstall(broken);
        assertThat(refused.succeeded()).as(refused.output()).isFalse();
        assertThat(refused.output())
                .contains("The engine was not upgraded to " + BROKEN, "It is version " + SECOND + " again");
        ApiClient back = signOn(password);
        assertThat(back.get("/tags/" + kept).path("name").asText()).isEqualTo("kept");
        assertThat(debian.run("bellwether", "engine", "status"))
                .contains(
                        "serves at", "It is version " + SECOND + ", because the one that was installed did not serve");
        back.post("/tags", "{\"name\":\"since\"}");

        // Nobody tries it again by chance: other packages are configured meanwhile.
        Command.Outcome configured = debian.attempt("dpkg", "--configure", "-a");
        assertThat(configured.output()).contains("The installed version " + BROKEN + " is not used");
        assertThat(signOn(password).named("/tags", "since").path("id").asText()).isNotEmpty();

        // It is cut off while it is put back: nothing starts before that was gone on with.
        assertThat(debian.attempt("bellwether", "engine", "upgrade", "--again").succeeded())
                .isFalse();
        assertThat(signOn(password).named("/tags", "since").path("id").asText()).isNotEmpty();
        debian.atStage(state -> state.replace("stage=returned", "stage=returning"));
        assertThat(debian.attempt("bellwether", "engine", "run").output()).contains("was being put back");
        assertThat(debian.attempt("bellwether", "engine", "upgrade").output())
                .contains("It is version " + SECOND + " again");
        assertThat(signOn(password).named("/tags", "since").path("id").asText()).isNotEmpty();

        debian.install(debian.engine(MENDED));
        assertThat(debian.run("bellwether", "engine", "status"))
                .contains("serves at")
                .doesNotContain("It is version");
        ApiClient last = signOn(password);
        assertThat(last.get("/tags/" + kept).path("name").asText()).isEqualTo("kept");
        assertThat(last.named("/tags", "since").path("id").asText()).isNotEmpty();
        aBackupIsRestoredWhereOnlyThePackageIs(password);
    }

    /** Java refuses to start when it is to use a cache that does not fit. */
    private void requireFastCommandLine() {
        String home = "/usr/lib/bellwether/";
        assertThat(debian.run(
                        home + "jre/bin/java",
                        "-XX:AOTMode=on",
                        "-XX:AOTCache=" + home + "lib/bw.aot",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "@" + home + "class-path",
                        "org.bellwether.cli.Main",
                        "--help"))
                .contains("cluster");
    }

    private void aBackupIsRestoredWhereOnlyThePackageIs(String password) {
        debian.run("bellwether", "engine", "backup", "/root/engine.backup");
        debian.run("bellwether", "engine", "stop");
        debian.run("rm", "-r", "/var/lib/bellwether/engine", "/etc/bellwether/engine.properties");
        debian.run("bellwether", "engine", "restore", "/root/engine.backup");
        debian.run("bellwether", "engine", "start");
        assertThat(debian.run("stat", "-c", "%U", "/var/lib/bellwether/engine/secrets.key")
                        .strip())
                .isEqualTo("bellwether");
        assertThat(signOn(password).named("/tags", "since").path("id").asText()).isNotEmpty();
    }

    @Test
    void the_package_of_the_other_family_is_installed_upgraded_and_removed() throws IOException {
        Assumptions.assumeTrue(Command.attempt("rpmbuild", "--version").succeeded(), "rpmbuild is not installed");
        debian.rpm("--install", debian.rpm(FIRST).toString());
        debian.run("bellwether", "setup", "--answers", debian.answers());
        String password =
                debian.read("var/lib/bellwether/engine/admin-password").strip();
        signOn(password).post("/tags", "{\"name\":\"kept\"}");

        assertThat(debian.rpm("--upgrade", debian.rpm(SECOND).toString()))
                .contains("The engine is upgraded from " + FIRST + " to " + SECOND + " and serves");
        assertThat(signOn(password).named("/tags", "kept").path("id").asText()).isNotEmpty();
        assertThat(debian.rpm("--verify", "bellwether-engine")).isEmpty();

        debian.run("bellwether", "engine", "stop");
        debian.rpm("--erase", "bellwether-engine");
        assertThat(debian.path("usr/bin/bellwether")).doesNotExist();
        assertThat(debian.path("var/lib/bellwether/engine/pki/ca.crt"))
                .as("what the engine knows stays")
                .exists();
    }

    private ApiClient signOn(String password) {
        URI url = URI.create("https://127.0.0.1:" + debian.port() + "/ovirt-engine");
        return ApiClient.signOn(url, debian.path("var/lib/bellwether/engine/pki/ca.crt"), "admin@internal", password);
    }
}
