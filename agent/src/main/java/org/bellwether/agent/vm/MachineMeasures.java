package org.bellwether.agent.vm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bellwether.libvirt.DomainState;
import org.bellwether.libvirt.DomainStatistics;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.libvirt.flags.StatsFlag;
import org.bellwether.libvirt.flags.StatsGroup;
import org.bellwether.protocol.MachineStatistics;
import org.bellwether.protocol.PauseReason;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all machines use, by one question to libvirt. For the answer libvirt looks at the files of disks, and on storage that
 * hangs it looks for ever: who asks meanwhile goes on without an answer.
 */
final class MachineMeasures {
    private static final Logger LOG = LoggerFactory.getLogger(MachineMeasures.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final List<StatsGroup> GROUPS =
            List.of(StatsGroup.STATE, StatsGroup.CPU_TOTAL, StatsGroup.BALLOON, StatsGroup.INTERFACE, StatsGroup.BLOCK);

    private final LibvirtLink link;
    private final Machines machines;
    private final Executor threads;
    private final MachineRates rates = new MachineRates();
    private @Nullable CompletableFuture<List<MachineStatistics>> asked;
    private boolean waited;

    MachineMeasures(LibvirtLink link, Machines machines, Executor threads) {
        this.link = link;
        this.machines = machines;
        this.threads = threads;
    }

    /** Empty while libvirt does not answer; it is asked once at a time. */
    synchronized List<MachineStatistics> now() {
        CompletableFuture<List<MachineStatistics>> answer = asked;
        if (answer == null) {
            answer = CompletableFuture.supplyAsync(this::read, threads);
            asked = answer;
        }
        try {
            List<MachineStatistics> read = answer.get(waited ? 0 : PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            asked = null;
            waited = false;
            return read;
        } catch (TimeoutException e) {
            if (!waited) {
                LOG.warn("libvirt does not say what machines use: the storage of one of them may hang");
            }
            waited = true;
        } catch (ExecutionException e) {
            LOG.error("what machines use could not be read", e);
            asked = null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return List.of();
    }

    private List<MachineStatistics> read() {
        List<MachineStatistics> all = new ArrayList<>();
        link.ifConnected(connection -> {
            try {
                Set<String> ids = new HashSet<>();
                for (DomainStatistics domain : connection.statistics(GROUPS, StatsFlag.ACTIVE, StatsFlag.NOWAIT)) {
                    String id = domain.domain().uuid().toString();
                    ids.add(id);
                    all.add(rates.of(id, domain.values(), System.nanoTime(), devices(id)));
                    compare(id, domain);
                }
                rates.keep(ids);
            } catch (LibvirtException e) {
                LOG.warn("statistics could not be read: {}", e.getMessage());
            }
        });
        return all;
    }

    /** An event may have been missed: what the statistics say of the state is compared with what is known. */
    private void compare(String id, DomainStatistics domain) {
        boolean paused = domain.values().number("state.state", 0) == DomainState.PAUSED.number();
        boolean known = machines.find(id)
                .map(machine -> MachineStates.on(machine.state.getPower())
                        && paused == (machine.state.getPauseReason() != PauseReason.PAUSE_NONE))
                .orElse(false);
        if (!known) {
            machines.observeSoon(id);
        }
    }

    private MachineRates.Devices devices(String id) {
        return machines.find(id)
                .map(machine -> machine.view)
                .map(view -> new MachineRates.Devices(view.diskTargets(), view.nicTargets()))
                .orElse(new MachineRates.Devices(Map.of(), Map.of()));
    }
}
