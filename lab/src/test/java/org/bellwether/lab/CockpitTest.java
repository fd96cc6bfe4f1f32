package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The host's page in a real Cockpit, in a real browser; what it does there stands in cockpit/e2e/walk.mjs. */
@ExtendWith(World.Extension.class)
final class CockpitTest {
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(4);
    private static final int PORT = 9090;

    /** As the agent of a host that can run the engine machine leaves it for the page. */
    private static final String ENGINE_MACHINE = """
            {"configured":true,"state":"up","host":"host1","score":3400,"local_maintenance":false,
            "global_maintenance":false,"health":"good","detail":"",
            "hosts":[{"name":"host1","score":3400,"alive":true,"engine":"up","maintenance":false}]}""";

    private final World world;

    CockpitTest(World world) {
        this.world = world;
    }

    @Test
    void a_host_shows_what_it_is_and_has_also_when_its_agent_is_down(@TempDir Path data) {
        Path page = SourceTree.root().resolve("cockpit/target/classes/META-INF/bellwether-cockpit");
        Command.run("mkdir", data.resolve("cockpit").toString());
        Command.run(
                "cp", "-r", page.toString(), data.resolve("cockpit/bellwether").toString());
        String vm = world.runningMachine("cockpit", world.one);
        world.one.run("sh", "-c", """
                echo '%s' >"$(dirname /run/bellwether-agent/*/places)/engine-ha.json"
                """.formatted(ENGINE_MACHINE));
        world.one.launch(
                "cockpit",
                "env",
                "XDG_DATA_DIRS=" + data + ":/usr/share",
                "/usr/lib/cockpit/cockpit-ws",
                "--no-tls",
                "--address=" + world.one.address(),
                "--port=" + PORT,
                "--local-session=cockpit-bridge");
        looks("answers");
        world.one.killAgent();
        looks("does not answer");
        world.one.startAgent();
        world.one.run("sh", "-c", "rm /run/bellwether-agent/*/engine-ha.json");
        world.stop(vm);
        world.remove(vm);
    }

    private void looks(String agent) {
        Command.Outcome walk = Command.attempt(
                LONG_ENOUGH,
                List.of(
                        "env",
                        "BW_URL=" + world.engine.url(),
                        "BASE=http://" + world.one.address() + ":" + PORT,
                        "MACHINE=cockpit",
                        "AGENT=" + agent,
                        "SHOTS=" + SourceTree.root().resolve("lab/target/cockpit-pictures"),
                        "node",
                        SourceTree.root().resolve("cockpit/e2e/walk.mjs").toString()));
        assertThat(walk.succeeded()).as(walk.output()).isTrue();
    }
}
