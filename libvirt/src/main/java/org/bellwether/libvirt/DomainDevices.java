package org.bellwether.libvirt;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.BiFunction;
import org.bellwether.libvirt.flags.DeviceFlag;
import org.bellwether.libvirt.flags.Flag;
import org.bellwether.libvirt.flags.MemoryFlag;
import org.bellwether.libvirt.flags.VcpuFlag;
import org.bellwether.libvirt.foreign.DomainFunctions;
import org.bellwether.libvirt.foreign.NativeFunction;
import org.bellwether.libvirt.foreign.Text;

/** A domain's devices, memory and virtual CPUs, of the running machine, of its definition, or of both. */
public final class DomainDevices {
    private final Handle handle;

    DomainDevices(Handle handle) {
        this.handle = handle;
    }

    /** Plugs in the device that one element of XML describes. */
    public void attach(String xml, DeviceFlag... flags) {
        withXml(DomainFunctions.DOMAIN_ATTACH_DEVICE_FLAGS, xml, Flag.union(flags));
    }

    /** Asks the guest to let a device go; for a running machine it is gone only with {@link DomainEvent.DeviceRemoved}. */
    public void detach(String xml, DeviceFlag... flags) {
        withXml(DomainFunctions.DOMAIN_DETACH_DEVICE_FLAGS, xml, Flag.union(flags));
    }

    /** As {@link #detach}, by the device's alias; always waits for the event. */
    public void detachByAlias(String alias, DeviceFlag... flags) {
        withXml(DomainFunctions.DOMAIN_DETACH_DEVICE_ALIAS, alias, Flag.union(flags));
    }

    /** Changes a device, such as a CD drive's medium or a NIC's link. */
    public void update(String xml, DeviceFlag... flags) {
        withXml(DomainFunctions.DOMAIN_UPDATE_DEVICE_FLAGS, xml, Flag.union(flags));
    }

    /** Sets the memory, or with {@code MAXIMUM} its ceiling, in KiB. */
    public void setMemory(long kibibytes, MemoryFlag... flags) {
        int bits = Flag.union(flags);
        handle.use(domain -> Call.number(DomainFunctions.DOMAIN_SET_MEMORY_FLAGS, domain, kibibytes, bits));
    }

    /** How often the balloon reports statistics; zero: never. Whole seconds. */
    public void setMemoryStatisticsPeriod(Duration period) {
        int seconds = Math.toIntExact(period.toSeconds());
        handle.use(domain -> Call.number(DomainFunctions.DOMAIN_SET_MEMORY_STATS_PERIOD, domain, seconds, 0));
    }

    public void setVcpus(int count, VcpuFlag... flags) {
        int bits = Flag.union(flags);
        handle.use(domain -> Call.number(DomainFunctions.DOMAIN_SET_VCPUS_FLAGS, domain, count, bits));
    }

    public int vcpus(VcpuFlag... flags) {
        int bits = Flag.union(flags);
        return handle.use(domain -> Call.number(DomainFunctions.DOMAIN_GET_VCPUS_FLAGS, domain, bits));
    }

    private void withXml(NativeFunction function, String xml, int bits) {
        withArena((domain, arena) -> Call.number(function, domain, Text.toC(arena, xml), bits));
    }

    private <T> T withArena(BiFunction<MemorySegment, Arena, T> body) {
        return handle.use(Arenas.each(body));
    }
}
