package org.bellwether.engine.storage;

import java.util.Comparator;
import java.util.Optional;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.inventory.DataCenters;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Transaction;

/**
 * Which data domain of a data center is its master: one of the active ones, as long as there is one. Every decision is
 * made alone for its data center, in a transaction.
 */
public final class MasterDomains {

    private final StorageDomains domains;
    private final DataCenters dataCenters;

    public MasterDomains(StorageDomains domains, DataCenters dataCenters) {
        this.domains = domains;
        this.dataCenters = dataCenters;
    }

    /** Makes a domain that becomes active the master when its data center has no other that is; answers whether it is. */
    boolean claim(Transaction tx, StorageDomain domain) {
        var dataCenter = domain.dataCenterId().orElseThrow();
        dataCenters.hold(tx, dataCenter);
        var others = domains.ofDataCenter(tx, dataCenter).stream()
                .filter(other -> !other.id().equals(domain.id()))
                .filter(StorageDomain::master)
                .toList();
        boolean led = others.stream().anyMatch(MasterDomains::leads);
        boolean master = domain.kind() == StorageDomain.Kind.DATA && !led;
        if (master) {
            // A master in maintenance gives way; its own metadata follows when it is activated again.
            others.forEach(other -> domains.update(tx, other.id(), each -> each.asMaster(false)));
        }
        domains.update(tx, domain.id(), each -> each.asMaster(master));
        return master;
    }

    /** Takes the role from a domain that leaves and gives it to another active one, if there is one. */
    Optional<Id<StorageDomain>> handOver(Transaction tx, StorageDomain leaving) {
        var dataCenter = leaving.dataCenterId().orElseThrow();
        dataCenters.hold(tx, dataCenter);
        var present = domains.ofDataCenter(tx, dataCenter);
        boolean leads = present.stream().anyMatch(each -> each.id().equals(leaving.id()) && each.master());
        if (!leads) {
            return Optional.empty();
        }
        var heir = present.stream()
                .filter(each -> !each.id().equals(leaving.id()))
                .filter(each -> each.kind() == StorageDomain.Kind.DATA)
                .filter(each -> each.wanted() == StorageDomain.Wanted.ACTIVE)
                .min(Comparator.comparing(StorageDomain::name));
        heir.ifPresent(chosen -> {
            domains.update(tx, leaving.id(), each -> each.asMaster(false));
            domains.update(tx, chosen.id(), each -> each.asMaster(true));
        });
        return heir.map(StorageDomain::id);
    }

    /** The data center's master, in service or not. */
    Optional<StorageDomain> of(Id<DataCenter> dataCenter) {
        return domains.ofDataCenter(dataCenter).stream()
                .filter(StorageDomain::master)
                .findFirst();
    }

    /** One that is being attached leads already; one in maintenance does not. */
    private static boolean leads(StorageDomain domain) {
        return domain.wanted() == StorageDomain.Wanted.ACTIVE || domain.wanted() == StorageDomain.Wanted.LOCKED;
    }
}
