package org.bellwether.engine.quota;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.bellwether.api.types.QuotaModeType;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.DataCenters;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectChange;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.quota.Consumption.Share;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.vm.Vm;
import org.bellwether.engine.vm.Vms;
import org.jspecify.annotations.Nullable;

/**
 * Decides, in the transaction that takes something, whether its quota allows it: whichever way a machine gets onto a host or a disk
 * grows. The decision is made while nobody else commits, so that two who take at once cannot both take the last of it.
 */
public final class QuotaGuard {
    private static final double PERCENT = 100;
    private static final double HARDLY_ANYTHING = 1e-9;

    /** What one transaction has touched so far. */
    private record Touched(Set<UUID> vms, Set<UUID> disks) {}

    private final Database database;
    private final DataCenters dataCenters;
    private final Quotas quotas;
    private final Consumption consumption;
    private final Vms vms;
    private final Disks disks;
    private final Events events;
    private final Map<Transaction, Touched> open = new WeakHashMap<>();

    QuotaGuard(
            Database database,
            DataCenters dataCenters,
            Quotas quotas,
            Consumption consumption,
            Vms vms,
            Disks disks,
            Events events) {
        this.database = database;
        this.dataCenters = dataCenters;
        this.quotas = quotas;
        this.consumption = consumption;
        this.vms = vms;
        this.disks = disks;
        this.events = events;
    }

    void watch() {
        database.watch(this::touched);
    }

    private void touched(Transaction tx, ObjectChange change) {
        boolean vm = change.table().equals("vms");
        if (change.how() == ObjectChange.How.REMOVED || !(vm || change.table().equals("disks")) || !anyMode()) {
            return;
        }
        synchronized (open) {
            Touched touched = open.get(tx);
            if (touched == null) {
                touched = new Touched(new HashSet<>(), new HashSet<>());
                open.put(tx, touched);
                tx.beforeCommit(() -> decide(tx));
            }
            (vm ? touched.vms() : touched.disks()).add(change.id());
        }
    }

    private boolean anyMode() {
        return dataCenters.model().all().stream().anyMatch(center -> mode(center.spec()) != QuotaModeType.DISABLED);
    }

    private static QuotaModeType mode(org.bellwether.api.types.DataCenter center) {
        return Optional.ofNullable(center.quotaMode()).orElse(QuotaModeType.DISABLED);
    }

    private void decide(Transaction tx) {
        Touched touched;
        synchronized (open) {
            touched = open.remove(tx);
        }
        if (touched == null) {
            return;
        }
        Map<Id<Vm>, Vm> machines = new HashMap<>();
        for (UUID id : touched.vms()) {
            vms.asChanged(tx, Id.of(id)).ifPresent(vm -> machines.put(vm.id(), vm));
        }
        Map<Id<Disk>, Disk> images = new HashMap<>();
        for (UUID id : touched.disks()) {
            disks.asChanged(tx, Id.of(id)).ifPresent(disk -> images.put(disk.id(), disk));
        }
        for (Vm vm : machines.values()) {
            Optional<Share> before = vms.model().find(vm.id()).flatMap(consumption::of);
            consumption
                    .of(vm)
                    .filter(after -> grows(before, after))
                    .ifPresent(after -> machine(
                            tx, vm, after, consumption.machines(machines).toList()));
        }
        for (Disk disk : images.values()) {
            Optional<Share> before = disks.model().find(disk.id()).flatMap(consumption::of);
            consumption
                    .of(disk)
                    .filter(after -> grows(before, after))
                    .ifPresent(after -> disk(tx, disk, after, images));
        }
    }

    private static boolean grows(Optional<Share> before, Share after) {
        return before.isEmpty()
                || !before.get().quota().equals(after.quota())
                || !before.get().place().equals(after.place())
                || after.memoryGib() > before.get().memoryGib()
                || after.vcpus() > before.get().vcpus()
                || after.storageGib() > before.get().storageGib();
    }

    /** What happened to a machine or a disk, for those who are told. */
    private record Taking(
            @Nullable Transaction tx,
            String what,
            Concerns about,
            Quota quota,
            boolean enforced,
            long threshold,
            long grace) {}

    private void machine(@Nullable Transaction tx, Vm vm, Share share, List<Share> after) {
        Quota quota = quotas.get(share.quota());
        QuotaModeType mode = mode(dataCenters.get(quota.dataCenter()).spec());
        if (mode == QuotaModeType.DISABLED) {
            return;
        }
        var taking = new Taking(
                tx,
                "VM " + vm.name(),
                Concerns.NOTHING.withVm(vm.id()).withCluster(vm.cluster()).withQuota(quota.id()),
                quota,
                mode == QuotaModeType.ENABLED,
                quota.clusterThreshold(),
                quota.clusterGrace());
        List<Quota.ClusterLimit> limits = quota.clusters().stream()
                .filter(limit -> limit.of(share.place()))
                .toList();
        if (limits.isEmpty()) {
            unlimited(taking, true);
        }
        for (Quota.ClusterLimit limit : limits) {
            Predicate<Share> counted = each -> each.quota().equals(quota.id()) && limit.of(each.place());
            hold(
                    taking,
                    "memory",
                    "GiB",
                    limit.memoryGib(),
                    sum(consumption.machines(Map.of()), counted, Share::memoryGib),
                    sum(after.stream(), counted, Share::memoryGib));
            hold(
                    taking,
                    "virtual CPUs",
                    "",
                    (double) limit.vcpus(),
                    sum(consumption.machines(Map.of()), counted, Share::vcpus),
                    sum(after.stream(), counted, Share::vcpus));
        }
    }

    private void disk(Transaction tx, Disk disk, Share share, Map<Id<Disk>, Disk> changed) {
        Quota quota = quotas.get(share.quota());
        QuotaModeType mode = mode(dataCenters.get(quota.dataCenter()).spec());
        if (mode == QuotaModeType.DISABLED) {
            return;
        }
        var taking = new Taking(
                tx,
                "disk " + disk.name(),
                Concerns.NOTHING.withStorageDomain(Id.of(share.place())).withQuota(quota.id()),
                quota,
                mode == QuotaModeType.ENABLED,
                quota.storageThreshold(),
                quota.storageGrace());
        List<Quota.StorageLimit> limits = quota.storage().stream()
                .filter(limit -> limit.of(share.place()))
                .toList();
        if (limits.isEmpty()) {
            unlimited(taking, false);
        }
        for (Quota.StorageLimit limit : limits) {
            Predicate<Share> counted = each -> each.quota().equals(quota.id()) && limit.of(each.place());
            hold(
                    taking,
                    "storage",
                    "GiB",
                    (double) limit.gib(),
                    sum(consumption.disks(Map.of()), counted, Share::storageGib),
                    sum(consumption.disks(changed), counted, Share::storageGib));
        }
    }

    private static double sum(Stream<Share> shares, Predicate<Share> counted, ToDoubleFunction<Share> amount) {
        return shares.filter(counted).mapToDouble(amount).sum();
    }

    /** A quota that says nothing of a place gives nothing of it. */
    private void unlimited(Taking taking, boolean cluster) {
        String place = cluster ? "cluster" : "storage domain";
        refuse(taking, cluster, "the quota " + taking.quota().name() + " has no limit for its " + place);
    }

    private void hold(Taking taking, String what, String unit, double limit, double before, double after) {
        if (limit < 0 || after <= before + HARDLY_ANYTHING) {
            return;
        }
        boolean cluster = !what.equals("storage");
        String figures = "the quota " + taking.quota().name() + " gives " + figure(limit) + " "
                + (unit + " ").stripLeading() + "of " + what + ", of which " + figure(after) + " would be taken";
        if (after > limit * (1 + taking.grace() / PERCENT) + HARDLY_ANYTHING) {
            refuse(taking, cluster, figures);
        } else if (after > limit && before <= limit) {
            tell(taking, cluster ? EventCode.QUOTA_CLUSTER_EXCEEDED : EventCode.QUOTA_STORAGE_EXCEEDED, figures);
        } else if (after > limit * taking.threshold() / PERCENT && before <= limit * taking.threshold() / PERCENT) {
            tell(taking, cluster ? EventCode.QUOTA_CLUSTER_THRESHOLD : EventCode.QUOTA_STORAGE_THRESHOLD, figures);
        }
    }

    private static String figure(double amount) {
        return amount == Math.rint(amount) ? Long.toString((long) amount) : String.format(Locale.ROOT, "%.2f", amount);
    }

    private void refuse(Taking taking, boolean cluster, String reason) {
        if (!taking.enforced()) {
            tell(taking, cluster ? EventCode.QUOTA_CLUSTER_AUDIT : EventCode.QUOTA_STORAGE_AUDIT, reason);
            return;
        }
        var code = cluster ? EventCode.QUOTA_CLUSTER_REFUSED : EventCode.QUOTA_STORAGE_REFUSED;
        // Not in this transaction, which is undone.
        Thread.ofVirtual()
                .name("quota-refusal")
                .start(() -> database.change(tx -> events.add(
                        tx,
                        code,
                        Asker.engine(),
                        taking.about(),
                        taking.what() + " got nothing more: " + reason + ".")));
        throw Failure.conflict("The quota does not allow this for " + taking.what())
                .because(reason)
                .undone("Nothing was changed")
                .next("Stop or remove something that the quota is taken by, or ask an administrator for more");
    }

    /** Only who really takes something is warned. */
    private void tell(Taking taking, EventCode code, String reason) {
        Transaction tx = taking.tx();
        if (tx != null) {
            events.add(tx, code, Asker.engine(), taking.about(), taking.what() + ": " + reason + ".");
        }
    }

    /** Refuses in words, before a job begins, what would be refused when the machine is given to a host. */
    public void requireRoom(Vm vm) {
        if (anyMode() && vm.hostId().isEmpty()) {
            consumption.onHost(vm).ifPresent(share -> {
                List<Share> after = Stream.concat(consumption.machines(Map.of()), Stream.of(share))
                        .toList();
                machine(null, vm, share, after);
            });
        }
    }
}
