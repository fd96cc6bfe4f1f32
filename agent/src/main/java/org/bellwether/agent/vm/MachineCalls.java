package org.bellwether.agent.vm;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Lane;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.Domain;
import org.bellwether.libvirt.DomainStatus;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.libvirt.StateReason;
import org.bellwether.libvirt.flags.CreateFlag;
import org.bellwether.libvirt.flags.RebootFlag;
import org.bellwether.libvirt.flags.SaveFlag;
import org.bellwether.libvirt.flags.ShutdownFlag;
import org.bellwether.libvirt.flags.UndefineFlag;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.MachineNote;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MigrationState;
import org.bellwether.protocol.NicDevice;
import org.bellwether.protocol.OffReason;
import org.bellwether.protocol.SaveMachineRequest;
import org.bellwether.protocol.StartMachineRequest;
import org.bellwether.protocol.VolumeReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can be done with a machine. Calls on one machine come one after the other; each looks first whether its effect
 * is there already.
 */
final class MachineCalls {
    private static final Logger LOG = LoggerFactory.getLogger(MachineCalls.class);
    private static final Duration STARTING = Duration.ofMinutes(2);
    private static final Duration USUAL = Duration.ofMinutes(1);
    private static final Duration SAVING = Duration.ofMinutes(30);
    private static final Duration FREEZING = Duration.ofSeconds(20);
    private static final Duration AGENT_PATIENCE = Duration.ofSeconds(5);

    private final LibvirtLink link;
    private final Machines machines;
    private final Lanes lanes;
    private final Clock clock;
    private final BooleanSupplier kvm;
    private final Function<VolumeReference, PreparedVolume> storage;
    private final LeaseDoor leases;

    MachineCalls(
            LibvirtLink link,
            Machines machines,
            Lanes lanes,
            Clock clock,
            BooleanSupplier kvm,
            Function<VolumeReference, PreparedVolume> storage,
            LeaseDoor leases) {
        this.link = link;
        this.machines = machines;
        this.lanes = lanes;
        this.clock = clock;
        this.kvm = kvm;
        this.storage = storage;
        this.leases = leases;
    }

    MachineState start(StartMachineRequest request) {
        MachineDefinition definition = checked(request.getDefinition());
        String what = "start machine " + definition.getName();
        return lane(definition.getId()).call(what, STARTING, () -> {
            Connection connection = link.connection();
            Optional<Domain> present = connection.findDomain(Machines.uuid(definition.getId()));
            Machine machine = machines.of(definition.getId());
            if (present.isPresent()) {
                try (Domain domain = present.get()) {
                    boolean goesOn = request.hasSaved() && machine.note.getOffReason() == OffReason.OFF_SAVED;
                    if (!goesOn && startedAlready(machine, domain, definition)) {
                        return machines.observe(machine);
                    }
                }
            }
            Map<String, PreparedVolume> volumes = volumes(definition);
            requireNetworks(definition);
            Optional<Leases.Place> lease = leases.of(definition);
            ConfigDrives.make(definition);
            KeptFiles.write(definition, request.getKept());
            String xml = DomainXml.write(definition, volumes, kvm.getAsBoolean(), lease);
            machines.note(
                    machine,
                    note -> note.clear()
                            .setMachineId(definition.getId())
                            .setName(definition.getName())
                            .setGeneration(definition.getGeneration()));
            if (request.hasMemory()) {
                resume(connection, machine, definition, volumes, lease, request);
            } else {
                Optional<PreparedVolume> saved =
                        request.hasSaved() ? Optional.of(storage.apply(request.getSaved())) : Optional.empty();
                boot(connection, machine, definition, xml, lease, request.getPaused(), saved);
            }
            return machines.observe(machine);
        });
    }

    MachineState shutdown(String id) {
        return onDomain(id, "shut down", (machine, domain) -> {
            DomainStatus status = domain.status();
            if (!status.active()) {
                return;
            }
            requireNotPaused(machine, status, "shut down");
            remember(machine, note -> note.setShutdownAsked(true).setShutdownAskedMs(clock.millis()));
            try {
                askGuest(
                        domain,
                        () -> domain.shutdown(ShutdownFlag.GUEST_AGENT),
                        () -> domain.shutdown(ShutdownFlag.ACPI_POWER_BTN));
            } catch (LibvirtException e) {
                remember(machine, MachineNote.Builder::clearShutdownAsked);
                throw e;
            }
        });
    }

    MachineState stop(String id) {
        return onDomain(id, "stop", (machine, domain) -> {
            if (domain.status().active()) {
                remember(machine, note -> note.setStopAsked(true));
                domain.destroy();
            }
        });
    }

    /** Writes it to a volume and ends it. libvirt lets it run on when that fails. */
    MachineState save(SaveMachineRequest request) {
        PreparedVolume volume = storage.apply(request.getVolume());
        return onDomain(request.getMachineId(), "save", SAVING, (machine, domain) -> {
            DomainStatus status = domain.status();
            if (status.active() || machine.note.getOffReason() != OffReason.OFF_SAVED) {
                requireActive(machine, status, "save");
                domain.save(volume.path().toString());
                LOG.info("saved {} to {}", machine.called(), volume.path());
            }
            fill(volume.path(), request.getVolumeBytes());
        });
    }

    /** libvirt has cut the file to what it wrote; a raw volume that is shorter than it should be counts as damaged. */
    private static void fill(Path file, long length) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (channel.size() < length) {
                channel.write(ByteBuffer.allocate(1), length - 1);
            }
            channel.force(true);
        } catch (IOException e) {
            throw Refusal.broken("What was saved to " + file + " could not be brought to its length")
                    .because(String.valueOf(e.getMessage()));
        }
    }

    MachineState freeze(String id) {
        return onDomain(id, "freeze the file systems of", (machine, domain) -> {
            requireActive(machine, domain.status(), "freeze the file systems of");
            domain.guest().setResponseTimeout(FREEZING);
            try {
                domain.guest().freeze();
            } catch (LibvirtException e) {
                if (!String.valueOf(e.getMessage()).contains("already frozen")
                        && !String.valueOf(e.getMessage()).contains("is frozen")) {
                    throw e;
                }
            }
        });
    }

    MachineState thaw(String id) {
        return onDomain(id, "thaw the file systems of", (machine, domain) -> {
            requireActive(machine, domain.status(), "thaw the file systems of");
            domain.guest().setResponseTimeout(FREEZING);
            domain.guest().thaw();
        });
    }

    MachineState reboot(String id, boolean force) {
        return onDomain(id, "reboot", (machine, domain) -> {
            DomainStatus status = domain.status();
            requireActive(machine, status, "reboot");
            if (force) {
                domain.reset();
            } else {
                requireNotPaused(machine, status, "reboot");
                askGuest(
                        domain,
                        () -> domain.reboot(RebootFlag.GUEST_AGENT),
                        () -> domain.reboot(RebootFlag.ACPI_POWER_BTN));
            }
        });
    }

    MachineState pause(String id) {
        return onDomain(id, "pause", (machine, domain) -> {
            DomainStatus status = domain.status();
            requireActive(machine, status, "pause");
            if (status.reason() != StateReason.PAUSED_USER) {
                domain.suspend();
            }
        });
    }

    MachineState resume(String id) {
        return onDomain(id, "resume", (machine, domain) -> {
            DomainStatus status = domain.status();
            requireActive(machine, status, "resume");
            if (status.state() == org.bellwether.libvirt.DomainState.PAUSED) {
                domain.resume();
                remember(machine, note -> note.clearError().clearNoSpace());
            }
        });
    }

    void forget(String id) {
        Machines.uuid(id);
        lane(id).call("forget machine " + id, USUAL, () -> {
            Connection connection = link.connection();
            Machine machine = machines.of(id);
            if (connection.findDomain(Machines.uuid(id)).isPresent()) {
                try (Domain domain = machines.require(connection, id)) {
                    requireForgettable(machine, domain);
                    domain.undefine(
                            UndefineFlag.MANAGED_SAVE,
                            UndefineFlag.SNAPSHOTS_METADATA,
                            UndefineFlag.NVRAM,
                            UndefineFlag.CHECKPOINTS_METADATA);
                } catch (LibvirtException e) {
                    throw LibvirtWords.refusal(machine.called() + " was not forgotten", e);
                }
            }
            ConfigDrives.remove(id);
            machine.lock.lock();
            try {
                machines.gone(machine);
            } finally {
                machine.lock.unlock();
            }
            return Boolean.TRUE;
        });
    }

    /** Has QEMU grow a disk that a machine uses; does nothing when it is as large already. */
    void resizeDisk(String id, String diskImage, long bytes) {
        onDomain(id, "grow a disk of", (machine, domain) -> {
            requireActive(machine, domain.status(), "grow a disk of");
            DomainView view = DomainView.parse(domain.xml());
            String target = DiskCalls.target(machine, view, diskImage);
            domain.disks().resize(target, bytes);
        });
    }

    /** Prepares every volume of a definition on this host. */
    Map<String, PreparedVolume> volumes(MachineDefinition definition) {
        Map<String, PreparedVolume> volumes = new HashMap<>();
        for (DiskDevice disk : definition.getDisksList()) {
            if (disk.hasVolume()) {
                volumes.put(disk.getDiskId(), storage.apply(disk.getVolume()));
            } else if (!disk.getCdrom()) {
                throw Refusal.badRequest(
                        "Disk " + disk.getDiskId() + " of machine " + definition.getName() + " has no volume");
            }
        }
        return volumes;
    }

    static void requireNetworks(MachineDefinition definition) {
        for (NicDevice nic : definition.getNicsList()) {
            String network = nic.getNetwork();
            if (!network.isEmpty() && !exists(network)) {
                throw Refusal.wrongState("Machine " + definition.getName() + " needs the network " + network
                                + ", which this host does not have")
                        .next("Attach the network to the host, or choose another host.");
            }
        }
    }

    static MachineDefinition checked(MachineDefinition definition) {
        Machines.uuid(definition.getId());
        if (definition.getName().isEmpty()
                || definition.getName().codePoints().anyMatch(Character::isISOControl)
                || definition
                        .getDescription()
                        .codePoints()
                        .anyMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t')) {
            throw Refusal.badRequest("A machine needs a name, and name and description without control characters");
        }
        if (definition.getMemoryBytes() < 1 << 20) {
            throw Refusal.badRequest("Machine " + definition.getName() + " cannot have "
                    + Long.toUnsignedString(definition.getMemoryBytes()) + " bytes of memory");
        }
        return definition;
    }

    Lane lane(String id) {
        return lanes.of("machine " + id);
    }

    interface OnDomain {
        void apply(Machine machine, Domain domain);
    }

    MachineState onDomain(String id, String verb, OnDomain action) {
        return onDomain(id, verb, USUAL, action);
    }

    MachineState onDomain(String id, String verb, Duration deadline, OnDomain action) {
        Machines.uuid(id);
        return lane(id).call(verb + " machine " + id, deadline, () -> {
            try (Domain domain = machines.require(link.connection(), id)) {
                Machine machine = machines.of(id);
                try {
                    action.apply(machine, domain);
                } catch (LibvirtException e) {
                    machines.observe(machine);
                    throw LibvirtWords.refusal("Could not " + verb + " machine " + machine.name(), e);
                }
                return machines.observe(machine);
            }
        });
    }

    /** Whether this very start has been done; a domain that runs for another start, or is not ours, is refused. */
    private static boolean startedAlready(Machine machine, Domain domain, MachineDefinition wanted) {
        DomainView view = DomainView.parse(domain.xml());
        MachineDefinition present = view.definition()
                .orElseThrow(() -> Refusal.wrongState(
                                "Machine " + wanted.getName() + " is on this host but was not made by an engine")
                        .next("Remove it with virsh undefine if it is not needed."));
        boolean active = domain.status().active();
        long asked = wanted.getGeneration();
        long here = present.getGeneration();
        if (active && here != asked) {
            throw Refusal.wrongState("Machine " + wanted.getName()
                            + " runs on this host already, from its start number " + here + " (asked: " + asked + ")")
                    .next("Stop it first.");
        }
        if (!active && Long.compareUnsigned(here, asked) > 0) {
            throw Refusal.wrongState("This start of machine " + wanted.getName() + " is older (" + asked
                    + ") than the last one on this host (" + here + ")");
        }
        // A start that is asked for again after its machine ran and went off must not run it a second time.
        boolean ran = !active
                && asked != 0
                && here == asked
                && machine.note.getGeneration() == asked
                && machine.note.getStarted();
        return active || ran;
    }

    private void boot(
            Connection connection,
            Machine machine,
            MachineDefinition definition,
            String xml,
            Optional<Leases.Place> lease,
            boolean paused,
            Optional<PreparedVolume> saved) {
        try (Domain domain = connection.define(xml)) {
            try {
                if (saved.isPresent()) {
                    connection.restore(saved.get().path().toString(), paused ? SaveFlag.PAUSED : SaveFlag.RUNNING);
                } else if (paused) {
                    domain.create(CreateFlag.PAUSED);
                } else {
                    domain.create();
                }
                requireLease(domain, definition, lease);
                LOG.info(
                        "started machine {} ({}), generation {}",
                        definition.getName(),
                        definition.getId(),
                        definition.getGeneration());
            } catch (LibvirtException e) {
                machines.note(
                        machine,
                        note -> note.setOffReason(OffReason.OFF_FAILED).setError(String.valueOf(e.getMessage())));
                machines.observe(machine);
                throw leases.explain(definition, lease, e)
                        .orElseGet(() -> LibvirtWords.refusal(
                                        "Machine " + definition.getName() + " could not be started", e)
                                .undone("It is off; its definition stays on this host until it is forgotten"));
            }
        } catch (LibvirtException e) {
            throw LibvirtWords.refusal("Machine " + definition.getName() + " could not be started", e)
                    .undone("It is not defined on this host");
        }
    }

    /** Goes on with what a snapshot saved of its memory, on the disks as they are defined now. */
    private void resume(
            Connection connection,
            Machine machine,
            MachineDefinition definition,
            Map<String, PreparedVolume> volumes,
            Optional<Leases.Place> lease,
            StartMachineRequest request) {
        String file = storage.apply(request.getMemory()).path().toString();
        String xml = SavedXml.on(connection.savedXml(file), definition, volumes, lease);
        try (Domain domain = connection.define(xml)) {
            connection.restore(file, xml, request.getPaused() ? SaveFlag.PAUSED : SaveFlag.RUNNING);
            requireLease(domain, definition, lease);
            LOG.info("{} goes on with the memory of a snapshot", domain.name());
        } catch (LibvirtException e) {
            machines.note(
                    machine, note -> note.setOffReason(OffReason.OFF_FAILED).setError(String.valueOf(e.getMessage())));
            machines.observe(machine);
            throw LibvirtWords.refusal(
                            "Machine " + definition.getName() + " could not go on with the memory of the snapshot", e)
                    .undone("It is off")
                    .next("Start it again without the memory, or undo the preview.");
        }
    }

    private void requireLease(Domain domain, MachineDefinition definition, Optional<Leases.Place> lease) {
        if (lease.isEmpty()) {
            return;
        }
        try {
            leases.requireHeld(definition, lease.get());
        } catch (Refusal without) {
            domain.destroy();
            throw without;
        }
    }

    /** Refuses a machine that comes with a lease which this host cannot take over. */
    void requireLeases(MachineDefinition definition) {
        leases.of(definition);
    }

    private void remember(Machine machine, java.util.function.UnaryOperator<MachineNote.Builder> change) {
        machines.note(machine, change);
    }

    /** The agent inside the guest first, the power button after. */
    private static void askGuest(Domain domain, Runnable byAgent, Runnable byButton) {
        if (DomainView.parse(domain.xml()).agentConnected()) {
            try {
                domain.guest().setResponseTimeout(AGENT_PATIENCE);
                byAgent.run();
                return;
            } catch (LibvirtException e) {
                LOG.info(
                        "the guest agent of {} did not do it ({}): pressing the button", domain.name(), e.getMessage());
            }
        }
        byButton.run();
    }

    static void requireActive(Machine machine, DomainStatus status, String verb) {
        if (!status.active()) {
            throw Refusal.wrongState("Could not " + verb + " machine " + machine.name() + ": it is off")
                    .next("Start it first.");
        }
    }

    private static void requireNotPaused(Machine machine, DomainStatus status, String verb) {
        if (status.state() == org.bellwether.libvirt.DomainState.PAUSED) {
            throw Refusal.wrongState(
                            "Could not " + verb + " machine " + machine.name() + ": it is paused and cannot listen")
                    .next("Resume it first, or stop it.");
        }
    }

    private static void requireForgettable(Machine machine, Domain domain) {
        if (domain.status().active()) {
            throw Refusal.wrongState(machine.called() + " was not forgotten: it is on")
                    .next("Stop it first.");
        }
        if (machine.note.getMigration().getPhase() == MigrationState.Phase.RUNNING_OUT) {
            throw Refusal.of(
                            Error.Code.IN_USE,
                            machine.called() + " was not forgotten: what becomes of its migration is not known yet")
                    .next("Wait for the migration's outcome.");
        }
    }

    private static boolean exists(String network) {
        try {
            return NetworkInterface.getByName(network) != null;
        } catch (SocketException e) {
            return true; // cannot tell: libvirt will
        }
    }
}
