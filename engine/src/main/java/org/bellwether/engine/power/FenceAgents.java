package org.bellwether.engine.power;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectChange;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.Transaction;

/** All fence agents. */
public final class FenceAgents {

    private final Database database;
    private final ObjectTable<FenceAgent> table = new ObjectTable<>(
            "fence_agents",
            "fence agent",
            FenceAgent.class,
            agent -> Map.of("host_id", agent.host().value()));
    private final Lookup<Id<Host>, FenceAgent> byHost = table.model().indexedBy(agent -> Optional.of(agent.host()));

    public FenceAgents(Database database) {
        this.database = database;
    }

    /** Also forgets those of hosts that are removed from now on. */
    public void load() {
        table.load(database);
        database.watch((tx, change) -> {
            if (change.table().equals("hosts") && change.how() == ObjectChange.How.REMOVED) {
                List.copyOf(byHost.of(Id.of(change.id()))).forEach(agent -> table.delete(tx, agent.id()));
            }
        });
    }

    FenceAgent get(Id<FenceAgent> id) {
        return table.get(id);
    }

    /** In the order in which they are tried. */
    public List<FenceAgent> of(Id<Host> host) {
        return byHost.of(host).stream()
                .sorted(Comparator.comparingInt(FenceAgent::order).thenComparing(FenceAgent::id))
                .toList();
    }

    /** Those that must act together, one such group after the other. */
    List<List<FenceAgent>> groups(Id<Host> host) {
        Map<Integer, List<FenceAgent>> together = new TreeMap<>();
        List<List<FenceAgent>> groups = new ArrayList<>();
        for (var agent : of(host)) {
            if (agent.concurrent()) {
                together.computeIfAbsent(agent.order(), order -> {
                            List<FenceAgent> group = new ArrayList<>();
                            groups.add(group);
                            return group;
                        })
                        .add(agent);
            } else {
                groups.add(List.of(agent));
            }
        }
        return groups;
    }

    void insert(Transaction tx, FenceAgent agent) {
        table.insert(tx, agent);
    }

    FenceAgent update(Transaction tx, Id<FenceAgent> id, UnaryOperator<FenceAgent> change) {
        return table.update(tx, id, change);
    }

    void delete(Transaction tx, Id<FenceAgent> id) {
        table.delete(tx, id);
    }
}
