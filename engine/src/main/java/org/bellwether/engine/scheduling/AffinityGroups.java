package org.bellwether.engine.scheduling;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bellwether.engine.inventory.AffinityLabel;
import org.bellwether.engine.inventory.AffinityLabels;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.placement.Affinity;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectChange;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.scheduling.AffinityGroup.Side;

/** All affinity groups. */
public final class AffinityGroups {

    private static final Map<String, List<Side>> SIDES = Map.of(
            "vms", List.of(Side.VM),
            "hosts", List.of(Side.HOST),
            "affinity_labels", List.of(Side.VM_LABEL, Side.HOST_LABEL));

    private final Database database;
    private final AffinityLabels labels;
    private final ObjectTable<AffinityGroup> table = new ObjectTable<>(
            "affinity_groups",
            "affinity group",
            AffinityGroup.class,
            group -> Map.of("cluster_id", group.cluster().value()));
    private final Lookup<Id<Cluster>, AffinityGroup> byCluster =
            table.model().indexedBy(group -> Optional.of(group.cluster()));

    public AffinityGroups(Database database, AffinityLabels labels) {
        this.database = database;
        this.labels = labels;
    }

    /** Also takes out of the groups what is removed from now on. */
    public void load() {
        table.load(database);
        database.watch((tx, change) -> {
            if (change.how() != ObjectChange.How.REMOVED) {
                return;
            }
            if (change.table().equals("clusters")) {
                List.copyOf(byCluster.of(Id.of(change.id()))).forEach(group -> table.delete(tx, group.id()));
            }
            for (var side : SIDES.getOrDefault(change.table(), List.of())) {
                table.model().all().stream()
                        .filter(group -> group.on(side).contains(change.id()))
                        .forEach(group -> table.update(tx, group.id(), now -> now.without(side, change.id())));
            }
        });
    }

    public ReadModel<AffinityGroup> model() {
        return table.model();
    }

    AffinityGroup get(Id<AffinityGroup> id) {
        return table.get(id);
    }

    Collection<AffinityGroup> ofCluster(Id<Cluster> cluster) {
        return byCluster.of(cluster);
    }

    /**
     * The groups of a cluster as placement sees them, with those in them that have one of their labels.
     *
     * @param machine the name of a machine of the cluster; absent for any other
     * @param host the same of hosts
     */
    public List<Affinity> of(
            Id<Cluster> cluster, Function<UUID, Optional<String>> machine, Function<UUID, Optional<String>> host) {
        return byCluster.of(cluster).stream()
                .map(group -> new Affinity(
                        group.id().value(),
                        group.name(),
                        group.priority(),
                        named(group.vms(), group.vmLabels(), AffinityLabel::vms, machine),
                        named(group.hosts(), group.hostLabels(), AffinityLabel::hosts, host),
                        group.machineRule(),
                        group.hostRule()))
                .toList();
    }

    private Map<UUID, String> named(
            Set<UUID> members,
            Set<UUID> labelled,
            Function<AffinityLabel, Set<UUID>> having,
            Function<UUID, Optional<String>> name) {
        Map<UUID, String> all = new HashMap<>();
        members.forEach(each -> name.apply(each).ifPresent(called -> all.put(each, called)));
        labelled.stream()
                .flatMap(label -> labels.model().find(Id.<AffinityLabel>of(label)).stream())
                .flatMap(label -> having.apply(label).stream())
                .forEach(each -> name.apply(each).ifPresent(called -> all.put(each, called)));
        return all;
    }

    void insert(Transaction tx, AffinityGroup group) {
        table.insert(tx, group);
    }

    AffinityGroup update(Transaction tx, Id<AffinityGroup> id, UnaryOperator<AffinityGroup> change) {
        return table.update(tx, id, change);
    }

    void delete(Transaction tx, Id<AffinityGroup> id) {
        table.delete(tx, id);
    }
}
