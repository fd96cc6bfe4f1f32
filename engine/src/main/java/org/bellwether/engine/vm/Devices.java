package org.bellwether.engine.vm;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bellwether.api.types.CustomProperty;
import org.bellwether.engine.platform.Failure;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.RngSource;
import org.bellwether.protocol.WatchdogDevice;

/** What a machine has beside processors, memory, disks and networks: said to agents, and checked when it is decided. */
final class Devices {

    private static final String HUGE_PAGES = "hugepages";
    private static final Set<String> PAGE_SIZES_KIB = Set.of("2048", "1048576");
    private static final long MOST_IO_THREADS = 32;

    private Devices() {}

    static void add(MachineDefinition.Builder machine, org.bellwether.api.types.Vm spec) {
        machine.setTpm(Boolean.TRUE.equals(spec.tpmEnabled()))
                .setSound(Boolean.TRUE.equals(spec.soundcardEnabled()))
                .setIoThreads(Optional.ofNullable(spec.io())
                        .map(io -> io.threads())
                        .map(Math::toIntExact)
                        .orElse(0))
                .setHugePageKib(hugePageKib(spec))
                .setVirtioScsi(spec.virtioScsi() != null
                        && Boolean.TRUE.equals(spec.virtioScsi().enabled()))
                .setBootMenu(spec.bios() != null
                        && spec.bios().bootMenu() != null
                        && Boolean.TRUE.equals(spec.bios().bootMenu().enabled()))
                .setVideoModel(video(spec))
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
        for (CustomProperty property :
                Optional.ofNullable(spec.customProperties()).orElse(List.of())) {
            if (!HUGE_PAGES.equals(property.name())) {
                throw Failure.badRequest("Machines have no custom property " + property.name())
                        .because("this engine knows only " + HUGE_PAGES)
                        .next("Leave it out");
            }
            if (property.value_() == null || !PAGE_SIZES_KIB.contains(property.value_())) {
                throw Failure.badRequest("The custom property " + HUGE_PAGES + " must be 2048 or 1048576")
                        .because("these are the sizes of pages, in KiB, that processors have");
            }
        }
        var threads = spec.io() == null ? null : spec.io().threads();
        if (threads != null && (threads < 0 || threads > MOST_IO_THREADS)) {
            throw Failure.badRequest("The number of I/O threads must be between 0 and " + MOST_IO_THREADS);
        }
        Numa.checkPins(spec);
        requirePlain("custom_emulated_machine", spec.customEmulatedMachine());
        requirePlain("custom_cpu_model", spec.customCpuModel());
    }

    private static void requirePlain(String what, @org.jspecify.annotations.Nullable String value) {
        if (value != null && !value.matches("[A-Za-z0-9._-]{0,64}")) {
            throw Failure.badRequest("The " + what + " of a machine is a name such as libvirt lists");
        }
    }

    private static long hugePageKib(org.bellwether.api.types.Vm spec) {
        return Optional.ofNullable(spec.customProperties()).stream()
                .flatMap(List::stream)
                .filter(property -> HUGE_PAGES.equals(property.name()) && property.value_() != null)
                .mapToLong(property -> Long.parseLong(property.value_()))
                .findFirst()
                .orElse(0);
    }

    private static String video(org.bellwether.api.types.Vm spec) {
        var display = spec.display();
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
