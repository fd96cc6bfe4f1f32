package org.bellwether.engine.storage;

import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.bellwether.engine.platform.Failure;

/**
 * Who has a LUN: one storage domain, or one disk, or nobody. What takes LUNs keeps them here until it is written down, so
 * that two at once cannot both find one free; there is one engine, so its memory is enough.
 */
final class LunUse {

    private final StorageDomains domains;
    private final Disks disks;
    private final Set<String> kept = new HashSet<>();

    LunUse(StorageDomains domains, Disks disks) {
        this.domains = domains;
        this.disks = disks;
    }

    /** Keeps free LUNs from everybody else until the work is done. */
    <T> T during(Collection<String> luns, Supplier<T> work) {
        var mine = Set.copyOf(luns);
        synchronized (kept) {
            mine.forEach(this::requireFree);
            kept.addAll(mine);
        }
        try {
            return work.get();
        } finally {
            synchronized (kept) {
                kept.removeAll(mine);
            }
        }
    }

    private void requireFree(String lun) {
        domain(lun).ifPresent(domain -> {
            throw taken(lun, "the storage domain " + domain.name() + " has it");
        });
        disk(lun).ifPresent(disk -> {
            throw taken(lun, "the disk " + disk.name() + " is that LUN");
        });
        if (kept.contains(lun)) {
            throw taken(lun, "it is being taken at this moment");
        }
    }

    private static Failure taken(String lun, String why) {
        return Failure.conflict("The LUN " + lun + " is not free")
                .because(why)
                .undone("Nothing was changed")
                .next("Choose another LUN");
    }

    private Optional<StorageDomain> domain(String lun) {
        return domains.model().all().stream()
                .filter(domain -> domain.connection().network().lunIds().contains(lun))
                .findFirst();
    }

    Optional<Disk> disk(String lun) {
        return disks.model().all().stream()
                .filter(disk -> disk.lunId().equals(Optional.of(lun)))
                .findFirst();
    }
}
