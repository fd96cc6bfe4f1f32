package org.bellwether.engine.ovf;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.xml.stream.XMLStreamException;
import org.bellwether.api.types.Bios;
import org.bellwether.api.types.BootMenu;
import org.bellwether.api.types.Io;
import org.bellwether.api.types.SerialNumber;
import org.bellwether.api.types.SerialNumberPolicy;
import org.bellwether.api.types.StorageDomain;
import org.bellwether.api.types.StorageDomainLease;
import org.bellwether.api.types.TimeZone;
import org.bellwether.api.types.Vm;
import org.bellwether.api.types.VmStorageErrorResumeBehaviour;
import org.jspecify.annotations.Nullable;

/** What a machine is set to, each an element of its own in a document; here as the API says it, and nothing else of it. */
final class OvfSettings {

    /** By oVirt's numbers. */
    private static final Map<String, SerialNumberPolicy> SERIAL = Map.of(
            "0", SerialNumberPolicy.HOST,
            "1", SerialNumberPolicy.VM,
            "2", SerialNumberPolicy.CUSTOM);

    private static final int MOST_THREADS = 32;

    /** The kind of resource that USB controllers are (CIM_ResourceAllocationSettingData), and oVirt's word in there. */
    static final int USB = 23;

    static final String USB_NATIVE = "ENABLED_NATIVE";

    private OvfSettings() {}

    /** Where an element is written. */
    interface Elements {
        void write(String name, String value) throws XMLStreamException;
    }

    /** Of all that was decided of a machine, these. */
    static Vm of(Vm spec) {
        var menu = bootMenu(spec);
        return Vm.builder()
                .deleteProtected(spec.deleteProtected())
                .stateless(spec.stateless())
                .bios(menu == null ? null : menuBios(menu))
                .io(spec.io())
                .timeZone(spec.timeZone())
                .storageErrorResumeBehaviour(spec.storageErrorResumeBehaviour())
                .serialNumber(spec.serialNumber())
                .customEmulatedMachine(spec.customEmulatedMachine())
                .customCpuModel(spec.customCpuModel())
                .lease(spec.lease())
                .rngDevice(spec.rngDevice())
                .usb(spec.usb())
                .build();
    }

    private static Bios menuBios(boolean menu) {
        return Bios.builder().bootMenu(BootMenu.builder().enabled(menu).build()).build();
    }

    static void write(Vm spec, Elements elements) throws XMLStreamException {
        elements.write("DeleteProtected", flag(spec.deleteProtected()));
        elements.write("IsStateless", flag(spec.stateless()));
        elements.write("IsBootMenuEnabled", flag(bootMenu(spec)));
        var io = spec.io();
        elements.write("NumOfIoThreads", io == null || io.threads() == null ? "0" : Long.toString(io.threads()));
        var zone = spec.timeZone();
        elements.write("TimeZone", zone == null || zone.name() == null ? "Etc/GMT" : zone.name());
        var behaviour = Optional.ofNullable(spec.storageErrorResumeBehaviour());
        elements.write(
                "ResumeBehavior",
                behaviour.orElse(VmStorageErrorResumeBehaviour.AUTO_RESUME).name());
        var serial = spec.serialNumber();
        if (serial != null) {
            for (var each : SERIAL.entrySet()) {
                if (each.getValue() == serial.policy()) {
                    elements.write("SerialNumberPolicy", each.getKey());
                }
            }
            optional(elements, "CustomSerialNumber", serial.value_());
        }
        var lease = spec.lease() == null ? null : spec.lease().storageDomain();
        optional(elements, "LeaseDomainId", lease == null ? null : lease.id());
        optional(elements, "CustomEmulatedMachine", spec.customEmulatedMachine());
        optional(elements, "CustomCpuName", spec.customCpuModel());
    }

    /** @param elements the text of an element by its name; empty where there is none */
    static Vm read(Function<String, String> elements) {
        var menu = flag(elements.apply("IsBootMenuEnabled"));
        var threads = threads(elements.apply("NumOfIoThreads"));
        var zone = elements.apply("TimeZone");
        var serial = SERIAL.get(elements.apply("SerialNumberPolicy"));
        var lease = elements.apply("LeaseDomainId");
        return Vm.builder()
                .deleteProtected(flag(elements.apply("DeleteProtected")))
                .stateless(flag(elements.apply("IsStateless")))
                .bios(menu == null ? null : menuBios(menu))
                .io(threads == null ? null : Io.builder().threads(threads).build())
                .timeZone(zone.isEmpty() ? null : TimeZone.builder().name(zone).build())
                .storageErrorResumeBehaviour(behaviour(elements.apply("ResumeBehavior")))
                .serialNumber(
                        serial == null
                                ? null
                                : SerialNumber.builder()
                                        .policy(serial)
                                        .value_(present(elements.apply("CustomSerialNumber")))
                                        .build())
                .lease(
                        lease.isEmpty()
                                ? null
                                : StorageDomainLease.builder()
                                        .storageDomain(StorageDomain.builder()
                                                .id(lease)
                                                .build())
                                        .build())
                .customEmulatedMachine(present(elements.apply("CustomEmulatedMachine")))
                .customCpuModel(present(elements.apply("CustomCpuName")))
                .build();
    }

    private static @Nullable Boolean bootMenu(Vm spec) {
        var menu = spec.bios() == null ? null : spec.bios().bootMenu();
        return menu == null ? null : menu.enabled();
    }

    private static String flag(@Nullable Boolean value) {
        return Boolean.toString(Boolean.TRUE.equals(value));
    }

    private static @Nullable Boolean flag(String text) {
        return text.isEmpty() ? null : text.equalsIgnoreCase("true");
    }

    private static @Nullable Long threads(String text) {
        return text.matches("\\d{1,3}") ? Long.valueOf(Math.min(MOST_THREADS, Integer.parseInt(text))) : null;
    }

    private static @Nullable VmStorageErrorResumeBehaviour behaviour(String text) {
        return VmStorageErrorResumeBehaviour.TYPE.find(text.toLowerCase(Locale.ROOT));
    }

    private static @Nullable String present(String text) {
        return text.isEmpty() ? null : text;
    }

    private static void optional(Elements elements, String name, @Nullable String value) throws XMLStreamException {
        if (value != null && !value.isEmpty()) {
            elements.write(name, value);
        }
    }
}
