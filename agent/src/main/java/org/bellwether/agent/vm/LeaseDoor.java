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

    /** A libvirt without a lock manager, or with another one, would run it without. */
    void requireHeld(MachineDefinition machine, Leases.Place lease) {
        if (!leases.heldHere(lease)) {
            throw Refusal.wrongState(
                            "Machine " + machine.getName() + " was not run: libvirt on this host took no lease for it")
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
