package org.bellwether.engine.inventory;

import java.util.Set;
import org.bellwether.engine.platform.Decided;

/** The decided part of clusters. */
public final class ClusterSpecs {

    // The CPU type is kept beside the document: the first host may decide it.
    private static final Set<String> OBSERVED = Set.of(
            "cpu", "management_network", "upgrade_in_progress", "upgrade_percent_complete", "upgrade_correlation_id");
    private static final Set<String> KEPT_LINKS = Set.of("mac_pool", "scheduling_policy");

    private ClusterSpecs() {}

    /** What a cluster has that was added without saying. */
    public static org.bellwether.api.types.Cluster defaults() {
        return Holder.DEFAULTS;
    }

    private static final class Holder {
        static final org.bellwether.api.types.Cluster DEFAULTS =
                Decided.defaults(ClusterSpecs.class, "cluster-defaults.json", org.bellwether.api.types.Cluster.TYPE);
    }

    static org.bellwether.api.types.Cluster over(
            org.bellwether.api.types.Cluster before, org.bellwether.api.types.Cluster request) {
        return org.bellwether.api.types.Cluster.TYPE.merge(
                before, Decided.of(org.bellwether.api.types.Cluster.TYPE, request, OBSERVED, KEPT_LINKS));
    }
}
