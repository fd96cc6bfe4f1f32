package org.bellwether.engine.selfhosted;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.pki.Pem;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.engine.vm.Vms;
import org.bellwether.protocol.InspectKeeperRequest;
import org.bellwether.protocol.KeeperState;
import org.bellwether.protocol.KeptEngine;
import org.bellwether.protocol.LetGoRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that every host of the cluster knows how to run the engine's machine as it is now: whoever must start it cannot ask
 * the engine. Hosts of other clusters let go of it.
 */
public final class TellKeepers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TellKeepers.class);
    private static final Duration PACE = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final EngineMachines machines;
    private final Vms vms;
    private final Disks disks;
    private final StorageDomains domains;
    private final Hosts hosts;
    private final Agents agents;
    private final Supplier<List<X509Certificate>> trusted;
    private final Map<Id<Host>, KeptEngine> told = new ConcurrentHashMap<>();
    private final Map<Id<Host>, Boolean> busy = new ConcurrentHashMap<>();
    private final Thread thread = Thread.ofVirtual().name("engine-machine").unstarted(this::watch);

    /** @param trusted by one of which what the engine shows to clients is known: its authorities, and what it shows now */
    public TellKeepers(
            EngineMachines machines,
            Vms vms,
            Disks disks,
            StorageDomains domains,
            Hosts hosts,
            Agents agents,
            Supplier<List<X509Certificate>> trusted) {
        this.machines = machines;
        this.vms = vms;
        this.disks = disks;
        this.domains = domains;
        this.hosts = hosts;
        this.agents = agents;
        this.trusted = trusted;
    }

    public void start() {
        thread.start();
    }

    private void watch() {
        try {
            while (true) {
                if (machines.machine().isPresent() || !told.isEmpty()) {
                    hosts.model().all().forEach(this::lookAt);
                }
                Thread.sleep(PACE);
            }
        } catch (InterruptedException e) {
            // It is closed.
        }
    }

    /** Beside the others: one that hangs holds up nobody. */
    private void lookAt(Host host) {
        if (!agents.connected(host.id().value())) {
            machines.silent(host.id());
            return;
        }
        if (busy.putIfAbsent(host.id(), true) == null) {
            Thread.ofVirtual().name("keeper-" + host.name()).start(() -> {
                try {
                    tell(host);
                } catch (Failure failure) {
                    log.info("Host {} was not told of the engine's machine: {}", host.name(), failure.detail());
                } catch (RuntimeException e) { // one bad look must not end the watch
                    log.error("Host {} was not told of the engine's machine", host.name(), e);
                } finally {
                    busy.remove(host.id());
                }
            });
        }
    }

    /** As soon as a host knows it, it acts by it. */
    void tell(Host host) {
        var lane = agents.of(host.id().value(), PATIENCE);
        var state = lane.askKeeper(LIMIT, keeper -> keeper.inspect(InspectKeeperRequest.getDefaultInstance()));
        var machine = machines.machine();
        boolean keeps = machine.isPresent()
                && vms.get(machine.get().vm()).cluster().equals(host.cluster())
                && host.leaseId() != null;
        if (keeps) {
            var wish = wish(machine.get(), host);
            if (!state.getConfigured() || !wish.equals(told.get(host.id()))) {
                state = lane.askKeeper(LIMIT, keeper -> keeper.keep(wish));
                told.put(host.id(), wish);
            }
        } else if (state.getConfigured() || told.containsKey(host.id())) {
            state = lane.askKeeper(LIMIT, keeper -> keeper.letGo(LetGoRequest.getDefaultInstance()));
            told.remove(host.id());
        }
        machines.said(host.id(), state);
    }

    private KeptEngine wish(EngineMachine machine, Host host) {
        var vm = vms.get(machine.vm());
        var board = disks.get(machine.board());
        var domain = domains.get(board.domainId().orElseThrow());
        int places = hosts.ofCluster(host.cluster()).stream()
                .map(Host::leaseId)
                .filter(java.util.Objects::nonNull)
                .mapToInt(Integer::intValue)
                .max()
                .orElse(1);
        return KeptEngine.newBuilder()
                .setDefinition(vms.definition(vm))
                .setConnection(Volumes.connection(domain))
                .setDomainId(domain.id().toString())
                .setBoard(Volumes.reference(board))
                .setHostId(java.util.Objects.requireNonNull(host.leaseId()))
                .setHostName(host.name())
                .setPlaces(places)
                .setAddress(machine.address())
                .setHeld(machine.held())
                .setAuthority(Pem.write(trusted.get()))
                .build();
    }

    /** What one host says now, for who waits for it. */
    KeeperState ask(Host host) {
        return agents.of(host.id().value(), PATIENCE)
                .askKeeper(LIMIT, keeper -> keeper.inspect(InspectKeeperRequest.getDefaultInstance()));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
