package org.bellwether.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.bellwether.agent.platform.Command;

/** A bridge with an address for hosts in namespaces; goes with everything on it. */
final class TestNetwork implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final int number;
    private final String bridge;

    TestNetwork() {
        this.number = (int) (ProcessHandle.current().pid() % 200) + 20;
        this.bridge = "bwagt" + number;
        run("ip", "link", "add", bridge, "type", "bridge");
        run("ip", "address", "add", address(1) + "/24", "dev", bridge);
        run("ip", "link", "set", bridge, "up");
    }

    String address(int host) {
        return "10.117." + number + "." + host;
    }

    String port(int host) {
        return bridge + "p" + host;
    }

    /** Gives the namespace of a process an interface on the bridge, with a bridge "ovirtmgmt" over it. */
    void plug(long pid, int host) {
        run("ip", "link", "add", port(host), "type", "veth", "peer", "name", "eth0", "netns", Long.toString(pid));
        run("ip", "link", "set", port(host), "master", bridge, "up");
        inside(pid, "ip", "link", "add", "ovirtmgmt", "type", "bridge");
        inside(pid, "ip", "link", "set", "eth0", "master", "ovirtmgmt", "up");
        inside(pid, "ip", "address", "add", address(host) + "/24", "dev", "ovirtmgmt");
        inside(pid, "ip", "link", "set", "ovirtmgmt", "up");
    }

    void cut(int host) {
        run("ip", "link", "set", port(host), "down");
    }

    void mend(int host) {
        run("ip", "link", "set", port(host), "up");
    }

    void unplug(int host) {
        Command.of("ip", "link", "del", port(host)).run(DEADLINE);
    }

    @Override
    public void close() {
        Command.of("ip", "link", "del", bridge).run(DEADLINE);
    }

    static void inside(long pid, String... words) {
        java.util.ArrayList<String> all =
                new java.util.ArrayList<>(List.of("nsenter", "--target", Long.toString(pid), "--net", "--"));
        all.addAll(List.of(words));
        run(all.toArray(String[]::new));
    }

    static void run(String... words) {
        Command.Outcome outcome = new Command(List.of(words), Path.of("/")).run(DEADLINE);
        if (!outcome.worked()) {
            throw new IllegalStateException(String.join(" ", words) + ": " + outcome.words());
        }
    }
}
