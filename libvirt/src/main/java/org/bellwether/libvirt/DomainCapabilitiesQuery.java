package org.bellwether.libvirt;

import org.jspecify.annotations.Nullable;

/**
 * Which emulator's capabilities are wanted; what is null libvirt chooses.
 *
 * @param emulator path of the program
 * @param architecture such as {@code x86_64}
 * @param machine such as {@code q35}
 * @param domainType {@code kvm} or {@code qemu}
 */
public record DomainCapabilitiesQuery(
        @Nullable String emulator,
        @Nullable String architecture,
        @Nullable String machine,
        @Nullable String domainType) {
    /** What libvirt itself would choose. */
    public static DomainCapabilitiesQuery defaults() {
        return new DomainCapabilitiesQuery(null, null, null, null);
    }

    public DomainCapabilitiesQuery architecture(String value) {
        return new DomainCapabilitiesQuery(emulator, value, machine, domainType);
    }

    public DomainCapabilitiesQuery machine(String value) {
        return new DomainCapabilitiesQuery(emulator, architecture, value, domainType);
    }

    public DomainCapabilitiesQuery domainType(String value) {
        return new DomainCapabilitiesQuery(emulator, architecture, machine, value);
    }

    public DomainCapabilitiesQuery emulator(String value) {
        return new DomainCapabilitiesQuery(value, architecture, machine, domainType);
    }
}
