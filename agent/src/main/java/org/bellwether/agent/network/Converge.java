package org.bellwether.agent.network;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.KernelLink;
import org.bellwether.protocol.KernelNetworks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the kernel to a target with "ip", phase by phase. Doing it again does only what is still missing. */
record Converge(Dhcp dhcp) implements BackEnd {
    private static final Logger LOG = LoggerFactory.getLogger(Converge.class);
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /** @throws Refusal with the step that failed and the kernel's words; what was done before it is done */
    @Override
    public void to(KernelNetworks target) {
        stopClients(target);
        run(NetworkSteps.links(KernelReader.read(dhcp), target));
        routers(target);
        run(NetworkSteps.addresses(KernelReader.read(dhcp), target));
        run(NetworkSteps.routes(KernelReader.read(dhcp), target));
        startClients(target);
        if (!NameServers.read().equals(target.getNameServersList())) {
            NameServers.write(target.getNameServersList());
        }
    }

    @Override
    public void persist() {
        NetworkManager.forgetKept();
    }

    private void stopClients(KernelNetworks target) {
        Map<String, KernelLink> wanted = byName(target);
        for (KernelLink link : KernelReader.read(dhcp).getLinksList()) {
            KernelLink to = wanted.getOrDefault(link.getName(), KernelLink.getDefaultInstance());
            if (link.getDhcp4() && !to.getDhcp4()) {
                dhcp.stop(link.getName(), false);
            }
            if (link.getDhcp6() && !to.getDhcp6()) {
                dhcp.stop(link.getName(), true);
            }
            if (link.getDhcp4() && !to.getDhcp4() && link.getDynamicAddressesCount() > 0) {
                run(List.of(List.of("ip", "-4", "address", "flush", "dev", link.getName(), "dynamic")));
            }
        }
    }

    private void startClients(KernelNetworks target) {
        for (KernelLink link : target.getLinksList()) {
            if (link.getDhcp4()) {
                dhcp.start(link.getName(), false);
            }
            if (link.getDhcp6()) {
                dhcp.start(link.getName(), true);
            }
        }
    }

    private void routers(KernelNetworks target) {
        Map<String, KernelLink> found = byName(KernelReader.read(dhcp));
        for (KernelLink link : target.getLinksList()) {
            KernelLink now = found.get(link.getName());
            if (now != null && now.getAutoconf() != link.getAutoconf()) {
                Sysctl.acceptRouters(link.getName(), link.getAutoconf());
            }
        }
    }

    private static Map<String, KernelLink> byName(KernelNetworks networks) {
        return networks.getLinksList().stream()
                .collect(Collectors.toMap(KernelLink::getName, Function.identity(), (first, second) -> first));
    }

    private static void run(List<List<String>> steps) {
        for (List<String> step : steps) {
            LOG.info("{}", String.join(" ", step));
            Command.Outcome outcome = new Command(step, null).run(DEADLINE);
            if (!outcome.worked()) {
                throw Refusal.of(
                                Error.Code.REFUSED,
                                "The host's networks cannot be changed: `" + String.join(" ", step) + "` failed")
                        .because(outcome.words());
            }
        }
    }
}
