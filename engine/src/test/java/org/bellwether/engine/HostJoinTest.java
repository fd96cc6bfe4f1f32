package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bellwether.engine.inventory.Seeds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The line that makes a machine a host, as far as a real curl goes with it; in the lab a machine goes all the way. */
class HostJoinTest {
    private RunningEngine engine;
    private String line;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        engine = new RunningEngine(folder);
        Files.writeString(engine.agentArchive(), "the agent");
        var wish = "{\"cluster\":{\"id\":\"" + Seeds.CLUSTER + "\"}}";
        var answer = engine.administrator().call("POST", "/ovirt-engine/services/host-token", wish);
        line = engine.read(answer.body()).path("command").asText();
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private static String shell(String line) throws IOException, InterruptedException {
        var process =
                new ProcessBuilder("sh", "-c", line).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    @Test
    void it_fetches_the_script_and_the_agent_from_this_engine_only() throws Exception {
        assertThat(line).endsWith("| sh -s --");
        // Where the test's engine listens is known to the test only: it chose a free port.
        var fetch = line.replace("| sh -s --", "")
                .replaceFirst(
                        "https://localhost:\\d+",
                        "https://localhost:" + engine.inside().httpsPort());
        assertThat(shell(fetch)).startsWith("set -- 'join' ").contains("\njoin() {");
        assertThat(shell(fetch.replace("host-join'", "host-join/agent'"))).isEqualTo("the agent");
        assertThat(shell(fetch.replaceFirst("sha256//....", "sha256//AAAA")))
                .as("somebody in between")
                .contains("SSL: public key does not match pinned public key");
        assertThat(shell(fetch.replaceFirst("Bearer ....", "Bearer AAAA"))).contains("403");
    }
}
