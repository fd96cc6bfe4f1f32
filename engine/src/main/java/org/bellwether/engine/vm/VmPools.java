package org.bellwether.engine.vm;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Transaction;

/** All pools, and who has which of their machines. */
public final class VmPools {

    private final Database database;
    private final ObjectTable<VmPool> pools = new ObjectTable<>("vm_pools", "pool", VmPool.class, VmPools::columns);
    private final ObjectTable<PoolUse> uses =
            new ObjectTable<>("pool_uses", "use of a machine", PoolUse.class, VmPools::columns);
    private final Lookup<Id<VmPool>, PoolUse> usesByPool = uses.model().indexedBy(use -> Optional.of(use.pool()));

    public VmPools(Database database) {
        this.database = database;
    }

    private static Map<String, Object> columns(VmPool pool) {
        var columns = new HashMap<String, Object>();
        columns.put("cluster_id", pool.cluster().value());
        columns.put("template_id", pool.template().value());
        return columns;
    }

    private static Map<String, Object> columns(PoolUse use) {
        return Map.of("pool_id", use.pool().value());
    }

    public void load() {
        pools.load(database);
        uses.load(database);
    }

    public ReadModel<VmPool> model() {
        return pools.model();
    }

    VmPool get(Id<VmPool> id) {
        return pools.get(id);
    }

    /** The pool that a machine belongs to. */
    Optional<VmPool> of(Vm vm) {
        return Vms.poolOf(vm).flatMap(id -> pools.model().find(id));
    }

    /** Whether the machine forgets what it wrote when it is off. */
    boolean stateless(Vm vm) {
        return Boolean.TRUE.equals(vm.spec().stateless())
                || of(vm).filter(pool -> !pool.stateful()).isPresent();
    }

    Optional<PoolUse> use(Id<Vm> vm) {
        return uses.model().find(PoolUse.of(vm));
    }

    Collection<PoolUse> usesOf(Id<VmPool> pool) {
        return usesByPool.of(pool);
    }

    void insert(Transaction tx, VmPool pool) {
        pools.insert(tx, pool);
    }

    VmPool update(Transaction tx, Id<VmPool> id, Function<VmPool, VmPool> change) {
        return pools.update(tx, id, change);
    }

    void delete(Transaction tx, Id<VmPool> id) {
        pools.delete(tx, id);
    }

    /** Two who take the same machine at once: the database refuses the second. */
    void take(Transaction tx, PoolUse use) {
        uses.insert(tx, use);
    }

    void giveBack(Transaction tx, Id<Vm> vm) {
        uses.delete(tx, PoolUse.of(vm));
    }
}
