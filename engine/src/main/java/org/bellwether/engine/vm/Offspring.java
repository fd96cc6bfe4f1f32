package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.DiskWishes;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.StorageDomain;

/** The disks that a new machine gets of those of a template or of another machine. */
final class Offspring {

    private final Disks disks;
    private final Clock clock;

    Offspring(Disks disks, Clock clock) {
        this.disks = disks;
        this.clock = clock;
    }

    /** A disk that is written down at once, how it is attached, and where its content comes from. */
    record Born(Disk disk, DiskAttachment attachment, AddVm.Source source) {}

    /**
     * @param from the attachments of the template or the machine, which is called {@code parent}
     * @param thin whether the new disks stand on the others, which are then a template's
     */
    List<Born> of(
            Collection<DiskAttachment> from,
            String parent,
            Id<Vm> vm,
            String name,
            Cluster cluster,
            DiskWishes wishes,
            boolean thin) {
        wishes.requireOnly(from.stream().map(DiskAttachment::disk).toList(), "the disks of " + parent);
        var born = new ArrayList<Born>();
        for (var attachment : from.stream()
                // A LUN is one machine's, and not copied.
                .filter(each -> disks.get(each.disk()).lun().isEmpty())
                .sorted(Comparator.comparing(DiskAttachment::name).thenComparing(DiskAttachment::disk))
                .toList()) {
            var source = disks.get(attachment.disk());
            requireWhole(source, parent);
            if (!thin && Boolean.TRUE.equals(source.spec().shareable())) {
                throw Failure.conflict(parent + " cannot be copied")
                        .because("its disk " + source.name() + " is shared with other machines")
                        .next("Detach it first; the copy can have it attached too");
            }
            var disk =
                    thin ? child(source, parent, name, cluster, wishes) : copy(source, parent, name, cluster, wishes);
            born.add(new Born(
                    disk,
                    new DiskAttachment(
                            Id.random(),
                            disk.name(),
                            vm.value(),
                            null,
                            disk.id(),
                            attachment.active(),
                            attachment.spec()),
                    new AddVm.Source(disk.id(), source.id(), thin)));
        }
        return born;
    }

    void insert(Transaction tx, List<Born> born) {
        born.forEach(each -> disks.insert(tx, each.disk()));
        born.forEach(each -> disks.attach(tx, each.attachment()));
    }

    private static void requireWhole(Disk source, String parent) {
        if (source.state() != Disk.State.OK) {
            throw Failure.conflict("No machine can be made from " + parent + " now")
                    .because("its disk " + source.name() + " is "
                            + source.state().name().toLowerCase(Locale.ROOT))
                    .next("Wait until it is ok");
        }
    }

    /** It lies beside its parent, and what is not written is read from there. */
    private Disk child(Disk source, String parent, String vm, Cluster cluster, DiskWishes wishes) {
        var domain = wishes.domain(source, cluster, 0);
        if (!disks.liesOn(source, domain.id())) {
            throw Failure.conflict("A thin disk on the storage domain " + domain.name() + " cannot stand on the disk "
                            + source.name())
                    .because("the template's disk does not lie on that storage domain")
                    .next("Copy the template's disk there first (POST /disks/" + source.id()
                            + "/copy), or give clone=true for a disk of its own");
        }
        if (wishes.format(source).filter(Disk.Format.RAW::equals).isPresent()) {
            throw Failure.badRequest("A thin disk made from a template must have the format cow")
                    .next("Give clone=true for a disk of its own in the format raw");
        }
        return disk(source, parent, vm, domain, Disk.Format.COW, true, wishes);
    }

    private Disk copy(Disk source, String parent, String vm, Cluster cluster, DiskWishes wishes) {
        var format = wishes.format(source).orElse(source.format());
        boolean sparse = wishes.sparse(source, format);
        var domain = wishes.domain(source, cluster, sparse ? source.actualBytes() : source.provisionedBytes());
        return disk(source, parent, vm, domain, format, sparse, wishes);
    }

    private Disk disk(
            Disk source,
            String parent,
            String vm,
            StorageDomain domain,
            Disk.Format format,
            boolean sparse,
            DiskWishes wishes) {
        return new Disk(
                Id.random(),
                wishes.name(source).orElseGet(() -> named(source, parent, vm)),
                domain.id(),
                UUID.randomUUID(),
                format,
                sparse,
                source.provisionedBytes(),
                0,
                Disk.State.LOCKED,
                clock.instant(),
                source.spec());
    }

    /** "web_data" of the machine web becomes "shop_data" of the machine shop. */
    private static String named(Disk source, String parent, String vm) {
        var name = source.name();
        var own = name.startsWith(parent + "_") ? name.substring(parent.length() + 1) : name;
        var whole = vm + "_" + own;
        return whole.length() > 255 ? whole.substring(0, 255) : whole;
    }
}
