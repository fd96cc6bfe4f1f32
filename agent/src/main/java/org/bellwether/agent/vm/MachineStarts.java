package org.bellwether.agent.vm;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.bellwether.agent.host.Qemu;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.Domain;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.libvirt.flags.CreateFlag;
import org.bellwether.libvirt.flags.SaveFlag;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.OffReason;
import org.bellwether.protocol.StartMachineRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts machines: from nothing, from what was saved when they were suspended, or with the memory of a snapshot. */
final class MachineStarts {
    private static final Logger LOG = LoggerFactory.getLogger(MachineStarts.class);
    private static final Duration STARTING = Duration.ofMinutes(2);

    private final LibvirtLink link;
    private final Machines machines;
    private final MachineCalls calls;
    private final MachineNeeds needs;
    private final LeaseDoor leases;
    private final Qemu qemu;

    MachineStarts(
            LibvirtLink link, Machines machines, MachineCalls calls, MachineNeeds needs, LeaseDoor leases, Qemu qemu) {
        this.link = link;
        this.machines = machines;
        this.calls = calls;
        this.needs = needs;
        this.leases = leases;
        this.qemu = qemu;
    }

    MachineState start(StartMachineRequest request) {
        MachineDefinition wanted = MachineNeeds.checked(request.getDefinition());
        String what = "start machine " + wanted.getName();
        return calls.lane(wanted.getId()).call(what, STARTING, () -> {
            Connection connection = link.connection();
            Optional<Domain> present = connection.findDomain(Machines.uuid(wanted.getId()));
            Machine machine = machines.of(wanted.getId());
            if (present.isPresent()) {
                try (Domain domain = present.get()) {
                    boolean goesOn = request.hasSaved() && machine.note.getOffReason() == OffReason.OFF_SAVED;
                    if (!goesOn && startedAlready(machine, domain, wanted)) {
                        return machines.observe(machine);
                    }
                }
            }
            MachineDefinition definition = bearable(needs.withHostDevices(wanted));
            Map<String, PreparedVolume> volumes = needs.volumes(definition);
            MachineNeeds.requireNetworks(definition);
            MachineNeeds.requirePages(definition);
            Optional<Leases.Place> lease = needs.lease(definition);
            LeaseDoor.requireRun(request, lease);
            ConfigDrives.make(definition);
            KeptFiles.write(definition, request.getKept());
            String xml = DomainXml.write(definition, volumes, qemu.kvm(), lease);
            machines.note(
                    machine,
                    note -> note.clear()
                            .setMachineId(definition.getId())
                            .setName(definition.getName())
                            .setGeneration(definition.getGeneration())
                            .setRestored(request.hasMemory() || request.hasSaved()));
            if (request.hasMemory()) {
                goOn(connection, machine, definition, volumes, lease, request);
            } else {
                Optional<PreparedVolume> saved =
                        request.hasSaved() ? Optional.of(needs.volume(request.getSaved())) : Optional.empty();
                boot(connection, machine, definition, xml, lease, request.getPaused(), saved);
            }
            return machines.observe(machine);
        });
    }

    /** Rather slower disks than a machine that its first backup ends. */
    private MachineDefinition bearable(MachineDefinition definition) {
        return qemu.threads()
                ? definition
                : definition.toBuilder().clearIoThreads().build();
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
                    String file = saved.get().path().toString();
                    SaveFlag as = paused ? SaveFlag.PAUSED : SaveFlag.RUNNING;
                    String then = connection.savedXml(file);
                    if (SavedXml.elsewhere(then, definition)) {
                        connection.restore(file, SavedXml.placed(then, definition), as);
                    } else {
                        connection.restore(file, as);
                    }
                } else if (paused) {
                    domain.create(CreateFlag.PAUSED);
                } else {
                    domain.create();
                }
                requireLease(domain, definition, lease, paused);
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
    private void goOn(
            Connection connection,
            Machine machine,
            MachineDefinition definition,
            Map<String, PreparedVolume> volumes,
            Optional<Leases.Place> lease,
            StartMachineRequest request) {
        String file = needs.volume(request.getMemory()).path().toString();
        String xml = SavedXml.on(connection.savedXml(file), definition, volumes, lease);
        try (Domain domain = connection.define(xml)) {
            connection.restore(file, xml, request.getPaused() ? SaveFlag.PAUSED : SaveFlag.RUNNING);
            requireLease(domain, definition, lease, request.getPaused());
            LOG.info("{} goes on with the memory of a snapshot", domain.name());
        } catch (LibvirtException e) {
            machines.note(
                    machine, note -> note.setOffReason(OffReason.OFF_FAILED).setError(String.valueOf(e.getMessage())));
            machines.observe(machine);
            throw LibvirtWords.refusal(
                            "Machine " + definition.getName() + " could not go on with the memory of the snapshot", e)
                    .undone("It is off")
                    .next("Take it back to the snapshot again without the memory, or undo the preview.");
        }
    }

    /** Of one that waits it is asked when it goes on. */
    private void requireLease(
            Domain domain, MachineDefinition definition, Optional<Leases.Place> lease, boolean waits) {
        if (lease.isEmpty() || waits) {
            return;
        }
        try {
            leases.requireHeld("Machine " + definition.getName(), lease.get());
        } catch (Refusal without) {
            domain.destroy();
            throw without;
        }
    }
}
