package org.bellwether.engine.access;

import java.util.Map;
import java.util.Optional;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Transaction;

/** The programs whose users the engine vouches for. */
final class SsoClients {
    private final ObjectTable<SsoClient> table =
            new ObjectTable<>("sso_clients", "client", SsoClient.class, _ -> Map.of());

    void load(Database database) {
        table.load(database);
    }

    ReadModel<SsoClient> model() {
        return table.model();
    }

    Optional<SsoClient> named(String clientId) {
        return table.model().named(clientId).stream().findFirst();
    }

    void insert(Transaction tx, SsoClient client) {
        table.insert(tx, client);
    }

    void delete(Transaction tx, Id<SsoClient> id) {
        table.delete(tx, id);
    }
}
