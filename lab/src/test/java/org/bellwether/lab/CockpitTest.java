package org.bellwether.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
        engineMachine("{\"configured\":false}");
        world.one.launch(
                "cockpit",
                "env",
                "XDG_DATA_DIRS=" + data + ":/usr/share",
                "/usr/lib/cockpit/cockpit-ws",
                "--no-tls",
                "--address=" + world.one.address(),
                "--port=" + PORT,
                "--local-session=cockpit-bridge");
        walk("deploy", "ANSWER=The command bellwether is not installed on this host");
        deployWith(data);
        engineMachine(ENGINE_MACHINE);
        looks("answers");
        world.one.killAgent();
        looks("does not answer");
        world.one.startAgent();
        world.one.run("sh", "-c", "rm /run/bellwether-agent/*/engine-ha.json");
        world.stop(vm);
        world.remove(vm);
    }

    private void engineMachine(String state) {
        world.one.run("sh", "-c", """
                echo '%s' >"$(dirname /run/bellwether-agent/*/places)/engine-ha.json"
                """.formatted(state));
    }

    /** With the engine's package on the host, as far as the page sees it: what the command itself says comes back. */
    private void deployWith(Path data) {
        String upper = data.resolve("upper").toString();
        String command = String.join(" ", Jvm.carryingCommandLine(List.of()));
        world.one.run("sh", "-ec", """
                mkdir -p %1$s/bin %1$s/work /run/bellwether-deploy
                cat >%1$s/bin/bellwether <<'.'
                #!/bin/sh
                # There is no engine on this host; whoever asks for it is told a place where nobody answers.
                case "$1 $2" in
                "engine env") echo "export BW_URL=https://127.0.0.1:9 BW_PASSWORD=none" ;;
                engine\\ *) exit 3 ;;
                *) exec %2$s "$@" ;;
                esac
                .
                chmod 755 %1$s/bin/bellwether
                mount -t overlay -o lowerdir=/usr/bin,upperdir=%1$s/bin,workdir=%1$s/work overlay /usr/bin
                """.formatted(upper, command));
        try {
            walk("deploy", "ANSWER=127.0.0.1:9");
        } finally {
            world.one.run("sh", "-c", "umount -l /usr/bin; rm -r /run/bellwether-deploy");
        }
    }

    private void looks(String agent) {
        walk("walk", "BW_URL=" + world.engine.url(), "MACHINE=cockpit", "AGENT=" + agent);
    }

    private void walk(String name, String... more) {
        List<String> environment = new ArrayList<>(List.of(more));
        environment.add("BASE=http://" + world.one.address() + ":" + PORT);
        BrowserWalk.walk(LONG_ENOUGH, "cockpit/e2e/" + name + ".mjs", "cockpit-pictures", environment);
    }
}
