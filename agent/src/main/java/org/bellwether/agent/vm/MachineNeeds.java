package org.bellwether.agent.vm;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bellwether.agent.host.HostDevices;
import org.bellwether.agent.host.HostFacts;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.NicDevice;
import org.bellwether.protocol.VolumeReference;

/** What a machine needs of this host before it may start here or come here. */
final class MachineNeeds {
    private final Function<VolumeReference, PreparedVolume> storage;
    private final Function<DiskDevice, PreparedVolume> disks;
    private final LeaseDoor leases;
    private final HostDevices devices = new HostDevices();

    MachineNeeds(
            Function<VolumeReference, PreparedVolume> storage,
            Function<DiskDevice, PreparedVolume> disks,
            LeaseDoor leases) {
        this.storage = storage;
        this.disks = disks;
        this.leases = leases;
    }

    /** The lease that the machine must have to run; a host that cannot take it refuses in words. */
    Optional<Leases.Place> lease(MachineDefinition definition) {
        return leases.of(definition);
    }

    PreparedVolume volume(VolumeReference volume) {
        return storage.apply(volume);
    }

    /** Prepares every disk of a definition on this host. */
    Map<String, PreparedVolume> volumes(MachineDefinition definition) {
        Map<String, PreparedVolume> volumes = new HashMap<>();
        for (DiskDevice disk : definition.getDisksList()) {
            if (disk.hasVolume() || !disk.getLunId().isEmpty()) {
                volumes.put(disk.getDiskId(), disks.apply(disk));
            } else if (!disk.getCdrom()) {
                throw Refusal.badRequest("Disk " + disk.getDiskId() + " of machine " + definition.getName()
                        + " has neither a volume nor a LUN");
            }
        }
        return volumes;
    }

    /** The definition with the host's devices that it asks for, as they are now. */
    MachineDefinition withHostDevices(MachineDefinition definition) {
        MachineDefinition.Builder found = definition.toBuilder().clearHostDevices();
        definition
                .getHostDevicesList()
                .forEach(device -> found.addHostDevices(devices.require(device.getName(), definition.getName())));
        return found.build();
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

    /** Memory in large pages is there only where somebody set it aside. */
    static void requirePages(MachineDefinition definition) {
        long kib = definition.getHugePageKib();
        if (kib == 0) {
            return;
        }
        long needed = Math.ceilDiv(definition.getMemoryBytes(), kib * 1024);
        long free = HostFacts.freePages(kib);
        if (free < needed) {
            throw Refusal.wrongState("Machine " + definition.getName() + " needs " + needed + " free pages of " + kib
                            + " KiB of memory, and this host has " + free)
                    .next("Set more of them aside on the host (vm.nr_hugepages), choose another host, or take the"
                            + " custom property hugepages away from the machine.");
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

    private static boolean exists(String network) {
        try {
            return NetworkInterface.getByName(network) != null;
        } catch (SocketException e) {
            return true; // cannot tell: libvirt will
        }
    }
}
