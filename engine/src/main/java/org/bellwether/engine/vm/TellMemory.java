package org.bellwether.engine.vm;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.api.types.Ksm;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.protocol.MemoryFloor;
import org.bellwether.protocol.MemoryPolicy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells hosts what to do when their memory runs low: whether equal pages are merged, and of which of their machines how much
 * may be taken back. They do it by themselves, with or without the engine.
 */
final class TellMemory implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TellMemory.class);
    private static final Duration PACE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Clusters clusters;
    private final Hosts hosts;
    private final Vms vms;
    private final Agents agents;
    private final Map<Id<Host>, MemoryPolicy> told = new ConcurrentHashMap<>();
    private final Set<Id<Host>> busy = ConcurrentHashMap.newKeySet();
    private final Thread thread = Thread.ofVirtual().name("memory").unstarted(this::watch);

    TellMemory(Clusters clusters, Hosts hosts, Vms vms, Agents agents) {
        this.clusters = clusters;
        this.hosts = hosts;
        this.vms = vms;
        this.agents = agents;
    }

    void start() {
        thread.start();
    }

    private void watch() {
        try {
            while (true) {
                hosts.model().all().forEach(this::look);
                Thread.sleep(PACE);
            }
        } catch (InterruptedException e) {
            // It is closed.
        }
    }

    /** What was told survives the agent: a host that comes back knows it still. */
    private void look(Host host) {
        try {
            if (!agents.connected(host.id().value())) {
                return;
            }
            var policy = policy(host, clusters.get(host.cluster()));
            // Beside the others: one that hangs holds up nobody.
            if (!policy.equals(told.get(host.id())) && busy.add(host.id())) {
                Thread.ofVirtual().name("memory of " + host.name()).start(() -> tell(host, policy));
            }
        } catch (RuntimeException e) { // one bad look must not be the last
            log.warn("Host {} was not told what to do when its memory runs low: {}", host.name(), e.getMessage());
        }
    }

    private void tell(Host host, MemoryPolicy policy) {
        try {
            agents.of(host.id().value(), PATIENCE).askMemory(LIMIT, agent -> agent.keepMemory(policy));
            told.put(host.id(), policy);
        } catch (Failure away) {
            log.debug("Host {} was not told what to do when its memory runs low", host.name(), away);
        } finally {
            busy.remove(host.id());
        }
    }

    private MemoryPolicy policy(Host host, Cluster cluster) {
        var ksm = cluster.spec().ksm();
        var policy = MemoryPolicy.newBuilder()
                .setMerge(ksm == null || !Boolean.FALSE.equals(ksm.enabled()))
                .setMergeAcrossNodes(acrossNodes(ksm));
        if (!Boolean.FALSE.equals(cluster.spec().ballooningEnabled())) {
            vms.on(host.id()).stream()
                    .sorted(Comparator.comparing(vm -> vm.id().toString()))
                    .filter(TellMemory::givesBack)
                    .forEach(vm -> policy.addFloors(MemoryFloor.newBuilder()
                            .setMachineId(vm.id().toString())
                            .setBytes(MachineDefinitions.guaranteedBytes(vm))));
        }
        return policy.build();
    }

    private static boolean acrossNodes(@Nullable Ksm ksm) {
        return ksm == null || !Boolean.FALSE.equals(ksm.mergeAcrossNodes());
    }

    private static boolean givesBack(Vm vm) {
        var spec = vm.effective();
        var wished = spec.memoryPolicy() == null
                || !Boolean.FALSE.equals(spec.memoryPolicy().ballooning());
        return wished && MachineDefinitions.guaranteedBytes(vm) < MachineDefinitions.memoryBytes(spec);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
