package org.bellwether.engine.vm;

import java.util.Optional;
import org.bellwether.api.types.StorageDomainLease;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.storage.VmLeases;

/**
 * What a request says of a machine's lease.
 *
 * @param said whether it says anything
 * @param domain where the lease is to be; empty: there is to be none
 */
record LeaseWish(boolean said, Optional<Id<StorageDomain>> domain) {

    static LeaseWish of(org.bellwether.api.types.Vm request, VmLeases leases, Id<Cluster> cluster, String name) {
        var lease = request.lease();
        return lease == null
                ? new LeaseWish(false, Optional.empty())
                : new LeaseWish(
                        true,
                        Optional.ofNullable(lease.storageDomain())
                                .filter(LeaseWish::isNamed)
                                .map(domain -> leases.referred(domain, cluster, name)));
    }

    /** The same machine, with its lease on this domain or with none. */
    static org.bellwether.api.types.Vm with(org.bellwether.api.types.Vm spec, Optional<Id<StorageDomain>> domain) {
        return spec.toBuilder()
                .lease(domain.map(id -> StorageDomainLease.builder()
                                .storageDomain(org.bellwether.api.types.StorageDomain.builder()
                                        .id(id.toString())
                                        .build())
                                .build())
                        .orElse(null))
                .build();
    }

    private static boolean isNamed(org.bellwether.api.types.StorageDomain domain) {
        var id = domain.id();
        return (id != null && !id.isBlank()) || domain.name() != null;
    }
}
