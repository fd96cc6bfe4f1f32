package org.bellwether.engine.network;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.Seeds;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Transaction;

/**
 * All MAC pools. An address is taken as long as there is an interface that has it, whether its machine runs or not, and free again
 * with the commit that removes the interface.
 */
public final class MacPools {
    /** So many addresses are looked at one after the other from a hint on; a fuller pool is searched from its beginning. */
    private static final int TRIES = 1_024;

    private static final int OWN_PREFIX = 0x566f;
    private static final int PAGE = 0xffff;

    private final Database database;
    private final Clusters clusters;
    private final int engine;
    private final ObjectTable<MacPool> table = new ObjectTable<>("mac_pools", "MAC pool", MacPool.class, _ -> Map.of());

    /** @param engine any number that differs from engine to engine, so that their first pools do too */
    public MacPools(Database database, Clusters clusters, int engine) {
        this.database = database;
        this.clusters = clusters;
        this.engine = engine & PAGE;
    }

    /** Also makes the first pool, which is always there. */
    public void load() {
        table.load(database);
        if (table.model().find(Id.of(Seeds.MAC_POOL)).isEmpty()) {
            long first = ((long) OWN_PREFIX << Integer.SIZE) | ((long) engine << Short.SIZE);
            database.change(tx -> table.insert(
                    tx,
                    new MacPool(
                            Id.of(Seeds.MAC_POOL),
                            "Default",
                            "Default MAC pool",
                            false,
                            List.of(new MacPool.Range(first, first + PAGE)))));
        }
    }

    public ReadModel<MacPool> model() {
        return table.model();
    }

    MacPool get(Id<MacPool> id) {
        return table.get(id);
    }

    void insert(Transaction tx, MacPool pool) {
        table.insert(tx, pool);
    }

    MacPool update(Transaction tx, Id<MacPool> id, java.util.function.UnaryOperator<MacPool> change) {
        return table.update(tx, id, change);
    }

    void delete(Transaction tx, MacPool pool) {
        if (pool.id().value().equals(Seeds.MAC_POOL)) {
            throw Failure.conflict("The MAC pool " + pool.name() + " is not removed")
                    .because("clusters that name none use it");
        }
        table.delete(tx, pool.id());
    }

    /** The pool that a cluster's machines have their addresses from. */
    public MacPool of(Id<Cluster> cluster) {
        return clusters.model()
                .find(cluster)
                .map(found -> found.spec().macPool())
                .map(link -> link.id())
                .flatMap(id -> table.model().find(Id.of(id)))
                .orElseGet(() -> table.get(Id.of(Seeds.MAC_POOL)));
    }

    /** Whether several machines of the cluster may be given one address by hand. */
    public boolean duplicates(Id<Cluster> cluster) {
        return of(cluster).duplicates();
    }

    /**
     * An address of the cluster's pool that nobody has.
     *
     * @param hint any number; those who ask at once with different ones get different addresses
     * @throws Failure CONFLICT when all are taken
     */
    public String free(Id<Cluster> cluster, Predicate<String> taken, int hint) {
        MacPool pool = of(cluster);
        long size = pool.size();
        long start = Math.floorMod((long) hint, Math.max(1, size));
        for (long i = 0; i < Math.min(TRIES, size); i++) {
            String address = MacAddresses.text(pool.at((start + i) % size));
            if (!taken.test(address)) {
                return address;
            }
        }
        return search(pool, taken)
                .orElseThrow(() -> Failure.conflict("There is no free MAC address left")
                        .because("all " + size + " of the MAC pool " + pool.name() + " are taken")
                        .next(
                                "Give the pool another range, remove network interfaces that nobody needs, or give the address"
                                        + " yourself"));
    }

    private static Optional<String> search(MacPool pool, Predicate<String> taken) {
        for (MacPool.Range range : pool.ranges()) {
            for (long address = range.from(); address <= range.to(); address++) {
                String text = MacAddresses.text(address);
                if (!taken.test(text)) {
                    return Optional.of(text);
                }
            }
        }
        return Optional.empty();
    }

    /** The names of the clusters that use a pool. */
    Set<String> users(MacPool pool) {
        return clusters.model().all().stream()
                .filter(cluster -> of(cluster.id()).id().equals(pool.id()))
                .map(Cluster::name)
                .collect(java.util.stream.Collectors.toCollection(java.util.TreeSet::new));
    }
}
