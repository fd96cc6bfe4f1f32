package org.bellwether.engine;

import java.util.List;
import org.bellwether.api.types.NetworkUsage;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.ClusterSpecs;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.inventory.DataCenterSpecs;
import org.bellwether.engine.inventory.DataCenters;
import org.bellwether.engine.inventory.Seeds;
import org.bellwether.engine.network.Network;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.network.VnicProfile;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;

/** What an installation begins with: a data center, a cluster and the management network, under ids that clients know. */
final class FirstStart {

    private final Database database;
    private final DataCenters dataCenters;
    private final Clusters clusters;
    private final Networks networks;

    FirstStart(Database database, DataCenters dataCenters, Clusters clusters, Networks networks) {
        this.database = database;
        this.dataCenters = dataCenters;
        this.clusters = clusters;
        this.networks = networks;
    }

    /** Does nothing when there is any data center: somebody who removed the first one does not want it back. */
    void prepare() {
        if (dataCenters.model().size() > 0) {
            return;
        }
        Id<DataCenter> dataCenter = Id.of(Seeds.DATA_CENTER);
        Id<Cluster> cluster = Id.of(Seeds.CLUSTER);
        database.change(tx -> {
            dataCenters.insert(tx, new DataCenter(dataCenter, "Default", DataCenterSpecs.defaults()));
            clusters.insert(tx, new Cluster(cluster, "Default", dataCenter, null, ClusterSpecs.defaults()));
            var management = networks.insert(
                    tx,
                    new Network(
                            Id.of(Seeds.MANAGEMENT_NETWORK),
                            Networks.MANAGEMENT,
                            dataCenter,
                            Networks.managementSpec()),
                    false);
            networks.insert(
                    tx,
                    new VnicProfile(
                            Id.of(Seeds.MANAGEMENT_PROFILE),
                            Networks.MANAGEMENT,
                            management.id(),
                            Networks.profileDefaults()));
            networks.attach(
                    tx,
                    cluster,
                    management,
                    true,
                    org.bellwether.api.types.Network.builder()
                            .usages(List.of(
                                    NetworkUsage.VM,
                                    NetworkUsage.DISPLAY,
                                    NetworkUsage.MIGRATION,
                                    NetworkUsage.MANAGEMENT,
                                    NetworkUsage.DEFAULT_ROUTE))
                            .display(true)
                            .build());
        });
    }
}
