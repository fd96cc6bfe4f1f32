package org.bellwether.agent;

import java.util.UUID;
import org.bellwether.protocol.BootDevice;
import org.bellwether.protocol.CpuDefinition;
import org.bellwether.protocol.DiskBus;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.Firmware;
import org.bellwether.protocol.GraphicsDevice;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.NicDevice;
import org.bellwether.protocol.VolumeReference;

/** Machines that merely sit in their firmware: cheap under emulation. */
final class TestMachines {
    private TestMachines() {}

    static MachineDefinition.Builder idle(String name) {
        return MachineDefinition.newBuilder()
                .setId(UUID.randomUUID().toString())
                .setName(name)
                .setMemoryBytes(32L << 20)
                .setCpu(CpuDefinition.newBuilder()
                        .setSockets(1)
                        .setCoresPerSocket(1)
                        .setThreadsPerCore(1))
                .setFirmware(Firmware.Q35_SEABIOS)
                .setGeneration(1)
                .setBalloon(true)
                .addBootDevices(BootDevice.HARD_DISK);
    }

    static DiskDevice disk(VolumeReference volume) {
        return DiskDevice.newBuilder()
                .setDiskId(volume.getImageId())
                .setVolume(volume)
                .setBus(DiskBus.VIRTIO)
                .build();
    }

    /** Ids of a volume to be; its domain is still to be set. */
    static VolumeReference volume() {
        return VolumeReference.newBuilder()
                .setImageId(UUID.randomUUID().toString())
                .setVolumeId(UUID.randomUUID().toString())
                .build();
    }

    static NicDevice nic() {
        return NicDevice.newBuilder()
                .setNicId(UUID.randomUUID().toString())
                .setMac("56:6f:00:00:00:01")
                .setNetwork("ovirtmgmt")
                .setModel("virtio")
                .setLinked(true)
                .build();
    }

    static GraphicsDevice vnc() {
        return GraphicsDevice.newBuilder().setProtocol("vnc").build();
    }
}
