package org.bellwether.engine.quota;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.bellwether.api.types.CpuTopology;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.vm.Vm;
import org.bellwether.engine.vm.Vms;
import org.jspecify.annotations.Nullable;

/** What machines and disks take of quotas: machines while they are on a host, disks as long as they are there. */
final class Consumption {
    private static final double GIB = 1L << 30;

    private final Quotas quotas;
    private final Clusters clusters;
    private final StorageDomains domains;
    private final Vms vms;
    private final Disks disks;

    Consumption(Quotas quotas, Clusters clusters, StorageDomains domains, Vms vms, Disks disks) {
        this.quotas = quotas;
        this.clusters = clusters;
        this.domains = domains;
        this.vms = vms;
        this.disks = disks;
    }

    /**
     * What one object takes, and where.
     *
     * @param place the cluster or the storage domain
     */
    record Share(Id<Quota> quota, UUID place, double memoryGib, long vcpus, double storageGib) {}

    Optional<Share> of(Vm vm) {
        return vm.hostId().isEmpty() ? Optional.empty() : onHost(vm);
    }

    /** What a machine takes, or would take, on a host. */
    Optional<Share> onHost(Vm vm) {
        Optional<Id<DataCenter>> center =
                clusters.model().find(vm.cluster()).flatMap(cluster -> cluster.dataCenterId());
        var memory = vm.spec().memory();
        return quota(vm.spec().quota(), center)
                .map(quota -> new Share(quota, vm.cluster().value(), memory == null ? 1 : memory / GIB, cpus(vm), 0));
    }

    Optional<Share> of(Disk disk) {
        Optional<StorageDomain> domain = disk.domainId().flatMap(domains.model()::find);
        return domain.flatMap(place -> quota(disk.spec().quota(), place.dataCenterId())
                .map(quota -> new Share(quota, place.id().value(), 0, 0, disk.provisionedBytes() / GIB)));
    }

    private Optional<Id<Quota>> quota(org.bellwether.api.types.@Nullable Quota named, Optional<Id<DataCenter>> center) {
        return Optional.ofNullable(named)
                .map(org.bellwether.api.types.Quota::id)
                .map(Id::<Quota>of)
                .filter(id -> quotas.model().find(id).isPresent())
                .or(() -> center.flatMap(quotas::own).map(Quota::id));
    }

    private static long cpus(Vm vm) {
        CpuTopology topology = vm.spec().cpu() == null ? null : vm.spec().cpu().topology();
        return topology == null ? 1 : one(topology.sockets()) * one(topology.cores()) * one(topology.threads());
    }

    private static long one(@Nullable Long count) {
        return count == null ? 1 : count;
    }

    /** What is taken now, with some machines as they are about to be. */
    Stream<Share> machines(Map<Id<Vm>, Vm> changed) {
        return Stream.concat(
                vms.model().all().stream()
                        .filter(vm -> !changed.containsKey(vm.id()))
                        .flatMap(vm -> of(vm).stream()),
                changed.values().stream().flatMap(vm -> of(vm).stream()));
    }

    Stream<Share> disks(Map<Id<Disk>, Disk> changed) {
        return Stream.concat(
                disks.model().all().stream()
                        .filter(disk -> !changed.containsKey(disk.id()))
                        .flatMap(disk -> of(disk).stream()),
                changed.values().stream().flatMap(disk -> of(disk).stream()));
    }

    double memoryOf(Quota quota, Quota.ClusterLimit limit) {
        return machines(Map.of())
                .filter(share -> share.quota().equals(quota.id()) && limit.of(share.place()))
                .mapToDouble(Share::memoryGib)
                .sum();
    }

    long vcpusOf(Quota quota, Quota.ClusterLimit limit) {
        return machines(Map.of())
                .filter(share -> share.quota().equals(quota.id()) && limit.of(share.place()))
                .mapToLong(Share::vcpus)
                .sum();
    }

    double storageOf(Quota quota, Quota.StorageLimit limit) {
        return disks(Map.of())
                .filter(share -> share.quota().equals(quota.id()) && limit.of(share.place()))
                .mapToDouble(Share::storageGib)
                .sum();
    }
}
