package org.bellwether.engine.quota;

import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.DataCenters;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.vm.Vm;
import org.bellwether.engine.vm.Vms;

/** Quotas: who may take how much of a data center. */
public final class QuotaFeature {
    private final Quotas quotas;
    private final Clusters clusters;
    private final QuotaGuard guard;
    private final QuotasApi api;

    public QuotaFeature(
            Database database,
            DataCenters dataCenters,
            Clusters clusters,
            StorageDomains domains,
            Vms vms,
            Disks disks,
            Quotas quotas,
            Events events) {
        this.quotas = quotas;
        this.clusters = clusters;
        var consumption = new Consumption(quotas, clusters, domains, vms, disks);
        this.guard = new QuotaGuard(database, dataCenters, quotas, consumption, vms, disks, events);
        this.api = new QuotasApi(database, dataCenters, clusters, domains, quotas, consumption, events);
        guard.watch();
    }

    /** Refuses a machine that its quota has no room for. */
    public void requireRoom(Vm vm) {
        guard.requireRoom(vm);
    }

    /** The quota of what a cluster's machines take that name none. */
    public Optional<UUID> own(Id<Cluster> cluster) {
        return clusters.model()
                .find(cluster)
                .flatMap(Cluster::dataCenterId)
                .flatMap(quotas::own)
                .map(quota -> quota.id().value());
    }

    public void serve(ApiRoutes routes) {
        api.serve(routes);
    }
}
