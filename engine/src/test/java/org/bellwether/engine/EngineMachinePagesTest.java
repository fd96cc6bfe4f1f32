package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.bellwether.engine.command.EngineCommand;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.lifecycle.MovedEngine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What can be seen of the engine's machine without hosts; with them: EngineKeptTest and SelfHostedTest in the lab. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EngineMachinePagesTest {
    private static final String PAGE = "/ovirt-engine/services/engine-machine";

    private RunningEngine engine;
    private RunningEngine.Caller administrator;
    private String vm;

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder);
        administrator = engine.administrator();
        vm = administrator.add(
                "/vms", "{\"name\":\"engine\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"Blank\"}}");
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    @Test
    void there_is_none_until_one_is_made_known() {
        assertThat(engine.read(administrator.call("GET", PAGE, "").body())
                        .get("configured")
                        .asBoolean())
                .isFalse();
        assertThat(administrator.status("DELETE", PAGE, "")).isEqualTo(404);
        assertThat(administrator.status("PUT", PAGE, "{\"global\":\"true\"}")).isEqualTo(404);
        assertThat(engine.nobody().status("GET", PAGE, "")).isEqualTo(401);
    }

    @Test
    void what_is_no_machine_or_no_board_is_refused() {
        for (String body : new String[] {
            "{}",
            "{\"vm\":\"\",\"board\":\"\"}",
            "{\"vm\":\"nonsense\",\"board\":\"x\",\"address\":\"a:1\"}",
            "{\"vm\":\"" + vm + "\",\"board\":\"" + vm + "\",\"address\":\"192.0.2.7:443\"}",
            "nonsense"
        }) {
            assertThat(administrator.status("POST", PAGE, body)).as(body).isIn(400, 404);
        }
        assertThat(administrator.get("/vms/" + vm).path("origin").asText()).isNotEqualTo("managed_hosted_engine");
    }

    @Test
    void an_engine_that_has_moved_does_not_start_where_it_was(@TempDir Path folder) throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        Path file = folder.resolve("engine.properties");
        Files.writeString(file, "data-dir = " + data + "\n");
        assertThat(EngineCommand.run("retire", "--config", file.toString())).isNotZero();
        MovedEngine.requireHere(data);
        assertThat(EngineCommand.run("retire", "--to", "https://there/ovirt-engine", "--config", file.toString()))
                .isZero();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> MovedEngine.requireHere(data))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("https://there/ovirt-engine");
        assertThat(EngineCommand.run("retire", "--undo", "--config", file.toString()))
                .isZero();
        MovedEngine.requireHere(data);
    }
}
