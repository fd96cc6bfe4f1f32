package org.bellwether.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a bare host is told on its way to its own engine; really done: PackagedHostTest in the lab. */
final class FirstHostTest {
    private static final String KEY = "ecdsa-sha2-nistp256 AAAA engine";
    private static final String ADDRESS = "192.0.2.5";

    private final ScriptedEngine engine = new ScriptedEngine();
    private final FirstHost.Wish wish = new FirstHost.Wish();

    @TempDir
    private Path folder;

    @BeforeEach
    void name() {
        wish.name = "node1";
        wish.place = "nfs:nas.example.org:/engine:1";
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void an_engine_is_set_up_where_there_is_none_and_left_alone_where_one_serves() throws IOException {
        Path image = Files.createFile(folder.resolve("image"));
        assertThatThrownBy(() -> FirstHost.engine(wish, ADDRESS, folder.resolve("none"), program()))
                .hasMessageContaining("none cannot be read");
        assertThat(folder.resolve("serves")).doesNotExist();
        FirstHost.engine(wish, ADDRESS, image, program());
        assertThat(folder.resolve("answers")).hasContent("external-name = " + ADDRESS);
        Files.delete(folder.resolve("answers"));
        FirstHost.engine(wish, ADDRESS, image, program());
        assertThat(folder.resolve("answers")).as("said again").doesNotExist();
    }

    @Test
    void how_the_engine_is_reached_is_learnt_from_itself() throws IOException {
        assertThat(program().environment())
                .containsOnly(
                        Map.entry("BW_URL", "https://127.0.0.1:8443/ovirt-engine"),
                        Map.entry("BW_PASSWORD", "it's \"that\""));
    }

    @Test
    void this_computer_becomes_a_host_and_the_storage_its_domain() throws IOException {
        engine.get("/hosts", "{}")
                .get("/clusters", "{'cluster':[{'id':'c','name':'Default'}]}")
                .get("/datacenters", "{'data_center':[{'id':'d','name':'Default'}]}")
                .get("/storagedomains?search=name%3Dshared", "{}")
                .get("/datacenters/d/storagedomains", "{}")
                .get("/datacenters/d/storagedomains/s", "{'id':'s','name':'shared','status':'active'}")
                .get("/hosts/h", "{'id':'h','name':'node1','status':'up'}")
                .get("/jobs?search=correlation_id%3D*", "{}")
                .on("GET /services/pki-resource?resource=engine-certificate&format=OPENSSH-PUBKEY", 200, KEY + "\n")
                .on("POST /api/hosts", 201, "{\"id\":\"h\",\"name\":\"node1\",\"status\":\"installing\"}")
                .on("POST /api/storagedomains", 201, "{\"id\":\"s\",\"name\":\"shared\"}")
                .on("POST /api/datacenters/d/storagedomains", 201, "{\"id\":\"s\"}");
        Path keys = Files.createDirectories(folder.resolve(".ssh")).resolve("authorized_keys");
        Files.writeString(keys, "ssh-ed25519 BBBB somebody");

        ready();

        assertThat(keys).hasContent("ssh-ed25519 BBBB somebody\n" + KEY);
        assertThat(engine.requests("POST"))
                .extracting(ScriptedEngine.Request::path, ScriptedEngine.Request::body)
                .satisfiesExactly(
                        host -> assertThat(host.toString())
                                .contains("/api/hosts", "\"node1\"", ADDRESS, "\"publickey\"", "\"id\":\"c\""),
                        domain -> assertThat(domain.toString())
                                .contains("\"nfs\"", "\"nas.example.org\"", "\"/engine:1\"", "\"id\":\"h\""),
                        attached -> assertThat(attached.toString()).contains("/api/datacenters/d/storagedomains"));
    }

    @Test
    void what_is_there_already_is_taken_as_it_is() throws IOException {
        engine.get("/hosts", "{'host':[{'id':'h','name':'node1','address':'" + ADDRESS + "','status':'up'}]}")
                .get("/datacenters", "{'data_center':[{'id':'d','name':'Default'}]}")
                .get("/storagedomains?search=name%3Dshared", "{'storage_domain':[{'id':'s','name':'shared'}]}")
                .get("/datacenters/d/storagedomains", "{'storage_domain':[{'id':'s','name':'shared'}]}")
                .get("/datacenters/d/storagedomains/s", "{'id':'s','name':'shared','status':'active'}");
        ready();
        assertThat(engine.requests("POST")).isEmpty();
        assertThat(folder.resolve(".ssh")).doesNotExist();
    }

    private void ready() {
        var quiet = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        var environment =
                Map.of("BW_URL", engine.url(), "BW_USER", "admin@internal", "BW_PASSWORD", ScriptedEngine.PASSWORD);
        try (var session = new Session(new Options(), environment, quiet, quiet)) {
            new FirstHost(session, wish, ADDRESS, folder).ready("shared");
        }
    }

    /** A command as the package's, of which a file says whether its engine serves. */
    private EngineProgram program() throws IOException {
        Path command = folder.resolve("bellwether");
        if (!Files.exists(command)) {
            Files.writeString(command, """
                    #!/bin/sh
                    cd %s
                    case "$1 $2" in
                    "setup --answers") cp "$3" answers; touch serves ;;
                    "engine status") [ -e serves ] || exit 3 ;;
                    "engine env")
                        echo "export BW_URL='https://127.0.0.1:8443/ovirt-engine'"
                        printf '%%s\\n' "export BW_PASSWORD='it'\\\\''s \\"that\\"'" ;;
                    *) exit 2 ;;
                    esac
                    """.formatted(folder));
            Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return new EngineProgram(command + " engine");
    }
}
