package org.bellwether.engine.storage;

import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Transaction;

/** All disks, and who has them attached. */
public final class Disks {

    private final Database database;
    private final InstantSource clock;
    private final ObjectTable<Disk> disks = new ObjectTable<>("disks", "disk", Disk.class, Disks::columns);
    private final ObjectTable<DiskAttachment> attachments =
            new ObjectTable<>("disk_attachments", "disk attachment", DiskAttachment.class, Disks::columns);
    private final Lookup<Id<StorageDomain>, Disk> byDomain = disks.model().indexedBy(Disk::domainId);
    private final Lookup<UUID, DiskAttachment> byVm = attachments.model().indexedBy(DiskAttachment::vmId);
    private final Lookup<UUID, DiskAttachment> byTemplate = attachments.model().indexedBy(DiskAttachment::templateId);
    private final Lookup<Id<Disk>, DiskAttachment> byDisk =
            attachments.model().indexedBy(attachment -> Optional.of(attachment.disk()));

    private final ObjectTable<DiskCopy> copies =
            new ObjectTable<>("disk_copies", "copy of a disk", DiskCopy.class, Disks::columns);
    private final Lookup<Id<Disk>, DiskCopy> copiesByDisk = copies.model().indexedBy(copy -> Optional.of(copy.disk()));

    public Disks(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    private static Map<String, Object> columns(Disk disk) {
        var columns = new HashMap<String, Object>();
        disk.domainId().ifPresent(id -> columns.put("storage_domain_id", id.value()));
        return columns;
    }

    private static Map<String, Object> columns(DiskCopy copy) {
        return Map.of(
                "disk_id",
                copy.disk().value(),
                "storage_domain_id",
                copy.domain().value());
    }

    private static Map<String, Object> columns(DiskAttachment attachment) {
        var columns = new HashMap<String, Object>();
        columns.put("disk_id", attachment.disk().value());
        attachment.vmId().ifPresent(id -> columns.put("vm_id", id));
        attachment.templateId().ifPresent(id -> columns.put("template_id", id));
        return columns;
    }

    public void load() {
        disks.load(database);
        attachments.load(database);
        copies.load(database);
    }

    public ReadModel<Disk> model() {
        return disks.model();
    }

    /** The disk as this transaction has made it. */
    public Optional<Disk> asChanged(Transaction tx, Id<Disk> id) {
        return disks.asChanged(tx, id);
    }

    /** The disk, or a failure that says that there is none. */
    public Disk get(Id<Disk> id) {
        return disks.get(id);
    }

    public Collection<Disk> in(Id<StorageDomain> domain) {
        return byDomain.of(domain);
    }

    /** Whether the disk's content is on that storage domain. */
    public boolean liesOn(Disk disk, Id<StorageDomain> domain) {
        return disk.domainId().equals(Optional.of(domain))
                || copiesByDisk.of(disk.id()).stream()
                        .anyMatch(copy -> copy.ready() && copy.domain().equals(domain));
    }

    /** Where else a template's disk lies, or is about to. */
    public Collection<DiskCopy> copiesOf(Id<Disk> disk) {
        return copiesByDisk.of(disk);
    }

    void insertCopy(Transaction tx, DiskCopy copy) {
        copies.insert(tx, copy);
    }

    void copyWhole(Transaction tx, Id<DiskCopy> id) {
        copies.update(tx, id, DiskCopy::whole);
    }

    public void forgetCopy(Transaction tx, Id<DiskCopy> id) {
        copies.delete(tx, id);
    }

    public Collection<DiskAttachment> ofVm(Id<?> vm) {
        return byVm.of(vm.value());
    }

    public Collection<DiskAttachment> ofTemplate(Id<?> template) {
        return byTemplate.of(template.value());
    }

    public Collection<DiskAttachment> ofDisk(Id<Disk> disk) {
        return byDisk.of(disk);
    }

    public void insert(Transaction tx, Disk disk) {
        disks.insert(tx, disk);
    }

    public Disk update(Transaction tx, Id<Disk> id, Function<Disk, Disk> change) {
        return disks.update(tx, id, before -> {
            var after = change.apply(before);
            return after.differs(before) ? after.modifiedAt(clock.instant()) : after;
        });
    }

    /** Its content is another one. */
    void written(Transaction tx, Id<Disk> id) {
        disks.update(tx, id, before -> before.modifiedAt(clock.instant()));
    }

    public void delete(Transaction tx, Id<Disk> id) {
        disks.delete(tx, id);
    }

    public void attach(Transaction tx, DiskAttachment attachment) {
        attachments.insert(tx, attachment);
    }

    public DiskAttachment updateAttachment(
            Transaction tx, Id<DiskAttachment> id, Function<DiskAttachment, DiskAttachment> change) {
        return attachments.update(tx, id, change);
    }

    public void detach(Transaction tx, Id<DiskAttachment> id) {
        attachments.delete(tx, id);
    }
}
