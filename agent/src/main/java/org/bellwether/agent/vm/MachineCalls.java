package org.bellwether.agent.vm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.bellwether.agent.platform.Lane;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.Domain;
import org.bellwether.libvirt.DomainStatus;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.libvirt.StateReason;
import org.bellwether.libvirt.flags.RebootFlag;
import org.bellwether.libvirt.flags.ShutdownFlag;
import org.bellwether.libvirt.flags.UndefineFlag;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.MachineNote;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MigrationState;
import org.bellwether.protocol.OffReason;
import org.bellwether.protocol.SaveMachineRequest;
import org.bellwether.protocol.VolumeReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can be done with a machine that is on this host. Calls on one machine come one after the other; each looks first whether its effect
 * is there already.
 */
final class MachineCalls {
    private static final Logger LOG = LoggerFactory.getLogger(MachineCalls.class);
    private static final Duration USUAL = Duration.ofMinutes(1);
    private static final Duration SAVING = Duration.ofMinutes(30);
    private static final Duration FREEZING = Duration.ofSeconds(20);
    private static final Duration AGENT_PATIENCE = Duration.ofSeconds(5);

    private final LibvirtLink link;
    private final Machines machines;
    private final Lanes lanes;
    private final Clock clock;
    private final Function<VolumeReference, PreparedVolume> storage;
    private final LeaseDoor leases;

    MachineCalls(
            LibvirtLink link,
            Machines machines,
            Lanes lanes,
            Clock clock,
            Function<VolumeReference, PreparedVolume> storage,
            LeaseDoor leases) {
        this.link = link;
        this.machines = machines;
        this.lanes = lanes;
        this.clock = clock;
        this.storage = storage;
        this.leases = leases;
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

    /** @param atOnce so that a QEMU that is paused writes nothing any more, which by itself it does when it ends */
    MachineState stop(String id, boolean atOnce) {
        return onDomain(id, "stop", (machine, domain) -> {
            DomainStatus status = domain.status();
            if (status.active()) {
                remember(machine, note -> note.setStopAsked(true));
                if (atOnce && status.state() == org.bellwether.libvirt.DomainState.PAUSED) {
                    KilledQemu.kill(machine.state);
                }
                destroy(domain);
            }
        });
    }

    /** Ends a machine whose storage has not come back: that counts as a crash, after which it may be restarted elsewhere. */
    void endForStorage(String id) {
        onDomain(id, "end", (machine, domain) -> {
            if (domain.status().active()) {
                remember(
                        machine,
                        note -> note.setEndedFromOutside(true)
                                .setError("its storage had not come back for "
                                        + StorageAgain.PATIENCE.toSeconds()
                                        + " s, and it is not to wait for it any longer"));
                domain.destroy();
            }
        });
    }

    /**
     * Ends what is left of a machine that another host has run since it was paused here. It must neither go on nor write: its
     * memory does not fit its disks any more, and they are in use.
     */
    void endOutrun(String id) {
        onDomain(id, "end", (machine, domain) -> {
            Optional<String> lost = LeaseDoor.Held.of(machine).flatMap(leases::lostTo);
            if (lost.isPresent() && domain.status().state() == org.bellwether.libvirt.DomainState.PAUSED) {
                LOG.warn("{} is ended here, where it is paused: {}", machine.called(), lost.get());
                remember(machine, note -> note.setOutrun(true).setError(lost.get()));
                KilledQemu.kill(machine.state);
                destroy(domain);
            }
        });
    }

    private static void destroy(Domain domain) {
        try {
            domain.destroy();
        } catch (LibvirtException e) {
            if (domain.status().active()) {
                throw e;
            }
        }
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
                requireNotOutrun(machine);
                domain.resume();
                requireLease(machine, domain);
                remember(machine, note -> note.clearError().clearNoSpace());
            }
        });
    }

    /** Of one that waited since its start nobody knows yet whether libvirt takes leases here. */
    private void requireLease(Machine machine, Domain domain) {
        if (machine.note.getLeaseHostId() != 0) {
            return;
        }
        DomainView.parse(domain.xml()).lease().ifPresent(lease -> {
            try {
                leases.requireHeld(machine.called(), lease);
            } catch (Refusal without) {
                domain.destroy();
                throw without;
            }
        });
    }

    /** libvirt would only ask whether the lease is free now. */
    private void requireNotOutrun(Machine machine) {
        LeaseDoor.Held.of(machine).flatMap(leases::lostTo).ifPresent(lost -> {
            throw Refusal.wrongState(
                            "Machine " + machine.name() + " does not go on here: another host has run it since")
                    .because(lost)
                    .undone("It stays paused until it is ended, which is done by itself")
                    .next("Nothing of it can be used here any more: look at the machine where it ran since.");
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
}
