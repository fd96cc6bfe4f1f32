package org.bellwether.engine.vm;

import java.time.Clock;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.platform.feed.ChangeFeed;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.ObservedDomains;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.storage.StorageFeature;
import org.bellwether.engine.template.Templates;

/** What storage domains carry of machines and templates: kept current, and taken in from domains that come. */
public final class OvfFeature implements AutoCloseable {

    private final KeepOvfStores keeper;
    private final UnregisteredApi api;

    public OvfFeature(
            Database database,
            ChangeFeed feed,
            StorageDomains domains,
            ObservedDomains observed,
            Disks disks,
            Vms vms,
            Templates templates,
            Clusters clusters,
            Networks networks,
            CustomProperties properties,
            ReturningLease leases,
            StorageFeature storage,
            Operations operations,
            Events events,
            Clock clock) {
        this.keeper = new KeepOvfStores(
                feed,
                domains,
                observed,
                disks,
                vms,
                templates,
                new OvfDocuments(vms, templates, disks, clusters, networks),
                storage.ovfStores());
        storage.beforeLeaving(keeper::lastWords);
        this.api = new UnregisteredApi(
                new Unregistered(
                        database,
                        vms,
                        templates,
                        disks,
                        networks,
                        new OvfSpecs(properties),
                        leases,
                        storage.ovfStores(),
                        storage.unregisteredDisks(),
                        operations,
                        events,
                        clock),
                keeper,
                domains,
                vms,
                templates,
                disks,
                clusters,
                networks);
    }

    public void serve(ApiRoutes routes) {
        api.serve(routes);
    }

    /** Begins to keep the domains current; once, when the engine acts. */
    public void start() {
        keeper.start();
    }

    @Override
    public void close() {
        keeper.close();
    }
}
