package org.bellwether.engine.inventory;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.bellwether.engine.inventory.AffinityLabel.Side;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectChange;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Transaction;

/** All affinity labels. */
public final class AffinityLabels {
    private static final Map<String, Side> SIDES = Map.of("vms", Side.VM, "hosts", Side.HOST);

    private final Database database;
    private final ObjectTable<AffinityLabel> table =
            new ObjectTable<>("affinity_labels", "affinity label", AffinityLabel.class, _ -> Map.of());

    public AffinityLabels(Database database) {
        this.database = database;
    }

    /** Also takes labels off what is removed from now on. */
    public void load() {
        table.load(database);
        database.watch((tx, change) -> {
            Side side = SIDES.get(change.table());
            if (side != null && change.how() == ObjectChange.How.REMOVED) {
                on(side, change.id())
                        .forEach(label -> table.update(tx, label.id(), now -> now.without(side, change.id())));
            }
        });
    }

    public ReadModel<AffinityLabel> model() {
        return table.model();
    }

    AffinityLabel get(Id<AffinityLabel> id) {
        return table.get(id);
    }

    List<AffinityLabel> on(Side side, UUID object) {
        return table.model().all().stream()
                .filter(label -> label.on(side).contains(object))
                .toList();
    }

    /** The only hosts that a machine may run on, by its labels; absent when these do not say. */
    public Optional<Set<UUID>> hostsFor(UUID vm) {
        Set<UUID> allowed = null;
        for (AffinityLabel label : on(Side.VM, vm)) {
            if (label.implicit()) {
                if (allowed == null) {
                    allowed = new HashSet<>(label.hosts());
                } else {
                    allowed.retainAll(label.hosts());
                }
            }
        }
        return Optional.ofNullable(allowed);
    }

    void insert(Transaction tx, AffinityLabel label) {
        table.insert(tx, label);
    }

    AffinityLabel update(Transaction tx, Id<AffinityLabel> id, UnaryOperator<AffinityLabel> change) {
        return table.update(tx, id, change);
    }

    void delete(Transaction tx, Id<AffinityLabel> id) {
        table.delete(tx, id);
    }
}
