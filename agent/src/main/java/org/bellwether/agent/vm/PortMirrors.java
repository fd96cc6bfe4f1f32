package org.bellwether.agent.vm;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.NicDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of whatever passes through a bridge, for the machines whose vNIC profile says so. The bridge listens to all frames,
 * so that also those between its ports come up to it, and each is copied to the machine's port. Looked at again and again,
 * because machines come by migrations too.
 */
final class PortMirrors {
    private static final Logger LOG = LoggerFactory.getLogger(PortMirrors.class);
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final int FIRST_PREFERENCE = 1000;
    private static final int PREFERENCES = 60_000;

    /** The bridge that each port gets a copy of. */
    private final Map<String, String> made = new HashMap<>();

    void look(Iterable<Machine> machines) {
        Map<String, String> wanted = new HashMap<>();
        for (Machine machine : machines) {
            DomainView view = machine.view;
            if (view != null) {
                for (NicDevice nic : machine.state.getDefinition().getNicsList()) {
                    if (nic.getMirrored() && !nic.getNetwork().isEmpty()) {
                        view.nicTargets().forEach((port, mac) -> {
                            if (!port.isEmpty() && mac.equalsIgnoreCase(nic.getMac())) {
                                wanted.put(port, nic.getNetwork());
                            }
                        });
                    }
                }
            }
        }
        if (!wanted.equals(made)) {
            made.entrySet().removeIf(mirror -> {
                boolean over = !mirror.getValue().equals(wanted.get(mirror.getKey()));
                if (over) {
                    stop(mirror.getValue(), mirror.getKey());
                }
                return over;
            });
            wanted.forEach((port, bridge) -> {
                if (!made.containsKey(port)) {
                    start(bridge, port);
                    made.put(port, bridge);
                }
            });
        }
    }

    private static void start(String bridge, String port) {
        stop(bridge, port);
        run("ip", "link", "set", bridge, "promisc", "on");
        run("tc", "qdisc", "add", "dev", bridge, "clsact");
        if (run(
                "tc",
                "filter",
                "add",
                "dev",
                bridge,
                "ingress",
                "protocol",
                "all",
                "pref",
                preference(port),
                "u32",
                "match",
                "u32",
                "0",
                "0",
                "action",
                "mirred",
                "egress",
                "mirror",
                "dev",
                port)) {
            LOG.info("{} gets a copy of what passes through {}", port, bridge);
        } else {
            LOG.error("{} cannot get a copy of what passes through {}", port, bridge);
        }
    }

    private static void stop(String bridge, String port) {
        run("tc", "filter", "del", "dev", bridge, "ingress", "pref", preference(port));
    }

    private static String preference(String port) {
        return Integer.toString(FIRST_PREFERENCE + Math.floorMod(port.hashCode(), PREFERENCES));
    }

    private static boolean run(String... words) {
        try {
            Command.Outcome outcome = new Command(List.of(words), null).run(DEADLINE);
            if (!outcome.worked()) {
                LOG.debug("{}: {}", String.join(" ", words), outcome.words());
            }
            return outcome.worked();
        } catch (Refusal e) {
            LOG.debug("{}", e.getMessage());
            return false;
        }
    }
}
