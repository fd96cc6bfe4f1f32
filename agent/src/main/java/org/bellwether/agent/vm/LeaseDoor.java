package org.bellwether.agent.vm;

import java.util.Optional;
import java.util.function.BiFunction;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.lease.MachineLeases;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.LeaseDescription;
import org.bellwether.protocol.LeaseDescription.Holder;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.MachineNote;
import org.bellwether.protocol.MigrationState;
import org.bellwether.protocol.PowerState;
import org.bellwether.protocol.StartMachineRequest;

/**
 * Leases of machines that are to run here. libvirt takes them for QEMU, before the machine's first instruction.
 *
 * @param find where on a storage domain a machine's lease is, or a refusal in words
 */
public record LeaseDoor(BiFunction<String, String, Leases.Place> find, MachineLeases leases) {

    /** The lease that the machine must have to run; a host that cannot take it refuses in words. */
    Optional<Leases.Place> of(MachineDefinition machine) {
        return machine.getLeaseDomainId().isEmpty()
                ? Optional.empty()
                : Optional.of(find.apply(machine.getLeaseDomainId(), machine.getId()));
    }

    /** Whether another host has run the machine since its QEMU had its lease here, in words; a lease that cannot be read refuses. */
    Optional<String> lostTo(Held held) {
        return leases.lostTo(held.lease(), held.hostId());
    }

    int hostId(String domainId) {
        return leases.hostId(domainId);
    }

    /**
     * The lease that a machine ran with here before it was paused. libvirt gives it back with every pause, and takes it again
     * when the machine is to go on: from whoever else gave it back meanwhile, too.
     *
     * @param hostId as which this host had it
     */
    record Held(Leases.Place lease, int hostId) {
        /** Absent where the machine is not paused, is just moving, or where it is not known to have run with a lease. */
        static Optional<Held> of(Machine machine) {
            DomainView view = machine.view;
            boolean stands = machine.state.getPower() == PowerState.PAUSED
                    && switch (machine.state.getPauseReason()) {
                        case PAUSE_USER, PAUSE_NO_SPACE, PAUSE_IO_ERROR, PAUSE_OTHER -> true;
                        case PAUSE_NONE, PAUSE_MIGRATION, PAUSE_STARTING, PAUSE_POSTCOPY_FAILED, UNRECOGNIZED -> false;
                    };
            MachineNote note = machine.note;
            boolean same = note.getLeaseHostId() != 0 && note.getLeasePid() == machine.state.getQemuPid();
            boolean moving = note.getMigration().getPhase() == MigrationState.Phase.RUNNING_OUT;
            return view == null || view.foreign() || !stands || !same || moving
                    ? Optional.empty()
                    : view.lease().map(lease -> new Held(lease, note.getLeaseHostId()));
        }
    }

    /**
     * libvirt takes a lease when a machine begins to run, and not before: one that waits before its first instruction is held
     * by nobody, and another host could run it meanwhile. What goes on from its memory waits for a moment only, for the engine.
     */
    static void requireRun(StartMachineRequest request, Optional<Leases.Place> lease) {
        if (lease.isPresent() && request.getPaused() && !request.hasSaved() && !request.hasMemory()) {
            throw Refusal.wrongState(
                            "Machine "
                                    + request.getDefinition().getName()
                                    + " cannot wait before its first instruction: it has a lease, which it holds only while it runs")
                    .undone("It was not started")
                    .next("Start it without a pause, or take its lease away first.");
        }
    }

    /** A libvirt without a lock manager, or with another one, would run it without. It must run, or nobody holds the lease. */
    void requireHeld(String called, Leases.Place lease) {
        if (!leases.heldHere(lease)) {
            throw Refusal.wrongState(called + " was not run: libvirt on this host took no lease for it")
                    .undone("It is off")
                    .next("Set lock_manager = \"sanlock\" in /etc/libvirt/qemu.conf and restart libvirtd.");
        }
    }

    /** What a failed start was about, when it was the lease. */
    Optional<Refusal> explain(MachineDefinition machine, Optional<Leases.Place> lease, LibvirtException failure) {
        if (lease.isEmpty()) {
            return Optional.empty();
        }
        try {
            LeaseDescription seen = leases.inspect(lease.get());
            return seen.getHolder() == Holder.NOBODY
                    ? Optional.empty()
                    : Optional.of(Refusal.of(
                                    Error.Code.IN_USE,
                                    "Machine " + machine.getName() + " was not started: its lease is held elsewhere")
                            .because(seen.getWords() + "; libvirt: " + failure.getMessage())
                            .undone("It is off here")
                            .next("It may be running where its lease is held: stop it there."));
        } catch (Refusal unreadable) {
            return Optional.of(unreadable.because(String.valueOf(failure.getMessage())));
        }
    }
}
