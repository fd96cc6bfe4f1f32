package org.bellwether.engine.ovf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bellwether.api.types.BootDevice;
import org.bellwether.api.types.Initialization;
import org.bellwether.api.types.Vm;
import org.bellwether.api.types.WatchdogAction;

/**
 * What a machine has beside processors, memory, disks and networks.
 *
 * @param boot the kinds of devices that it tries to boot from, in order; empty where nothing is said
 * @param properties its custom properties, by name
 * @param firstBoot what its guest finds at its first boot; a password in it need not be a hash
 * @param settings what else was decided of it, as {@link OvfSettings} has it, and its USB and random numbers
 */
public record OvfEquipment(
        Optional<WatchdogAction> watchdog,
        boolean tpm,
        boolean sound,
        List<BootDevice> boot,
        Map<String, String> properties,
        Optional<Initialization> firstBoot,
        Vm settings) {

    public static final OvfEquipment NONE = new OvfEquipment(
            Optional.empty(),
            false,
            false,
            List.of(),
            Map.of(),
            Optional.empty(),
            Vm.builder().build());

    /** By their numbers in a document: C is the hard disk, D the CD, N the network. */
    private static final List<String> SEQUENCES =
            List.of("C", "DC", "N", "CDN", "CND", "DCN", "DNC", "NCD", "NDC", "CD", "D", "CN", "DN", "NC", "ND");

    public OvfEquipment {
        boot = List.copyOf(boot);
        properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    /** Of all that was decided of a machine, what {@link #settings} is of. */
    public static Vm settings(Vm spec) {
        return OvfSettings.of(spec);
    }

    /** The same, with no password in it, for those who may look but not have it. */
    public OvfEquipment withoutPassword() {
        return new OvfEquipment(
                watchdog,
                tpm,
                sound,
                boot,
                properties,
                firstBoot.map(init -> init.toBuilder().rootPassword(null).build()),
                settings);
    }

    static int sequence(List<BootDevice> boot) {
        var letters = new StringBuilder();
        boot.stream()
                .distinct()
                .forEach(device -> letters.append(
                        switch (device) {
                            case HD -> 'C';
                            case CDROM -> 'D';
                            case NETWORK -> 'N';
                        }));
        return Math.max(0, SEQUENCES.indexOf(letters.toString()));
    }

    /** Of a number that nobody has given a meaning to: nothing. */
    static List<BootDevice> devices(long sequence) {
        if (sequence < 0 || sequence >= SEQUENCES.size()) {
            return List.of();
        }
        return SEQUENCES
                .get((int) sequence)
                .chars()
                .mapToObj(
                        letter -> letter == 'C' ? BootDevice.HD : letter == 'D' ? BootDevice.CDROM : BootDevice.NETWORK)
                .toList();
    }
}
