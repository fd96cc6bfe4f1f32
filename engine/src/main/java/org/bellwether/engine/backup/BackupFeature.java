package org.bellwether.engine.backup;

import java.time.Clock;
import java.util.UUID;
import java.util.function.Predicate;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.engine.vm.Vms;

/** Puts the parts of backups together. */
public final class BackupFeature {

    private final BackupsApi api;

    /** @param beingFetched whether a transfer of the backup is open */
    public BackupFeature(
            Database database,
            Operations operations,
            Agents agents,
            Events events,
            Clock clock,
            Vms vms,
            Disks disks,
            StorageDomains domains,
            Volumes volumes,
            Backups backups,
            Predicate<UUID> beingFetched) {
        this.api = new BackupsApi(
                database,
                backups,
                vms,
                disks,
                beingFetched,
                operations,
                operations.known(new BackUpVm(backups, vms, disks, domains, volumes, agents, events, clock)),
                operations.known(new RemoveCheckpoint(backups, vms, disks, domains, volumes, agents, events)),
                events,
                clock);
    }

    public void serve(ApiRoutes routes) {
        api.serve(routes);
    }
}
