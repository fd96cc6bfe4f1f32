package org.bellwether.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.bellwether.libvirt.flags.CreateFlag;
import org.bellwether.libvirt.flags.DefineFlag;
import org.bellwether.libvirt.flags.Flag;
import org.bellwether.libvirt.flags.ListFlag;
import org.bellwether.libvirt.flags.SaveFlag;
import org.bellwether.libvirt.flags.StatsFlag;
import org.bellwether.libvirt.flags.StatsGroup;
import org.bellwether.libvirt.flags.XmlFlag;
import org.bellwether.libvirt.foreign.ConnectFunctions;
import org.bellwether.libvirt.foreign.DomainFunctions;
import org.bellwether.libvirt.foreign.FilterFunctions;
import org.bellwether.libvirt.foreign.Layouts;
import org.bellwether.libvirt.foreign.NativeFunction;
import org.bellwether.libvirt.foreign.Text;

/**
 * A connection to libvirt; see the package for threads and lifetimes. Every method throws {@link LibvirtException} when libvirt
 * refuses, or when the connection is lost or closed.
 */
public final class Connection implements AutoCloseable {
    private final String uri;
    private final Handle handle;
    private final ConnectionEvents events;

    Connection(String uri, MemorySegment pointer) {
        this.uri = uri;
        this.handle = new Handle(
                pointer, ConnectFunctions.CONNECT_CLOSE, ErrorCode.INVALID_CONN, "the connection to " + uri, null);
        this.events = new ConnectionEvents(uri, handle);
    }

    /** The URI this was opened with. */
    public String uri() {
        return uri;
    }

    /** The URI by which libvirt knows this connection, as seen from the host it reaches. */
    public String canonicalUri() {
        return handle.use(connection -> Call.text(ConnectFunctions.CONNECT_GET_URI, connection));
    }

    /** The driver: {@code QEMU}, {@code TEST}. */
    public String driver() {
        return handle.use(connection -> Call.borrowedText(ConnectFunctions.CONNECT_GET_TYPE, connection));
    }

    /** The version of the hypervisor, such as QEMU's. */
    public Version hypervisorVersion() {
        return version(ConnectFunctions.CONNECT_GET_VERSION);
    }

    /** The version of the daemon's libvirt; {@link Libvirt#version} is the client's. */
    public Version libvirtVersion() {
        return version(ConnectFunctions.CONNECT_GET_LIB_VERSION);
    }

    public String hostName() {
        return handle.use(connection -> Call.text(ConnectFunctions.CONNECT_GET_HOSTNAME, connection));
    }

    /** The host's and its emulators' capabilities, in XML. */
    public String capabilities() {
        return handle.use(connection -> Call.text(ConnectFunctions.CONNECT_GET_CAPABILITIES, connection));
    }

    /** What a domain may have on this host, in XML. */
    public String domainCapabilities(DomainCapabilitiesQuery query) {
        return withArena((connection, arena) -> Call.text(
                ConnectFunctions.CONNECT_GET_DOMAIN_CAPABILITIES,
                connection,
                Text.toC(arena, query.emulator()),
                Text.toC(arena, query.architecture()),
                Text.toC(arena, query.machine()),
                Text.toC(arena, query.domainType()),
                0));
    }

    /** The CPU, in XML, that all hosts with the given CPUs ({@code <cpu>} or capabilities, in XML) and this emulator can offer. */
    public String baselineCpu(DomainCapabilitiesQuery query, Collection<String> cpus) {
        return withArena((connection, arena) -> Call.text(
                ConnectFunctions.CONNECT_BASELINE_HYPERVISOR_CPU,
                connection,
                Text.toC(arena, query.emulator()),
                Text.toC(arena, query.architecture()),
                Text.toC(arena, query.machine()),
                Text.toC(arena, query.domainType()),
                Text.arrayToC(arena, cpus, cpus.size()),
                cpus.size(),
                0));
    }

    /** The DMI tables of the host, in XML. */
    public String systemInformation() {
        return handle.use(connection -> Call.text(ConnectFunctions.CONNECT_GET_SYSINFO, connection, 0));
    }

    public NodeInfo nodeInfo() {
        return withArena((connection, arena) -> {
            var info = arena.allocate(Layouts.NODE_INFO);
            Call.number(ConnectFunctions.NODE_GET_INFO, connection, info);
            return new NodeInfo(
                    info.getString(Layouts.offset(Layouts.NODE_INFO, "model")),
                    info.get(JAVA_LONG, Layouts.offset(Layouts.NODE_INFO, "memory")),
                    nodeNumber(info, "cpus"),
                    nodeNumber(info, "mhz"),
                    nodeNumber(info, "nodes"),
                    nodeNumber(info, "sockets"),
                    nodeNumber(info, "cores"),
                    nodeNumber(info, "threads"));
        });
    }

    private static int nodeNumber(MemorySegment info, String member) {
        return info.get(JAVA_INT, Layouts.offset(Layouts.NODE_INFO, member));
    }

    /** Whether the connection still works; asks nobody for a local driver, and the state of the socket for a remote one. */
    public boolean isAlive() {
        return !handle.isClosed()
                && handle.use(connection -> Call.truth(ConnectFunctions.CONNECT_IS_ALIVE, connection));
    }

    public boolean isEncrypted() {
        return handle.use(connection -> Call.truth(ConnectFunctions.CONNECT_IS_ENCRYPTED, connection));
    }

    /**
     * Has both sides check each other; after {@code count} unanswered questions the connection counts as lost and every call on it fails.
     *
     * @return false when the driver has no daemon to ask
     */
    public boolean keepAlive(Duration interval, int count) {
        int seconds = Math.toIntExact(Math.max(1, interval.toSeconds()));
        return handle.use(
                connection -> Call.number(ConnectFunctions.CONNECT_SET_KEEP_ALIVE, connection, seconds, count) == 0);
    }

    /** The domain of this id, running or defined. */
    public Domain domain(UUID uuid) {
        return withArena((connection, arena) -> adopt(Call.pointer(
                DomainFunctions.DOMAIN_LOOKUP_BY_UUID_STRING, connection, Text.toC(arena, uuid.toString()))));
    }

    /** The domain of this name, running or defined. */
    public Domain domain(String name) {
        return withArena((connection, arena) ->
                adopt(Call.pointer(DomainFunctions.DOMAIN_LOOKUP_BY_NAME, connection, Text.toC(arena, name))));
    }

    /** As {@link #domain(UUID)}; empty when there is none. */
    public Optional<Domain> findDomain(UUID uuid) {
        return found(() -> domain(uuid));
    }

    /** As {@link #domain(String)}; empty when there is none. */
    public Optional<Domain> findDomain(String name) {
        return found(() -> domain(name));
    }

    private static Optional<Domain> found(java.util.function.Supplier<Domain> lookup) {
        try {
            return Optional.of(lookup.get());
        } catch (LibvirtException e) {
            if (e.is(ErrorCode.NO_DOMAIN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Domains that match every group of flags; all without a flag. Each must be closed. */
    public List<Domain> domains(ListFlag... flags) {
        int bits = Flag.union(flags);
        return withArena((connection, arena) -> {
            var result = arena.allocate(ADDRESS);
            int count = Call.number(ConnectFunctions.CONNECT_LIST_ALL_DOMAINS, connection, result, bits);
            var array = result.get(ADDRESS, 0);
            try {
                return adoptAll(array.reinterpret(ADDRESS.byteSize() * count), count);
            } finally {
                Text.free(array);
            }
        });
    }

    /** Wraps every reference of an array, or none: when the connection is closed meanwhile the rest is given back. */
    private List<Domain> adoptAll(MemorySegment pointers, int count) {
        var domains = new ArrayList<Domain>(count);
        int taken = 0;
        try {
            while (taken < count) {
                domains.add(adopt(pointers.getAtIndex(ADDRESS, taken++)));
            }
            return domains;
        } catch (LibvirtException e) {
            domains.forEach(Domain::close);
            while (taken < count) {
                DomainFunctions.DOMAIN_FREE.callInt(pointers.getAtIndex(ADDRESS, taken++));
            }
            throw e;
        }
    }

    /** Makes, or changes, a persistent domain. */
    public Domain define(String xml, DefineFlag... flags) {
        return fromXml(DomainFunctions.DOMAIN_DEFINE_XML_FLAGS, xml, Flag.union(flags));
    }

    /** Starts a domain that is forgotten when it stops. */
    public Domain createTransient(String xml, CreateFlag... flags) {
        return fromXml(DomainFunctions.DOMAIN_CREATE_XML, xml, Flag.union(flags));
    }

    /** Whether the daemon knows a network filter of this name. */
    public boolean hasNetworkFilter(String name) {
        try {
            return withArena((connection, arena) -> {
                Call.number(
                        FilterFunctions.NWFILTER_FREE,
                        Call.pointer(FilterFunctions.NWFILTER_LOOKUP_BY_NAME, connection, Text.toC(arena, name)));
                return true;
            });
        } catch (LibvirtException e) {
            if (e.is(ErrorCode.NO_NWFILTER)) {
                return false;
            }
            throw e;
        }
    }

    /** Makes a network filter, or changes the one of that name. */
    public void defineNetworkFilter(String xml) {
        withArena((connection, arena) -> Call.number(
                FilterFunctions.NWFILTER_FREE,
                Call.pointer(FilterFunctions.NWFILTER_DEFINE_XML, connection, Text.toC(arena, xml))));
    }

    private Domain fromXml(NativeFunction function, String xml, int bits) {
        return withArena((connection, arena) -> adopt(Call.pointer(function, connection, Text.toC(arena, xml), bits)));
    }

    /**
     * Reads the file of a volume that is in one of the daemon's storage pools; its holes come as zeroes.
     *
     * @param sink gets the bytes in order, on a platform thread; what it throws ends the download
     */
    public void downloadVolume(String path, Consumer<byte[]> sink) {
        withArena((connection, arena) -> {
            VolumeDownload.run(connection, arena, path, sink);
            return path;
        });
    }

    /** Goes on with a domain that {@link Domain#save} wrote to a file on the host. */
    public void restore(String file, SaveFlag... flags) {
        int bits = Flag.union(flags);
        withArena((connection, arena) -> Call.number(
                ConnectFunctions.DOMAIN_RESTORE_FLAGS, connection, Text.toC(arena, file), MemorySegment.NULL, bits));
    }

    /** As {@link #restore(String, SaveFlag...)}, with another document of the same machine: its files may lie elsewhere. */
    public void restore(String file, String xml, SaveFlag... flags) {
        int bits = Flag.union(flags);
        withArena((connection, arena) -> Call.number(
                ConnectFunctions.DOMAIN_RESTORE_FLAGS, connection, Text.toC(arena, file), Text.toC(arena, xml), bits));
    }

    /** The document of the machine that was saved to a file on the host, with its secrets. */
    public String savedXml(String file) {
        return withArena((connection, arena) -> Call.text(
                ConnectFunctions.DOMAIN_SAVE_IMAGE_GET_XML_DESC,
                connection,
                Text.toC(arena, file),
                XmlFlag.SECURE.bits()));
    }

    /** Statistics of all domains, or of those that the flags choose, in one question to the daemon. */
    public List<DomainStatistics> statistics(Collection<StatsGroup> groups, StatsFlag... flags) {
        int wanted = Flag.union(groups);
        int bits = Flag.union(flags);
        return withArena((connection, arena) -> {
            var result = arena.allocate(ADDRESS);
            int count = Call.number(ConnectFunctions.CONNECT_GET_ALL_DOMAIN_STATS, connection, wanted, result, bits);
            return StatisticsRecords.take(result.get(ADDRESS, 0), count);
        });
    }

    /**
     * Has {@code listener} told of events of all domains from now on. Events come in order, one at a time, never on the caller's thread.
     *
     * @param types which; none: every kind there is
     */
    public Subscription subscribe(Consumer<DomainEvent> listener, DomainEventType... types) {
        var wanted = types.length == 0 ? EnumSet.allOf(DomainEventType.class) : EnumSet.copyOf(List.of(types));
        return events.subscribe(listener, wanted);
    }

    /** Has {@code listener} told once when the connection is lost (not when it is closed here); at once if it is lost already. */
    public void onLost(Consumer<CloseReason> listener) {
        events.onLost(listener);
    }

    /** Ends subscriptions, closes every domain of this connection, and the connection. Safe to call again. */
    @Override
    public void close() {
        events.close();
        handle.close();
    }

    Handle handle() {
        return handle;
    }

    /** Wraps a reference that libvirt gave us. */
    Domain adopt(MemorySegment pointer) {
        return Domain.adopt(pointer, handle);
    }

    private Version version(NativeFunction function) {
        return withArena((connection, arena) -> {
            var number = arena.allocate(JAVA_LONG);
            Call.number(function, connection, number);
            return Version.of(number.get(JAVA_LONG, 0));
        });
    }

    private <T> T withArena(java.util.function.BiFunction<MemorySegment, Arena, T> body) {
        return handle.use(Arenas.each(body));
    }
}
