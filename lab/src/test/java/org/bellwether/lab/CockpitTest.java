package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The host's page in a real Cockpit, in a real browser; what it does there stands in cockpit/e2e/walk.mjs. */
@ExtendWith(World.Extension.class)
@InTurn(of = 2, on = 0)
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

    @Test
    void whom_the_engine_vouches_for_comes_in_once_and_nobody_else_does(@TempDir Path data) {
        String host = id(world.one);
        // Found when the agent described the host: it looks every few seconds.
        assertThat(Await.holds(
                        Duration.ofSeconds(30),
                        () -> world.api().get(way(host)).path("vouches").asBoolean()))
                .as("the host tells that it has Cockpit")
                .isTrue();
        page(data);
        try {
            List<String> environment = new ArrayList<>(BrowserWalk.login(world.engine));
            environment.add("HOST=" + host);
            BrowserWalk.walk(LONG_ENOUGH, "cockpit/e2e/enter.mjs", "cockpit-pictures", environment);
        } finally {
            world.one.run("umount", "-l", "/usr/share/cockpit");
        }
        assertThat(world.api().get("/events?max=50").toString())
                .contains("was let into Cockpit on host " + world.one.name() + ", as root");

        String ticket = ticket(host);
        assertThat(shown(world.one, "nonsense")).isEqualTo("401");
        assertThat(shown(world.one, ticket)).isEqualTo("200");
        assertThat(shown(world.one, ticket)).as("shown again").isEqualTo("401");
        assertThat(withPassword()).as("with a password").isEqualTo("401");

        assertThat(answer(world.one, "Bearer " + ticket(host), "%header{set-cookie}"))
                .as("what the browser keeps")
                .startsWith("cockpit=")
                .contains("Secure", "HttpOnly", "SameSite=Strict");

        ticket(id(world.two));
        String elsewhere = ticket(host);
        assertThat(shown(world.two, elsewhere)).as("at another host").isEqualTo("401");
        assertThat(shown(world.one, elsewhere)).as("and after that").isEqualTo("200");

        String late = ticket(host);
        Await.holds(Duration.ofSeconds(31), () -> false);
        assertThat(shown(world.one, late)).as("after its time").isEqualTo("401");

        String before = ticket(host);
        assertThat(web()).as("its web server, before").isNotEmpty();
        world.one.killAgent();
        assertThat(Await.holds(Duration.ofSeconds(5), () -> web().isEmpty()))
                .as("Cockpit's web server dies with the agent")
                .isTrue();
        world.one.startAgent();
        new Inventory(world.api()).awaitHost(world.one.name());
        ticket(host);
        assertThat(shown(world.one, before)).as("of an agent that died").isEqualTo("401");
    }

    private String id(LabHost host) {
        for (JsonNode each : world.api().list("/hosts")) {
            if (each.path("name").asText().equals(host.name())) {
                return each.path("id").asText();
            }
        }
        throw new AssertionError("there is no host " + host.name());
    }

    private static String way(String host) {
        return "/ovirt-engine/services/cockpit/" + host;
    }

    private String ticket(String host) {
        String url = world.api().post(way(host), Inventory.object()).path("url").asText();
        return url.substring(url.indexOf("#access_token=") + "#access_token=".length());
    }

    /** What Cockpit answers to who shows a ticket; its certificate is of the engine's authority. */
    private String shown(LabHost host, String ticket) {
        return answer(host, "Bearer " + ticket);
    }

    private String withPassword() {
        return answer(world.one, "Basic cm9vdDpyb290");
    }

    private String answer(LabHost host, String authorization) {
        return answer(host, authorization, "%{http_code}");
    }

    private String answer(LabHost host, String authorization, String what) {
        return Command.run(
                        "curl",
                        "--silent",
                        "--cacert",
                        world.engine.authority().toString(),
                        "--output",
                        "/dev/null",
                        "--write-out",
                        what,
                        "--header",
                        "Authorization: " + authorization,
                        "https://" + host.address() + ":9091/cockpit/login")
                .strip();
    }

    private String web() {
        return world.one
                .attempt(Duration.ofSeconds(5), "pgrep", "--uid", "61183", "cockpit-ws")
                .output()
                .strip();
    }

    /** The page is in Cockpit on this host, as an installation of the agent links it there. */
    private void page(Path data) {
        world.one.run("sh", "-ec", """
                mkdir -p %1$s/share/bellwether %1$s/share.work
                cp -r %2$s/. %1$s/share/bellwether
                mount -t overlay -o lowerdir=/usr/share/cockpit,upperdir=%1$s/share,workdir=%1$s/share.work overlay /usr/share/cockpit
                """.formatted(
                        data, SourceTree.root().resolve("cockpit/target/classes/META-INF/bellwether-cockpit")));
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
