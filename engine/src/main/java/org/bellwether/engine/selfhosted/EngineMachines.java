package org.bellwether.engine.selfhosted;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.api.types.HostedEngine;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.protocol.KeeperState;

/** The engine's machine, if it runs in one, and what the hosts say of it. */
public final class EngineMachines {
    private final ObjectTable<EngineMachine> table = new ObjectTable<>(
            "engine_machines",
            EngineMachine.NAME,
            EngineMachine.class,
            machine ->
                    Map.of("vm", machine.vm().value(), "board", machine.board().value()));
    private final Map<Id<Host>, KeeperState> keepers = new ConcurrentHashMap<>();

    public void load(Database database) {
        table.load(database);
    }

    Optional<EngineMachine> machine() {
        return table.model().all().stream().findFirst();
    }

    void insert(Transaction tx, EngineMachine machine) {
        table.insert(tx, machine);
    }

    void update(Transaction tx, EngineMachine machine, boolean held) {
        table.update(tx, machine.id(), before -> before.held(held));
    }

    void delete(Transaction tx, EngineMachine machine) {
        table.delete(tx, machine.id());
        tx.onCommit(keepers::clear);
    }

    void said(Id<Host> host, KeeperState state) {
        keepers.put(host, state);
    }

    void silent(Id<Host> host) {
        keepers.remove(host);
    }

    Optional<KeeperState> keeper(Id<Host> host) {
        return Optional.ofNullable(keepers.get(host));
    }

    /** How a host stands to the engine's machine, as the API shows it. */
    public Optional<HostedEngine> shown(Id<Host> host) {
        return keeper(host)
                .filter(KeeperState::getConfigured)
                .map(state -> HostedEngine.builder()
                        .configured(true)
                        .active(true)
                        .score((long) state.getScore())
                        .localMaintenance(state.getLocalMaintenance())
                        .globalMaintenance(state.getGlobalMaintenance())
                        .build());
    }
}
