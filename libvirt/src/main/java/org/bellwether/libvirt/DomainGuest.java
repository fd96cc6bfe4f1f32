package org.bellwether.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.bellwether.libvirt.foreign.Layouts.DOMAIN_INTERFACE;
import static org.bellwether.libvirt.foreign.Layouts.IP_ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import org.bellwether.libvirt.flags.Flag;
import org.bellwether.libvirt.flags.GuestInfoGroup;
import org.bellwether.libvirt.foreign.GuestFunctions;
import org.bellwether.libvirt.foreign.Layouts;
import org.bellwether.libvirt.foreign.NativeFunction;
import org.bellwether.libvirt.foreign.Text;

/**
 * What the agent inside the guest can do and tell. What it tells is the guest's word: do not trust it. A guest without an agent fails
 * with {@code AGENT_UNRESPONSIVE} or {@code OPERATION_INVALID}.
 */
public final class DomainGuest {
    private final Handle handle;

    DomainGuest(Handle handle) {
        this.handle = handle;
    }

    /**
     * Gives the agent a command of its own protocol, in JSON, and answers its answer.
     *
     * @param timeout rounded up to whole seconds, at least one
     */
    public String command(String json, Duration timeout) {
        int seconds = Math.toIntExact(Math.max(1, timeout.plusMillis(999).toSeconds()));
        return withArena((domain, arena) ->
                Call.text(GuestFunctions.DOMAIN_QEMU_AGENT_COMMAND, domain, Text.toC(arena, json), seconds, 0));
    }

    /** How long every call below waits for the agent; rounded up to whole seconds, at least one. */
    public void setResponseTimeout(Duration timeout) {
        int seconds = Math.toIntExact(Math.max(1, timeout.plusMillis(999).toSeconds()));
        handle.use(domain -> Call.number(GuestFunctions.DOMAIN_AGENT_SET_RESPONSE_TIMEOUT, domain, seconds, 0));
    }

    /** What the agent tells; names as documented for {@code virDomainGetGuestInfo}: {@code os.pretty-name}, {@code user.0.name} … */
    public TypedParameters information(Collection<GuestInfoGroup> groups) {
        int wanted = Flag.union(groups);
        return withArena((domain, arena) -> {
            var parameters = arena.allocate(ADDRESS);
            var count = arena.allocate(JAVA_INT);
            Call.number(GuestFunctions.DOMAIN_GET_GUEST_INFO, domain, wanted, parameters, count, 0);
            return ParameterArray.take(parameters.get(ADDRESS, 0), count.get(JAVA_INT, 0));
        });
    }

    /** The interfaces of the machine and their addresses, by the source's word. */
    public List<GuestInterface> interfaces(AddressSource source) {
        return withArena((domain, arena) -> {
            var result = arena.allocate(ADDRESS);
            int count = Call.number(GuestFunctions.DOMAIN_INTERFACE_ADDRESSES, domain, result, source.number(), 0);
            return takeInterfaces(result.get(ADDRESS, 0), count);
        });
    }

    private static List<GuestInterface> takeInterfaces(MemorySegment array, int count) {
        var interfaces = new ArrayList<GuestInterface>(count);
        var pointers = array.reinterpret(ADDRESS.byteSize() * count);
        try {
            for (int index = 0; index < count; index++) {
                interfaces.add(
                        readInterface(pointers.getAtIndex(ADDRESS, index).reinterpret(DOMAIN_INTERFACE.byteSize())));
            }
            return interfaces;
        } finally {
            for (int index = 0; index < count; index++) {
                GuestFunctions.DOMAIN_INTERFACE_FREE.callVoid(pointers.getAtIndex(ADDRESS, index));
            }
            Text.free(array);
        }
    }

    private static GuestInterface readInterface(MemorySegment from) {
        int count = from.get(JAVA_INT, Layouts.offset(DOMAIN_INTERFACE, "naddrs"));
        var array =
                from.get(ADDRESS, Layouts.offset(DOMAIN_INTERFACE, "addrs")).reinterpret(IP_ADDRESS.byteSize() * count);
        var addresses = new ArrayList<GuestInterface.Address>(count);
        for (int index = 0; index < count; index++) {
            var address = array.asSlice(IP_ADDRESS.byteSize() * index, IP_ADDRESS.byteSize());
            addresses.add(new GuestInterface.Address(
                    Text.fromCOrEmpty(address.get(ADDRESS, Layouts.offset(IP_ADDRESS, "addr"))),
                    address.get(JAVA_INT, Layouts.offset(IP_ADDRESS, "prefix"))));
        }
        return new GuestInterface(
                Text.fromCOrEmpty(from.get(ADDRESS, Layouts.offset(DOMAIN_INTERFACE, "name"))),
                Text.fromCOrEmpty(from.get(ADDRESS, Layouts.offset(DOMAIN_INTERFACE, "hwaddr"))),
                addresses);
    }

    /** Holds writes to file systems still; answers how many. No mount points: all that can be. */
    public int freeze(String... mountPoints) {
        return mounts(GuestFunctions.DOMAIN_FS_FREEZE, mountPoints);
    }

    /** Lets writes go on; answers to how many file systems. */
    public int thaw(String... mountPoints) {
        return mounts(GuestFunctions.DOMAIN_FS_THAW, mountPoints);
    }

    private int mounts(NativeFunction function, String... mountPoints) {
        return withArena((domain, arena) -> Call.number(
                function,
                domain,
                mountPoints.length == 0
                        ? MemorySegment.NULL
                        : Text.arrayToC(arena, List.of(mountPoints), mountPoints.length),
                mountPoints.length,
                0));
    }

    /** Tells the disks which blocks the guest's file systems do not use. */
    public void trim() {
        handle.use(domain -> Call.number(GuestFunctions.DOMAIN_FS_TRIM, domain, MemorySegment.NULL, 0L, 0));
    }

    /** Sets a guest user's password. */
    public void setPassword(String user, String password) {
        withArena((domain, arena) -> Call.number(
                GuestFunctions.DOMAIN_SET_USER_PASSWORD, domain, Text.toC(arena, user), Text.toC(arena, password), 0));
    }

    private <T> T withArena(BiFunction<MemorySegment, Arena, T> body) {
        return handle.use(Arenas.each(body));
    }
}
