package org.bellwether.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.BiFunction;
import org.bellwether.libvirt.flags.CreateFlag;
import org.bellwether.libvirt.flags.DestroyFlag;
import org.bellwether.libvirt.flags.Flag;
import org.bellwether.libvirt.flags.ModifyFlag;
import org.bellwether.libvirt.flags.RebootFlag;
import org.bellwether.libvirt.flags.SaveFlag;
import org.bellwether.libvirt.flags.ShutdownFlag;
import org.bellwether.libvirt.flags.StatsGroup;
import org.bellwether.libvirt.flags.UndefineFlag;
import org.bellwether.libvirt.flags.XmlFlag;
import org.bellwether.libvirt.foreign.ConnectFunctions;
import org.bellwether.libvirt.foreign.DomainFunctions;
import org.bellwether.libvirt.foreign.NativeFunction;
import org.bellwether.libvirt.foreign.Text;

/**
 * A reference to a machine as libvirt knows it. It stays valid when the machine stops or is undefined; calls then fail with {@code
 * NO_DOMAIN} or {@code OPERATION_INVALID}. Close it; one that is forgotten is freed when the garbage collector finds it. See the
 * package for threads and lifetimes.
 */
public final class Domain implements AutoCloseable {
    private static final int METADATA_ELEMENT = 2;

    private final DomainIdentity identity;
    private final Handle handle;

    private Domain(DomainIdentity identity, Handle handle) {
        this.identity = identity;
        this.handle = handle;
    }

    /** Takes over a reference that libvirt gave us. On a platform thread. */
    static Domain adopt(MemorySegment pointer, Handle connection) {
        var identity = DomainUpcalls.identify(pointer);
        return new Domain(
                identity,
                new Handle(
                        pointer,
                        DomainFunctions.DOMAIN_FREE,
                        ErrorCode.INVALID_DOMAIN,
                        "the handle of domain " + identity.name(),
                        connection));
    }

    public DomainIdentity identity() {
        return identity;
    }

    public UUID uuid() {
        return identity.uuid();
    }

    public String name() {
        return identity.name();
    }

    /** libvirt's number of the running domain; empty when it does not run. */
    public OptionalInt id() {
        int id = handle.use(domain -> DomainFunctions.DOMAIN_GET_ID.callInt(domain));
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    public DomainStatus status() {
        return withArena((domain, arena) -> {
            var state = arena.allocate(JAVA_INT);
            var reason = arena.allocate(JAVA_INT);
            Call.number(DomainFunctions.DOMAIN_GET_STATE, domain, state, reason, 0);
            var what = DomainState.of(state.get(JAVA_INT, 0));
            return new DomainStatus(what, StateReason.of(what, reason.get(JAVA_INT, 0)));
        });
    }

    public boolean isActive() {
        return truth(DomainFunctions.DOMAIN_IS_ACTIVE);
    }

    public boolean isPersistent() {
        return truth(DomainFunctions.DOMAIN_IS_PERSISTENT);
    }

    public String xml(XmlFlag... flags) {
        int bits = Flag.union(flags);
        return handle.use(domain -> Call.text(DomainFunctions.DOMAIN_GET_XML_DESC, domain, bits));
    }

    /** Starts a defined domain. */
    public void create(CreateFlag... flags) {
        flagged(DomainFunctions.DOMAIN_CREATE_WITH_FLAGS, Flag.union(flags));
    }

    /** Asks the guest to shut down; returns before it has. Without a flag libvirt chooses the way. */
    public void shutdown(ShutdownFlag... flags) {
        flagged(DomainFunctions.DOMAIN_SHUTDOWN_FLAGS, Flag.union(flags));
    }

    /** Asks the guest to reboot; returns before it has. */
    public void reboot(RebootFlag... flags) {
        flagged(DomainFunctions.DOMAIN_REBOOT, Flag.union(flags));
    }

    /** Presses the reset button. */
    public void reset() {
        flagged(DomainFunctions.DOMAIN_RESET, 0);
    }

    /** Cuts the power. */
    public void destroy(DestroyFlag... flags) {
        flagged(DomainFunctions.DOMAIN_DESTROY_FLAGS, Flag.union(flags));
    }

    /** Stops the virtual CPUs; memory stays. */
    public void suspend() {
        handle.use(domain -> Call.number(DomainFunctions.DOMAIN_SUSPEND, domain));
    }

    public void resume() {
        handle.use(domain -> Call.number(DomainFunctions.DOMAIN_RESUME, domain));
    }

    /** Forgets the definition; a running domain becomes transient. */
    public void undefine(UndefineFlag... flags) {
        flagged(DomainFunctions.DOMAIN_UNDEFINE_FLAGS, Flag.union(flags));
    }

    public void rename(String newName) {
        withArena((domain, arena) -> Call.number(DomainFunctions.DOMAIN_RENAME, domain, Text.toC(arena, newName), 0));
    }

    public void injectNmi() {
        flagged(DomainFunctions.DOMAIN_INJECT_NMI, 0);
    }

    public boolean autostart() {
        return withArena((domain, arena) -> {
            var result = arena.allocate(JAVA_INT);
            Call.number(DomainFunctions.DOMAIN_GET_AUTOSTART, domain, result);
            return result.get(JAVA_INT, 0) != 0;
        });
    }

    public void setAutostart(boolean on) {
        handle.use(domain -> Call.number(DomainFunctions.DOMAIN_SET_AUTOSTART, domain, on ? 1 : 0));
    }

    /** The element of namespace {@code uri} in the domain's metadata, as XML; empty when there is none. */
    public Optional<String> metadata(String uri, ModifyFlag... flags) {
        int bits = Flag.union(flags);
        try {
            return Optional.of(withArena((domain, arena) -> Call.text(
                    DomainFunctions.DOMAIN_GET_METADATA, domain, METADATA_ELEMENT, Text.toC(arena, uri), bits)));
        } catch (LibvirtException e) {
            if (e.is(ErrorCode.NO_DOMAIN_METADATA)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Sets, or replaces, the element of namespace {@code uri}.
     *
     * @param xml one element without the namespace's prefix
     * @param prefix under which libvirt keeps it
     */
    public void setMetadata(String xml, String prefix, String uri, ModifyFlag... flags) {
        int bits = Flag.union(flags);
        withArena((domain, arena) -> Call.number(
                DomainFunctions.DOMAIN_SET_METADATA,
                domain,
                METADATA_ELEMENT,
                Text.toC(arena, xml),
                Text.toC(arena, prefix),
                Text.toC(arena, uri),
                bits));
    }

    /** Removes the element of namespace {@code uri}. */
    public void removeMetadata(String uri, ModifyFlag... flags) {
        int bits = Flag.union(flags);
        withArena((domain, arena) -> Call.number(
                DomainFunctions.DOMAIN_SET_METADATA,
                domain,
                METADATA_ELEMENT,
                MemorySegment.NULL,
                MemorySegment.NULL,
                Text.toC(arena, uri),
                bits));
    }

    /** This domain's part of {@link Connection#statistics}. */
    public TypedParameters statistics(List<StatsGroup> groups) {
        int wanted = Flag.union(groups);
        return withArena((domain, arena) -> {
            var list = arena.allocate(ADDRESS, 2);
            list.setAtIndex(ADDRESS, 0, domain);
            var result = arena.allocate(ADDRESS);
            int count = Call.number(ConnectFunctions.DOMAIN_LIST_GET_STATS, list, wanted, result, 0);
            var records = StatisticsRecords.take(result.get(ADDRESS, 0), count);
            return records.isEmpty()
                    ? TypedParameters.empty()
                    : records.getFirst().values();
        });
    }

    /** Writes the machine's memory and devices to a file on the host and stops it. */
    public void save(String file, SaveFlag... flags) {
        int bits = Flag.union(flags);
        withArena((domain, arena) -> Call.number(
                DomainFunctions.DOMAIN_SAVE_FLAGS, domain, Text.toC(arena, file), MemorySegment.NULL, bits));
    }

    /** As {@link #save}, to a file of libvirt's own, from which the next {@link #create} goes on. */
    public void managedSave(SaveFlag... flags) {
        flagged(DomainFunctions.DOMAIN_MANAGED_SAVE, Flag.union(flags));
    }

    public boolean hasManagedSave() {
        return handle.use(domain -> Call.truth(DomainFunctions.DOMAIN_HAS_MANAGED_SAVE_IMAGE, domain, 0));
    }

    public void removeManagedSave() {
        flagged(DomainFunctions.DOMAIN_MANAGED_SAVE_REMOVE, 0);
    }

    /** A picture of the running machine's screen; 0 is the first. */
    public Screenshot screenshot(int screen) {
        return handle.use(domain ->
                ScreenshotStream.take(Call.pointer(DomainFunctions.DOMAIN_GET_CONNECT, domain), domain, screen));
    }

    /** Devices, memory and virtual CPUs. */
    public DomainDevices devices() {
        return new DomainDevices(handle);
    }

    /** Disks and their block jobs. */
    public DomainDisks disks() {
        return new DomainDisks(handle);
    }

    /** Migration and other jobs of the whole domain. */
    public DomainJobs jobs() {
        return new DomainJobs(handle);
    }

    /** Snapshots, by name. */
    public DomainSnapshots snapshots() {
        return new DomainSnapshots(handle);
    }

    /** Checkpoints, by name, and backups. */
    public DomainCheckpoints checkpoints() {
        return new DomainCheckpoints(handle);
    }

    /** What the guest agent inside can do and tell. */
    public DomainGuest guest() {
        return new DomainGuest(handle);
    }

    /** Gives the reference back. The machine is not touched. Safe to call again. */
    @Override
    public void close() {
        handle.close();
    }

    @Override
    public String toString() {
        return "domain " + identity.name() + " (" + identity.uuid() + ")";
    }

    private boolean truth(NativeFunction function) {
        return handle.use(domain -> Call.truth(function, domain));
    }

    private void flagged(NativeFunction function, int bits) {
        handle.use(domain -> Call.number(function, domain, bits));
    }

    private <T> T withArena(BiFunction<MemorySegment, Arena, T> body) {
        return handle.use(Arenas.each(body));
    }
}
