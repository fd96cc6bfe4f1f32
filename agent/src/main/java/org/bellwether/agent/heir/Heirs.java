package org.bellwether.agent.heir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bellwether.agent.host.HostFiles;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Notes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.Storage;
import org.bellwether.agent.vm.VirtualMachines;
import org.bellwether.protocol.Bequest;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.Inheritance;
import org.bellwether.protocol.JoinLockspaceRequest;
import org.bellwether.protocol.LeaseDescription;
import org.bellwether.protocol.LeaseRequest;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.PowerState;
import org.bellwether.protocol.StartMachineRequest;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.Will;
import org.bellwether.protocol.WillDomain;
import org.bellwether.protocol.WillNote;
import org.bellwether.protocol.WillState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restarts machines of hosts that died, while the engine is away. Which machines, and in which order hosts try, the engine
 * decided while it was there. That a machine runs once is the work of its lease: here is only looked whether its holder is
 * lost, and libvirt takes the lease before the first instruction. What is started is what storage has: a machine one of whose
 * disks has a newer volume than the engine told, or has begun to move, waits for the engine.
 */
public final class Heirs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heirs.class);
    private static final String NOTE = "will";
    private static final Duration PACE = Duration.ofSeconds(5);
    private static final long QEMU_OVERHEAD_BYTES = 64L << 20;
    private static final Path MEMORY = Path.of("/proc/meminfo");

    private final Storage storage;
    private final VirtualMachines machines;
    private final Lanes lanes;
    private final Clock clock;
    private final Notes<WillNote> notes;
    private final Map<String, Case> cases = new HashMap<>();
    private final Set<String> working = new HashSet<>();
    private WillNote kept;
    private volatile long heard = System.nanoTime();
    private volatile String detail = "";
    private volatile boolean closed;

    /** What was seen and tried of one machine since the engine fell silent. */
    private static final class Case {
        private long lostSince;
        private long tried;
        private int attempts;
        private String said = "";
    }

    /** Nothing is done before the engine has told something, to this agent or to one before it. */
    public Heirs(Path stateDirectory, Storage storage, VirtualMachines machines, Lanes lanes, Clock clock)
            throws IOException {
        this.storage = storage;
        this.machines = machines;
        this.lanes = lanes;
        this.clock = clock;
        this.notes = new Notes<>(stateDirectory.resolve("heir"), WillNote.getDefaultInstance());
        this.kept = notes.all().getOrDefault(NOTE, WillNote.getDefaultInstance());
    }

    public void start() {
        Thread.ofPlatform().daemon().name("heirs").start(this::watch);
    }

    /** What the engine says now. */
    public WillState bequeath(Will will) {
        heard = System.nanoTime();
        Will whole = withKept(will);
        write(note -> note.setWill(whole));
        return state();
    }

    /** The engine is there, and has written down some of what was done without it. */
    public WillState inspect(List<Inheritance> known) {
        heard = System.nanoTime();
        if (!known.isEmpty()) {
            write(note -> {
                List<Inheritance> left = new ArrayList<>(note.getInheritedList());
                left.removeAll(known);
                note.clearInherited().addAllInherited(left);
            });
        }
        return state();
    }

    private synchronized Will withKept(Will will) {
        Set<String> asked = new HashSet<>(will.getKeptList());
        return will.toBuilder()
                .clearKept()
                .addAllBequests(kept.getWill().getBequestsList().stream()
                        .filter(bequest ->
                                asked.contains(bequest.getDefinition().getId()))
                        .toList())
                .build();
    }

    private synchronized WillState state() {
        return WillState.newBuilder()
                .setConfigured(kept.hasWill() && kept.getWill().getBequestsCount() > 0)
                .addAllInherited(kept.getInheritedList())
                .setDetail(detail)
                .build();
    }

    private synchronized void write(java.util.function.Consumer<WillNote.Builder> change) {
        WillNote.Builder changed = kept.toBuilder();
        change.accept(changed);
        WillNote now = changed.build();
        if (!now.equals(kept)) {
            kept = now;
            notes.write(NOTE, now);
        }
    }

    private void watch() {
        while (!closed) {
            try {
                Thread.sleep(PACE);
                look();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) { // one bad look must not end the watch
                LOG.error("machines of lost hosts were not looked at", e);
            }
        }
    }

    private Duration silence() {
        return Duration.ofNanos(System.nanoTime() - heard);
    }

    private void look() {
        Will will;
        synchronized (this) {
            will = kept.getWill();
        }
        if (will.getBequestsCount() == 0 || !machines.read() || silence().compareTo(Choice.AWAY) < 0) {
            cases.clear();
            detail = "";
            return;
        }
        detail = "the engine has been silent for " + silence().toSeconds() + " s";
        attach(will);
        for (Bequest bequest : will.getBequestsList()) {
            Case now = cases.computeIfAbsent(bequest.getDefinition().getId(), any -> new Case());
            try {
                look(will, bequest, now);
            } catch (Refusal e) {
                say(bequest, now, String.valueOf(e.getMessage()));
            }
        }
    }

    private void look(Will will, Bequest bequest, Case now) {
        MachineDefinition machine = bequest.getDefinition();
        if (isWorking(machine.getId())) {
            return;
        }
        boolean here = machines.states().stream()
                .anyMatch(state -> state.getMachineId().equals(machine.getId()) && on(state.getPower()));
        LeaseDescription lease = here ? LeaseDescription.getDefaultInstance() : inspect(will, machine);
        long time = System.nanoTime();
        if (!Choice.lost(lease)) {
            now.lostSince = 0;
            now.attempts = 0;
        } else if (now.lostSince == 0) {
            now.lostSince = time;
        }
        Choice.Act act = Choice.of(new Choice.Seen(
                silence(),
                here,
                lease,
                now.lostSince == 0 ? Duration.ZERO : Duration.ofNanos(time - now.lostSince),
                bequest.getRank(),
                now.attempts,
                Duration.ofNanos(time - now.tried),
                room(machine)));
        switch (act) {
            case Choice.Wait wait -> say(bequest, now, wait.why());
            case Choice.Start start -> {
                now.attempts++;
                now.tried = time;
                begin(will, bequest, lease.getWords());
            }
        }
    }

    private synchronized boolean isWorking(String machine) {
        return working.contains(machine);
    }

    private static boolean on(PowerState power) {
        return switch (power) {
            case STARTING, RUNNING, PAUSED, SHUTTING_DOWN, INCOMING -> true;
            case OFF, CRASHED, SAVED, POWER_STATE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    private static boolean room(MachineDefinition machine) {
        long available = HostFiles.memory(HostFiles.line(MEMORY)).getOrDefault("MemAvailable", 0L);
        return available >= machine.getMemoryBytes() + QEMU_OVERHEAD_BYTES;
    }

    /** The storage is there and this host can take leases on it, also after it has booted while the engine is away. */
    private void attach(Will will) {
        Set<String> known =
                storage.states().stream().map(state -> state.getDomainId()).collect(Collectors.toSet());
        Set<String> leases = will.getBequestsList().stream()
                .map(bequest -> bequest.getDefinition().getLeaseDomainId())
                .collect(Collectors.toSet());
        for (WillDomain domain : will.getDomainsList()) {
            try {
                if (!known.contains(domain.getDomainId())) {
                    storage.connect(domain.getConnection());
                }
                if (leases.contains(domain.getDomainId())) {
                    storage.leases()
                            .joinLockspace(JoinLockspaceRequest.newBuilder()
                                    .setConnection(domain.getConnection())
                                    .setDomainId(domain.getDomainId())
                                    .setHostId(will.getHostId())
                                    .build());
                }
            } catch (Refusal e) {
                LOG.info("storage domain {} is not there: {}", domain.getDomainId(), e.getMessage());
            }
        }
    }

    private LeaseDescription inspect(Will will, MachineDefinition machine) {
        return storage.leases()
                .inspectLease(LeaseRequest.newBuilder()
                        .setConnection(connection(will, machine.getLeaseDomainId()))
                        .setDomainId(machine.getLeaseDomainId())
                        .setMachineId(machine.getId())
                        .build());
    }

    private static StorageConnection connection(Will will, String domain) {
        return will.getDomainsList().stream()
                .filter(each -> each.getDomainId().equals(domain))
                .findFirst()
                .map(WillDomain::getConnection)
                .orElseThrow(() -> Refusal.wrongState("Storage domain " + domain + " is not known on this host"));
    }

    private void begin(Will will, Bequest bequest, String proof) {
        MachineDefinition machine = bequest.getDefinition();
        synchronized (this) {
            working.add(machine.getId());
        }
        lanes.threads().execute(() -> {
            try {
                LOG.info("starting machine {} of a host that is lost: {}", machine.getName(), proof);
                requireNewest(will, machine);
                machines.start(StartMachineRequest.newBuilder()
                        .setDefinition(machine)
                        .setKept(bequest.getState())
                        .build());
                write(note -> note.addInherited(Inheritance.newBuilder()
                        .setMachineId(machine.getId())
                        .setGeneration(machine.getGeneration())
                        .setProof(proof)
                        .setTimeMs(clock.millis())));
                LOG.info("machine {} was restarted here without the engine", machine.getName());
            } catch (Refusal e) {
                LOG.warn("machine {} was not restarted here: {}", machine.getName(), e.getMessage());
                detail = "machine " + machine.getName() + " was not restarted here: " + e.getMessage();
            } finally {
                synchronized (this) {
                    working.remove(machine.getId());
                }
            }
        });
    }

    /** What the engine told may be older than what it did next. */
    private void requireNewest(Will will, MachineDefinition machine) {
        List<String> domains =
                will.getDomainsList().stream().map(WillDomain::getDomainId).toList();
        for (DiskDevice disk : machine.getDisksList()) {
            if (disk.hasVolume() && !disk.getReadOnly() && !disk.getCdrom()) {
                storage.requireNewest(disk.getVolume(), domains);
            }
        }
    }

    private static void say(Bequest bequest, Case now, String words) {
        if (!words.equals(now.said)) {
            LOG.info("machine {} of another host: {}", bequest.getDefinition().getName(), words);
            now.said = words;
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
