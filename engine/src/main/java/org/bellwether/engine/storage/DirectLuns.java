package org.bellwether.engine.storage;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.bellwether.api.types.DiskStorageType;
import org.bellwether.api.types.HostStorage;
import org.bellwether.api.types.LogicalUnit;
import org.bellwether.api.types.ScsiGenericIO;
import org.bellwether.api.types.StorageType;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.protocol.IscsiTarget;
import org.bellwether.protocol.Lun;

/**
 * Disks that are LUNs as they are. What is on such a disk is its machine's: the engine never writes, copies or deletes it,
 * and knows only which LUN it is, how large, and where hosts log in to see it.
 */
public final class DirectLuns {

    /** So many hosts are asked when none is named; each may have to wait for its storage. */
    private static final int MOST_ASKED = 3;

    private final Database database;
    private final Disks disks;
    private final Hosts hosts;
    private final DomainLayouts layouts;
    private final StorageConnections connections;
    private final LunUse use;
    private final DiskUsers users;
    private final Operations operations;
    private final Events events;
    private final Clock clock;

    DirectLuns(
            Database database,
            Disks disks,
            Hosts hosts,
            DomainLayouts layouts,
            StorageConnections connections,
            LunUse use,
            DiskUsers users,
            Operations operations,
            Events events,
            Clock clock) {
        this.database = database;
        this.disks = disks;
        this.hosts = hosts;
        this.layouts = layouts;
        this.connections = connections;
        this.use = use;
        this.users = users;
        this.operations = operations;
        this.events = events;
        this.clock = clock;
    }

    /** Whether a request means a LUN and no volume. */
    public static boolean meant(org.bellwether.api.types.Disk request) {
        return request.storageType() == DiskStorageType.LUN
                || (request.storageType() == null && request.lunStorage() != null);
    }

    /**
     * Makes a disk of a LUN that a host sees and that nobody uses.
     *
     * @param cluster where the machine is that is to have it; empty: it is nobody's yet
     * @param name what it is called when the request does not say
     * @param first further changes of the same transaction, such as attaching it
     */
    public Disk add(
            org.bellwether.api.types.Disk request,
            Optional<Id<Cluster>> cluster,
            String name,
            Asker asker,
            BiConsumer<Transaction, Disk> first) {
        var wish = Optional.ofNullable(request.lunStorage())
                .orElseGet(() -> HostStorage.builder().build());
        var units = StorageDomainSpecs.units(wish);
        var lun = units.size() == 1 ? units.getFirst().id() : null;
        if (lun == null) {
            throw Failure.badRequest("Which LUN the disk is to be is not said")
                    .next("Give lun_storage with one of logical_units and its id");
        }
        var unit = units.getFirst();
        requireSense(request);
        var id = NewDisks.chosenId(request.id());
        return use.during(List.of(lun), () -> {
            var seen = seen(candidates(wish, cluster), unit, lun);
            var disk = new Disk(
                    id,
                    DiskSpecs.name(request).orElse(name.isEmpty() ? id.toString() : name),
                    null,
                    UUID.randomUUID(),
                    Disk.Format.RAW,
                    false,
                    seen.getBytes(),
                    0,
                    Disk.State.OK,
                    clock.instant(),
                    DiskSpecs.over(DiskSpecs.defaults(), request, Disk.Format.RAW).toBuilder()
                            .lunStorage(storage(seen))
                            .build());
            database.change(tx -> {
                disks.insert(tx, disk);
                first.accept(tx, disk);
                events.add(
                        tx,
                        EventCode.DISK_ADDED,
                        asker,
                        Concerns.NOTHING,
                        "The disk " + disk.name() + " was made of the LUN " + lun + " by " + asker.name() + ".");
            });
            return disk;
        });
    }

    private static void requireSense(org.bellwether.api.types.Disk request) {
        if (Boolean.TRUE.equals(request.wipeAfterDelete())) {
            throw Failure.badRequest("A disk that is a LUN is not wiped after it is deleted")
                    .because("what is on the LUN is not the engine's to delete");
        }
        if (request.sgio() == ScsiGenericIO.UNFILTERED) {
            throw Failure.badRequest("A guest does not get every SCSI command of a LUN")
                    .because("some of them reach beyond the LUN, to the device that others use too")
                    .next("Use filtered, or disabled");
        }
        if (DiskSpecs.domain(request) != null) {
            throw Failure.badRequest("A disk that is a LUN lies on no storage domain");
        }
    }

    private List<Host> candidates(HostStorage wish, Optional<Id<Cluster>> cluster) {
        if (wish.host() != null) {
            return List.of(References.find(hosts.model(), wish.host(), "host"));
        }
        var able = cluster.map(hosts::upIn).stream()
                .flatMap(Collection::stream)
                .limit(MOST_ASKED)
                .toList();
        if (able.isEmpty()) {
            throw Failure.badRequest("Which host sees the LUN is not said")
                    .next("Give lun_storage.host, a host that is up");
        }
        return able;
    }

    /** The LUN as the first host that sees it tells of it; it logs in where the request says that this is needed. */
    private Lun seen(List<Host> candidates, LogicalUnit unit, String id) {
        Optional<Failure> last = Optional.empty();
        for (var host : candidates) {
            try {
                if (unit.target() != null) {
                    var target = StorageDomainSpecs.target(
                            unit.address(), unit.port(), unit.target(), unit.username(), unit.password());
                    var known = new San(List.of(target), List.of(), false)
                            .knowing(connections.targets())
                            .targets()
                            .getFirst();
                    layouts.login(host.id(), known.asked());
                    connections.remember(known);
                }
                var found = layouts.luns(host.id()).stream()
                        .filter(each -> each.getId().equals(id))
                        .findFirst();
                if (found.isPresent()) {
                    requireNobodys(found.get());
                    return found.get();
                }
                last = Optional.of(Failure.notFound("The host " + host.name() + " does not see the LUN " + id)
                        .next("Log the host in to the LUN's target, or check the zoning of the fabric"));
            } catch (Failure failure) {
                if (failure.kind() != Failure.Kind.UNAVAILABLE) {
                    throw failure;
                }
                last = Optional.of(failure);
            }
        }
        throw last.orElseThrow();
    }

    private static void requireNobodys(Lun lun) {
        String user = lun.getHeld()
                ? "the host itself uses it"
                : lun.getDomainId().isEmpty() ? "" : "it is a part of the storage domain " + lun.getDomainId();
        if (!user.isEmpty()) {
            throw Failure.conflict("The LUN " + lun.getId() + " cannot be a disk")
                    .because(user)
                    .undone("Nothing was changed")
                    .next("Choose another LUN");
        }
    }

    /** As the disk's document has it: a LUN that several targets lead to stands there once for each. */
    private static HostStorage storage(Lun lun) {
        var units = new ArrayList<LogicalUnit>();
        for (IscsiTarget target : lun.getTargetsList()) {
            units.add(unit(lun)
                    .address(target.getAddress())
                    .port((long) target.getPort())
                    .portal(target.getAddress() + ":" + target.getPort() + "," + target.getPortalGroup())
                    .target(target.getTarget())
                    .build());
        }
        return HostStorage.builder()
                .id(lun.getId())
                .type(units.isEmpty() ? StorageType.FCP : StorageType.ISCSI)
                .logicalUnits(units.isEmpty() ? List.of(unit(lun).build()) : units)
                .build();
    }

    private static LogicalUnit.Builder unit(Lun lun) {
        return LogicalUnit.builder()
                .id(lun.getId())
                .size(lun.getBytes())
                .vendorId(lun.getVendor())
                .productId(lun.getProduct())
                .serial(lun.getSerial())
                .lunMapping((long) lun.getNumber())
                .paths((long) lun.getPaths());
    }

    /** Looks again how large the LUN is and where it is; machines that run with it see its size at once. */
    Disk refresh(Disk disk, Host host, Asker asker) {
        var id = disk.lunId().orElseThrow(() -> Failure.conflict("The disk " + disk.name() + " is no LUN"));
        operations.requireFree(disk.id(), "refreshing the disk " + disk.name());
        var seen = layouts.refreshLun(host.id(), id, Optional.empty(), disk.id());
        for (var user : users.running(disk.id())) {
            layouts.refreshLun(user.host(), id, Optional.of(user), disk.id());
        }
        return database.transaction(tx -> {
            events.add(
                    tx,
                    EventCode.DISK_UPDATED,
                    asker,
                    Concerns.NOTHING.withHost(host.id()),
                    "The LUN of the disk " + disk.name() + " was seen anew by " + asker.name() + ": it has "
                            + seen.getBytes() + " bytes.");
            return disks.update(
                    tx,
                    disk.id(),
                    now -> now.sized(seen.getBytes(), now.actualBytes())
                            .named(
                                    now.name(),
                                    now.spec().toBuilder()
                                            .lunStorage(storage(seen))
                                            .build()));
        });
    }

    /** Has a host see the LUNs of a machine that is about to run there: it logs in to their targets. */
    public void connect(Id<Host> host, Collection<DiskAttachment> attachments) {
        attachments.stream()
                .filter(DiskAttachment::active)
                .map(attachment -> disks.get(attachment.disk()))
                .forEach(disk -> connect(host, disk));
    }

    /** One target of several is enough: the others are only other ways to the same LUN. */
    public void connect(Id<Host> host, Disk disk) {
        Optional<Failure> last = Optional.empty();
        boolean in = false;
        for (var target : targets(disk)) {
            try {
                layouts.login(host, target.asked());
                in = true;
            } catch (Failure failure) {
                last = Optional.of(failure);
            }
        }
        if (!in && last.isPresent()) {
            throw last.get();
        }
    }

    private List<San.Target> targets(Disk disk) {
        var targets = disk.lun().map(HostStorage::logicalUnits).stream()
                .flatMap(Collection::stream)
                .filter(unit -> unit.target() != null)
                .map(DirectLuns::target)
                .toList();
        return new San(targets, List.of(), false).knowing(connections.targets()).targets();
    }

    private static San.Target target(LogicalUnit unit) {
        return StorageDomainSpecs.target(unit.address(), unit.port(), unit.target(), null, null);
    }
}
