package org.bellwether.engine.power;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bellwether.api.types.PmProxyType;
import org.bellwether.api.types.PowerManagement;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.HostStatus;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.protocol.FenceReply;
import org.bellwether.protocol.FenceReply.Power;
import org.bellwether.protocol.FenceRequest;
import org.bellwether.protocol.FenceRequest.Action;

/**
 * Switches the power of hosts. Another host that is up does it, as a proxy: the management controllers are rarely where the
 * engine reaches them.
 */
public final class HostPower {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration LIMIT = Duration.ofSeconds(100);
    private static final int MOST_PROXIES = 3;

    private final Hosts hosts;
    private final Clusters clusters;
    private final FenceAgents fenceAgents;
    private final Agents agents;

    public HostPower(Hosts hosts, Clusters clusters, FenceAgents fenceAgents, Agents agents) {
        this.hosts = hosts;
        this.clusters = clusters;
        this.fenceAgents = fenceAgents;
        this.agents = agents;
    }

    /** Whether people want this host to be fenced, and told how. */
    public boolean managed(Host host) {
        var management = host.spec().powerManagement();
        return management != null
                && Boolean.TRUE.equals(management.enabled())
                && !fenceAgents.of(host.id()).isEmpty();
    }

    /** Refuses what could not be done anyway, so that whoever asks hears it at once. */
    public void requireReachable(Host host) {
        requireAgents(host);
        requireProxies(host);
    }

    /** Whether there is a host that could act as a proxy now. */
    public boolean hasProxy(Host host) {
        return !proxies(host).isEmpty();
    }

    /** What the controllers say: on as soon as one says on, off when all of a group say off. */
    public Power status(Host host) {
        requireAgents(host);
        Failure last = null;
        for (var group : fenceAgents.groups(host.id())) {
            try {
                var all = group.stream()
                        .map(agent -> ask(host, agent, Action.STATUS).getPower())
                        .toList();
                if (all.contains(Power.POWER_ON)) {
                    return Power.POWER_ON;
                }
                if (all.stream().allMatch(Power.POWER_OFF::equals)) {
                    return Power.POWER_OFF;
                }
            } catch (Failure failure) {
                last = failure;
            }
        }
        if (last != null) {
            throw last;
        }
        return Power.POWER_UNKNOWN;
    }

    /** Which of its fence agents do not answer, and why, in words; nothing when all do. */
    Optional<String> unwell(Host host) {
        List<String> failures = new ArrayList<>();
        for (var agent : fenceAgents.of(host.id())) {
            try {
                ask(host, agent, Action.STATUS);
            } catch (Failure failure) {
                failures.add(failure.detail());
            }
        }
        return failures.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", failures));
    }

    /**
     * Switches it off and returns how that is known, in words. It is off only when each controller of a group that must act
     * together was asked again afterwards and said so.
     *
     * @throws Failure when no group could prove it
     */
    public String off(Host host) {
        return byGroups(host, Action.OFF, Power.POWER_OFF, "off");
    }

    public String on(Host host) {
        return byGroups(host, Action.ON, Power.POWER_ON, "on");
    }

    private String byGroups(Host host, Action action, Power wanted, String word) {
        requireAgents(host);
        List<String> failures = new ArrayList<>();
        for (var group : fenceAgents.groups(host.id())) {
            try {
                boolean switched = false;
                for (var agent : group) {
                    if (ask(host, agent, Action.STATUS).getPower() != wanted) {
                        ask(host, agent, action);
                        switched = true;
                    }
                }
                // Only now: what was off a moment ago may have been switched on by another part of the group.
                for (var agent : switched ? group : List.<FenceAgent>of()) {
                    var said = ask(host, agent, Action.STATUS);
                    if (said.getPower() != wanted) {
                        throw Failure.conflict("The fence agent " + agent.name() + " at " + agent.address()
                                        + " does not say that the power is " + word)
                                .because(said.getWords());
                    }
                }
                return "its management controller"
                        + (group.size() == 1 ? " at " : "s at ")
                        + String.join(
                                " and ", group.stream().map(FenceAgent::address).toList())
                        + (group.size() == 1 ? " says" : " say") + " that the power is " + word;
            } catch (Failure failure) {
                failures.add(failure.detail());
            }
        }
        throw Failure.conflict("Host " + host.name() + " could not be switched " + word)
                .because(String.join("; ", failures))
                .next("Test its power management, or switch it " + word + " by hand");
    }

    private void requireAgents(Host host) {
        if (fenceAgents.of(host.id()).isEmpty()) {
            throw Failure.conflict("The power of host " + host.name() + " cannot be switched")
                    .because("it has no fence agents")
                    .next("Add one to its power management, or switch it by hand and confirm that with the fence type"
                            + " \"manual\"");
        }
    }

    /** The answer of one fence agent, by the first proxy that gets one. */
    private FenceReply ask(Host host, FenceAgent agent, Action action) {
        var proxies = requireProxies(host);
        var request = FenceRequest.newBuilder()
                .setType(agent.name())
                .setAddress(agent.address())
                .setPort(agent.port())
                .setUsername(agent.username())
                .setPassword(
                        agent.password() == null ? "" : agent.password().open().reveal())
                .putAllOptions(agent.options())
                .setAction(action)
                .build();
        List<String> failures = new ArrayList<>();
        for (var proxy : proxies) {
            try {
                var reply = agents.of(proxy.id().value(), PATIENCE).askPower(LIMIT, stub -> stub.fence(request));
                if (reply.getPower() != Power.POWER_UNKNOWN) {
                    return reply;
                }
                failures.add("by " + proxy.name() + ": " + reply.getWords());
            } catch (Failure failure) {
                failures.add("by " + proxy.name() + ": " + failure.detail());
            }
        }
        throw Failure.unavailable("The fence agent " + agent.name() + " at " + agent.address() + " did not do it")
                .because(String.join("; ", failures));
    }

    private List<Host> requireProxies(Host host) {
        var proxies = proxies(host);
        if (proxies.isEmpty()) {
            throw Failure.conflict("The power of host " + host.name() + " cannot be reached")
                    .because("no host is up that could act as a proxy: another one of "
                            + places(host).stream()
                                    .map(place -> switch (place) {
                                        case CLUSTER -> "its cluster";
                                        case DC -> "its data center";
                                        case OTHER_DC -> "another data center";
                                    })
                                    .collect(Collectors.joining(" or of ")))
                    .next("Bring another host up, or switch it by hand and confirm that with the fence type"
                            + " \"manual\"");
        }
        return proxies;
    }

    private List<Host> proxies(Host host) {
        var up = hosts.model().all().stream()
                .filter(each -> !each.id().equals(host.id()) && hosts.status(each) == HostStatus.UP)
                .sorted(Comparator.comparing(Host::name))
                .toList();
        return places(host).stream()
                .flatMap(place -> up.stream().filter(each -> isIn(each, place, host)))
                .distinct()
                .limit(MOST_PROXIES)
                .toList();
    }

    /** Where people want them looked for, in that order: first in its cluster, then in its data center, unless they say so. */
    private static List<PmProxyType> places(Host host) {
        return Optional.ofNullable(host.spec().powerManagement())
                .map(PowerManagement::pmProxies)
                .map(said -> said.stream()
                        .flatMap(proxy -> Optional.ofNullable(proxy.type()).stream())
                        .toList())
                .filter(said -> !said.isEmpty())
                .orElse(List.of(PmProxyType.CLUSTER, PmProxyType.DC));
    }

    private boolean isIn(Host proxy, PmProxyType place, Host host) {
        var center = clusters.get(host.cluster()).dataCenterId();
        boolean sameCenter = center.isPresent()
                && clusters.get(proxy.cluster()).dataCenterId().equals(center);
        return switch (place) {
            case CLUSTER -> proxy.cluster().equals(host.cluster());
            case DC -> sameCenter;
            case OTHER_DC -> !sameCenter && !proxy.cluster().equals(host.cluster());
        };
    }
}
