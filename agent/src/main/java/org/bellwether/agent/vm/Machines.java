package org.bellwether.agent.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Notes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.watch.Reports;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.Domain;
import org.bellwether.libvirt.DomainStatus;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.MachineNote;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MigrationState;
import org.bellwether.protocol.OffReason;
import org.bellwether.protocol.PauseReason;
import org.bellwether.protocol.PowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All machines of this host as last read from libvirt. libvirt is the truth; this is told anew after every event, and
 * read whole after every new connection. What libvirt would forget is written down beside it.
 */
final class Machines {
    private static final Logger LOG = LoggerFactory.getLogger(Machines.class);
    private static final Path PID_FILES = Path.of("/run/libvirt/qemu");

    private final ConcurrentMap<String, Machine> machines = new ConcurrentHashMap<>();
    private final LibvirtLink link;
    private final Notes<MachineNote> notes;
    private final Lanes lanes;
    private final Reports reports;
    private final Clock clock;
    private final ToIntFunction<String> leaseHostId;
    private volatile boolean read;

    /** @param leaseHostId as which host this one has leases on a domain; 0: it is not known yet */
    Machines(
            LibvirtLink link,
            Notes<MachineNote> notes,
            Lanes lanes,
            Reports reports,
            Clock clock,
            ToIntFunction<String> leaseHostId)
            throws IOException {
        this.link = link;
        this.notes = notes;
        this.lanes = lanes;
        this.reports = reports;
        this.clock = clock;
        this.leaseHostId = leaseHostId;
        notes.all().forEach((id, note) -> machines.put(id, new Machine(id, note)));
    }

    /** Whether libvirt was read since the agent started: before that, no machine here does not mean that there is none. */
    boolean read() {
        return read;
    }

    Collection<Machine> all() {
        return machines.values();
    }

    List<MachineState> states() {
        List<MachineState> states = new ArrayList<>();
        for (Machine machine : machines.values()) {
            if (machine.state.getPower() != PowerState.POWER_STATE_UNSPECIFIED) {
                states.add(machine.state);
            }
        }
        return states;
    }

    /** The machine; made when the host does not have it yet. */
    Machine of(String id) {
        return machines.computeIfAbsent(
                id,
                fresh -> new Machine(
                        fresh, MachineNote.newBuilder().setMachineId(fresh).build()));
    }

    Optional<Machine> find(String id) {
        return Optional.ofNullable(machines.get(id));
    }

    /**
     * The domain of a machine that this agent may change.
     *
     * @throws Refusal NOT_FOUND, or WRONG_STATE when the machine was not made by an engine
     */
    Domain require(Connection connection, String id) {
        UUID uuid = uuid(id);
        Domain domain =
                connection.findDomain(uuid).orElseThrow(() -> Refusal.notFound("This host has no machine " + id));
        if (DomainView.parse(domain.xml()).foreign()) {
            domain.close();
            throw Refusal.wrongState("Machine " + id + " was not made by an engine: it is only looked at")
                    .next("Use virsh on the host, or import it.");
        }
        return domain;
    }

    static UUID uuid(String id) {
        try {
            UUID uuid = UUID.fromString(id);
            if (uuid.toString().equals(id)) {
                return uuid;
            }
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("The machine id \"" + id + "\" is no UUID");
        }
        throw Refusal.badRequest("The machine id \"" + id + "\" is no UUID in lower case");
    }

    /** Reads everything after a new connection; what libvirt no longer has is gone. */
    void readAll(Connection connection) {
        Set<String> present = new HashSet<>();
        List<Domain> domains = connection.domains();
        for (Domain domain : domains) {
            try (domain) {
                String id = domain.uuid().toString();
                present.add(id);
                Machine machine = of(id);
                machine.lock.lock();
                try {
                    observe(machine, domain);
                } finally {
                    machine.lock.unlock();
                }
            } catch (LibvirtException e) {
                LOG.warn("a machine could not be read: {}", e.toString());
            }
        }
        for (Machine machine : machines.values()) {
            if (!present.contains(machine.id)) {
                observe(machine);
            }
        }
        read = true;
    }

    /** Asks for an observation soon; any number of askings are one. */
    void observeSoon(String id) {
        Machine machine = of(id);
        if (machine.observationAsked.compareAndSet(false, true)) {
            lanes.threads().execute(() -> {
                machine.observationAsked.set(false);
                observe(machine);
            });
        }
    }

    /** Reads the machine from libvirt and tells what changed. Nothing changes while libvirt does not answer. */
    MachineState observe(Machine machine) {
        machine.lock.lock();
        try {
            link.ifConnected(connection -> {
                try {
                    Optional<Domain> domain = connection.findDomain(uuid(machine.id));
                    if (domain.isEmpty()) {
                        gone(machine);
                        return;
                    }
                    try (Domain found = domain.get()) {
                        observe(machine, found);
                    }
                } catch (LibvirtException e) {
                    LOG.warn("{} could not be read: {}", machine.called(), e.toString());
                }
            });
            return machine.state;
        } finally {
            machine.lock.unlock();
        }
    }

    /** Changes what is written down of a machine; the state that shows it is told. */
    void note(Machine machine, UnaryOperator<MachineNote.Builder> change) {
        machine.lock.lock();
        try {
            MachineNote changed = change.apply(machine.note.toBuilder()).build();
            if (!changed.equals(machine.note)) {
                machine.note = changed;
                notes.write(machine.id, changed);
            }
        } finally {
            machine.lock.unlock();
        }
    }

    /** Tells a change of the migration without asking libvirt for the rest, and without writing it down. */
    void progress(Machine machine, MigrationState migration) {
        machine.lock.lock();
        try {
            machine.note = machine.note.toBuilder().setMigration(migration).build();
            tell(machine, machine.state.toBuilder().setMigration(migration).build());
        } finally {
            machine.lock.unlock();
        }
    }

    void guest(Machine machine, org.bellwether.protocol.GuestData guest) {
        machine.lock.lock();
        try {
            if (MachineStates.on(machine.state.getPower())) {
                machine.guest = guest;
                tell(machine, machine.state.toBuilder().setGuest(guest).build());
            }
        } finally {
            machine.lock.unlock();
        }
    }

    /** Its QEMU is gone, and libvirt hangs too long to say so; whoever waits for libvirt holds the lock. */
    void vanished(Machine machine) {
        boolean alone = machine.lock.tryLock();
        try {
            LOG.warn("{} has no QEMU any more, and libvirt has not said so", machine.called());
            tell(
                    machine,
                    machine.state.toBuilder()
                            .setPower(PowerState.OFF)
                            .setOffReason(OffReason.OFF_CRASHED)
                            .setPauseReason(PauseReason.PAUSE_NONE)
                            .setError("its QEMU ended while its storage hung")
                            .clearQemuPid()
                            .clearGraphics()
                            .build());
        } finally {
            if (alone) {
                machine.lock.unlock();
            }
        }
    }

    /** The machine's definition is not on this host any more. */
    void gone(Machine machine) {
        machines.remove(machine.id, machine);
        notes.remove(machine.id);
        lanes.forget("machine " + machine.id);
        if (machine.state.getPower() != PowerState.POWER_STATE_UNSPECIFIED) {
            LOG.info("{} is no longer on this host", machine.called());
            machine.state = MachineState.newBuilder().setMachineId(machine.id).build();
            reports.gone(machine.id);
        }
    }

    private void observe(Machine machine, Domain domain) {
        DomainStatus status = domain.status();
        DomainView view = DomainView.parse(domain.xml());
        machine.view = view;
        settle(machine, status, view);
        tell(machine, read(machine, status, view));
    }

    /** Brings the note in line with what is seen: a machine that is on has no reason to be off. */
    private void settle(Machine machine, DomainStatus status, DomainView view) {
        if (view.foreign()) {
            return;
        }
        MachineDefinition definition = view.definition().orElseThrow();
        note(machine, note -> {
            if (note.getGeneration() != definition.getGeneration()) {
                note.clear().setMachineId(machine.id).setGeneration(definition.getGeneration());
            }
            note.setName(definition.getName());
            if (machine.endedFromOutside) {
                machine.endedFromOutside = false;
                note.setEndedFromOutside(true).setError("a signal ended QEMU on its host");
            }
            if (status.active()) {
                note.setStarted(true).setOffReason(OffReason.OFF_UNKNOWN);
                view.lease().ifPresent(lease -> leased(note, lease.lockspace(), status, (int) pid(view.name())));
            } else {
                machine.guest = null;
                OffReason reason =
                        MachineStates.of(status, note.build(), clock.millis()).getOffReason();
                note.setOffReason(reason);
            }
            return note;
        });
    }

    /** It runs only with its lease: as which host, is what tells later whether another one has had it since. */
    private void leased(MachineNote.Builder note, String domainId, DomainStatus status, int pid) {
        boolean runs = switch (status.state()) {
            case RUNNING, BLOCKED -> true;
            case NOSTATE, PAUSED, SHUTDOWN, SHUTOFF, CRASHED, PMSUSPENDED, UNRECOGNIZED -> false;
        };
        if (pid != note.getLeasePid()) {
            note.clearLeaseHostId().setLeasePid(pid);
        }
        int hostId = runs ? leaseHostId.applyAsInt(domainId) : 0;
        if (hostId != 0) {
            note.setLeaseHostId(hostId);
        }
    }

    private MachineState read(Machine machine, DomainStatus status, DomainView view) {
        MachineState.Builder state = MachineStates.of(status, machine.note, clock.millis())
                .setMachineId(machine.id)
                .setName(view.title().isEmpty() ? view.name() : view.title())
                .setForeign(view.foreign())
                .setDomainType(view.domainType());
        if (machine.note.hasMigration()) {
            state.setMigration(machine.note.getMigration());
        }
        if (status.active()) {
            state.addAllGraphics(view.graphics());
            if (machine.guest != null) {
                state.setGuest(machine.guest);
            }
            long pid = pid(view.name());
            state.setQemuPid((int) pid);
            ProcessHandle.of(pid)
                    .flatMap(process -> process.info().startInstant())
                    .ifPresent(start -> state.setStartedMs(start.toEpochMilli()));
        }
        if (!status.active() || state.getPauseReason() != PauseReason.PAUSE_NONE) {
            state.setError(machine.note.getError());
        }
        view.definition()
                .ifPresent(definition -> state.setDefinition(definition).setGeneration(definition.getGeneration()));
        return state.build();
    }

    private void tell(Machine machine, MachineState state) {
        if (state.equals(machine.state)) {
            return;
        }
        if (state.getPower() != machine.state.getPower()) {
            LOG.info("{} is {}{}", state.getName(), state.getPower(), why(state));
        }
        machine.state = state;
        reports.machine(state);
    }

    private static String why(MachineState state) {
        if (state.getOffReason() != OffReason.OFF_UNKNOWN) {
            return " (" + state.getOffReason() + ")";
        }
        return state.getPauseReason() == PauseReason.PAUSE_NONE ? "" : " (" + state.getPauseReason() + ")";
    }

    private static long pid(String domainName) {
        try {
            return Long.parseLong(
                    Files.readString(PID_FILES.resolve(domainName + ".pid")).strip());
        } catch (IOException | NumberFormatException e) {
            return 0; // libvirt keeps its files elsewhere here
        }
    }
}
