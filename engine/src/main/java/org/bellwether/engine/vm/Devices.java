package org.bellwether.engine.vm;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bellwether.api.types.UsbType;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.template.Screens;
import org.bellwether.protocol.HostDevice;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.RngSource;
import org.bellwether.protocol.WatchdogDevice;

/** What a machine has beside processors, memory, disks and networks: said to agents, and checked when it is decided. */
final class Devices {

    private static final long MOST_IO_THREADS = 32;

    private Devices() {}

    static void add(MachineDefinition.Builder machine, org.bellwether.api.types.Vm spec) {
        machine.setTpm(Boolean.TRUE.equals(spec.tpmEnabled()))
                .setSound(Boolean.TRUE.equals(spec.soundcardEnabled()))
                .setIoThreads(Optional.ofNullable(spec.io())
                        .map(io -> io.threads())
                        .map(Math::toIntExact)
                        .orElse(0))
                .setHugePageKib(CustomProperties.hugePageKib(spec))
                .putAllCustomProperties(CustomProperties.forHooks(spec))
                .setUsb(spec.usb() != null && Boolean.TRUE.equals(spec.usb().enabled()))
                .addAllHostDevices(Optional.ofNullable(spec.hostDevices()).orElse(List.of()).stream()
                        .map(device -> HostDevice.newBuilder()
                                .setName(String.valueOf(device.name()))
                                .build())
                        .toList())
                .setVirtioScsi(spec.virtioScsi() != null
                        && Boolean.TRUE.equals(spec.virtioScsi().enabled()))
                .setBootMenu(spec.bios() != null
                        && spec.bios().bootMenu() != null
                        && Boolean.TRUE.equals(spec.bios().bootMenu().enabled()))
                .setVideoModel(video(spec))
                .setClockOffsetSeconds(TimeZones.offsetSeconds(spec, Instant.now()))
                .setRng(rng(spec));
        Optional.ofNullable(spec.customEmulatedMachine()).ifPresent(machine::setMachineType);
        Optional.ofNullable(spec.customCpuModel())
                .filter(model -> !model.isBlank())
                .ifPresent(model -> machine.setCpu(machine.getCpu().toBuilder().setModel(model)));
        var serial = spec.serialNumber();
        if (serial != null && serial.value_() != null) {
            machine.setSerialNumber(serial.value_());
        }
        Optional.ofNullable(spec.watchdogs()).stream()
                .flatMap(List::stream)
                .findFirst()
                .ifPresent(dog -> machine.setWatchdog(WatchdogDevice.newBuilder()
                        .setModel("i6300esb")
                        .setAction(dog.action() == null ? "reset" : dog.action().wire())));
    }

    /** Refuses what no machine here can have. */
    static void check(org.bellwether.api.types.Vm spec) {
        CustomProperties.checkPages(spec);
        var usb = spec.usb();
        if (usb != null && usb.type() == UsbType.LEGACY) {
            throw Failure.badRequest("No machine has legacy USB any more").next("Send the type native, or none");
        }
        var threads = spec.io() == null ? null : spec.io().threads();
        if (threads != null && (threads < 0 || threads > MOST_IO_THREADS)) {
            throw Failure.badRequest("The number of I/O threads must be between 0 and " + MOST_IO_THREADS);
        }
        CpuPlans.check(spec);
        MigrationManner.check(spec);
        requirePlain("custom_emulated_machine", spec.customEmulatedMachine());
        requirePlain("custom_cpu_model", spec.customCpuModel());
    }

    /** Whether it can be a name of libvirt's. */
    static boolean plain(String name) {
        return name.matches("[A-Za-z0-9._-]{0,64}");
    }

    private static void requirePlain(String what, @org.jspecify.annotations.Nullable String value) {
        if (value != null && !plain(value)) {
            throw Failure.badRequest("The " + what + " of a machine is a name such as libvirt lists");
        }
    }

    private static String video(org.bellwether.api.types.Vm spec) {
        var display = spec.display();
        if (Screens.headless(display)) {
            return "none";
        }
        var type = display == null ? null : display.videoType();
        if (type == null) {
            return "vga";
        }
        return switch (type) {
            case VGA -> "vga";
            case BOCHS -> "bochs";
            case CIRRUS -> "cirrus";
            case QXL -> "qxl";
        };
    }

    private static RngSource rng(org.bellwether.api.types.Vm spec) {
        var device = spec.rngDevice();
        var source = device == null ? null : device.source();
        return source == org.bellwether.api.types.RngSource.HWRNG ? RngSource.HWRNG : RngSource.URANDOM;
    }
}
