package org.bellwether.engine.storage;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bellwether.api.types.DiskFormat;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.References;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of single disks that are to be made of others, such as where they go: each by the id of the disk it is
 * made of.
 */
public final class DiskWishes {

    private final StorageDomains domains;
    private final NewDisks rooms;
    private final Map<Id<Disk>, org.bellwether.api.types.Disk> wishes = new HashMap<>();
    private final Optional<StorageDomain> everywhere;

    /** @param everywhere the storage domain for all disks of which nothing else is said */
    public DiskWishes(
            StorageDomains domains,
            NewDisks rooms,
            @Nullable List<org.bellwether.api.types.DiskAttachment> attachments,
            org.bellwether.api.types.@Nullable StorageDomain everywhere) {
        this.domains = domains;
        this.rooms = rooms;
        this.everywhere = Optional.ofNullable(everywhere)
                .map(reference -> References.find(domains.model(), reference, "storage domain"));
        for (var attachment : attachments == null ? List.<org.bellwether.api.types.DiskAttachment>of() : attachments) {
            var disk = attachment.disk();
            var id = disk == null || disk.id() == null ? attachment.id() : disk.id();
            if (disk != null && id != null) {
                try {
                    wishes.put(Id.of(id), disk);
                } catch (IllegalArgumentException malformed) {
                    throw Failure.notFound("Entity not found: Disk " + id);
                }
            }
        }
    }

    /** Refuses wishes for disks that are not among those that are copied. */
    public void requireOnly(List<Id<Disk>> sources, String whose) {
        wishes.keySet().stream().filter(id -> !sources.contains(id)).findFirst().ifPresent(other -> {
            throw Failure.badRequest("The disk " + other + " is not one of " + whose)
                    .next("Name each disk by the id of the one it is made of");
        });
    }

    /** Where the disk made of that one goes, which must be of the cluster and have room. */
    public StorageDomain domain(Disk source, Cluster cluster, long bytes) {
        var domain = wished(source)
                .map(DiskSpecs::domain)
                .map(reference -> References.find(domains.model(), reference, "storage domain"))
                .or(() -> everywhere)
                .or(() -> source.domainId().map(domains::get))
                .orElseThrow(() -> Failure.conflict("The disk " + source.name() + " lies on no storage domain"));
        if (!domain.cluster().equals(cluster.id())) {
            throw Failure.conflict("The storage domain " + domain.name() + " cannot take the disk " + source.name())
                    .because("it belongs to another cluster than " + cluster.name());
        }
        rooms.requireRoom(domain, bytes);
        return domain;
    }

    /** How it is to be written, when somebody says so. */
    public Optional<Disk.Format> format(Disk source) {
        return wished(source)
                .map(org.bellwether.api.types.Disk::format)
                .map(wanted -> wanted == DiskFormat.RAW ? Disk.Format.RAW : Disk.Format.COW);
    }

    public boolean sparse(Disk source, Disk.Format format) {
        boolean sparse = wished(source)
                .map(org.bellwether.api.types.Disk::sparse)
                .orElse(source.sparse() || format == Disk.Format.COW);
        if (!sparse && format == Disk.Format.COW) {
            throw Failure.badRequest("A disk of the format cow cannot be preallocated on this storage")
                    .next("Leave sparse out, or use the format raw");
        }
        return sparse;
    }

    public Optional<String> name(Disk source) {
        return wished(source).flatMap(DiskSpecs::name);
    }

    private Optional<org.bellwether.api.types.Disk> wished(Disk source) {
        return Optional.ofNullable(wishes.get(source.id()));
    }
}
