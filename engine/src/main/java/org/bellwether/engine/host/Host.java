package org.bellwether.engine.host;

import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.jspecify.annotations.Nullable;

/**
 * What people decided of a host.
 *
 * @param address where its agent listens: a name or an IP address
 * @param wanted whether it is to serve machines
 * @param spec the rest, as the API's own document
 * @param leaseId the number under which it renews its leases on the cluster's storage domains; no other host of the
 *     cluster has it
 * @param leftForUpgrade that an upgrade took it out of service, and takes it into service again when it is done; null: none did
 */
public record Host(
        Id<Host> id,
        String name,
        Id<Cluster> cluster,
        String address,
        int port,
        Wanted wanted,
        org.bellwether.api.types.Host spec,
        @Nullable Integer leaseId,
        @Nullable Boolean leftForUpgrade)
        implements Stored<Host> {

    /** As it enrols; its number is given when it is written down. */
    public Host(
            Id<Host> id,
            String name,
            Id<Cluster> cluster,
            String address,
            int port,
            Wanted wanted,
            org.bellwether.api.types.Host spec) {
        this(id, name, cluster, address, port, wanted, spec, null, null);
    }

    /** What a person asked of the host last. */
    public enum Wanted {
        ACTIVE,
        MAINTENANCE,
        /** Switched off to save power, until its cluster needs it. */
        ASLEEP,
        /** To be installed over SSH; it has no agent yet. */
        INSTALLATION
    }

    Host wanting(Wanted now) {
        return new Host(id, name, cluster, address, port, now, spec, leaseId, null);
    }

    /** In maintenance for as long as an upgrade of it lasts, however often that has to be begun. */
    Host leavingForUpgrade() {
        return new Host(id, name, cluster, address, port, Wanted.MAINTENANCE, spec, leaseId, true);
    }

    /** Whether an upgrade that was begun and failed has taken it out of service, and nobody has decided otherwise since. */
    boolean upgradeLeft() {
        return wanted == Wanted.MAINTENANCE && Boolean.TRUE.equals(leftForUpgrade);
    }

    /** It has its agent and serves machines from now on. */
    Host enrolledAt(String there, int agentPort) {
        return new Host(id, name, cluster, there, agentPort, Wanted.ACTIVE, spec, leaseId, null);
    }

    Host knownAs(org.bellwether.api.types.Ssh ssh) {
        return new Host(
                id,
                name,
                cluster,
                address,
                port,
                wanted,
                spec.toBuilder().ssh(ssh).build(),
                leaseId,
                leftForUpgrade);
    }

    Host withUpdates(boolean available) {
        var told = spec.toBuilder().updateAvailable(available).build();
        return new Host(id, name, cluster, address, port, wanted, told, leaseId, leftForUpgrade);
    }

    Host leasingAs(int number) {
        return new Host(id, name, cluster, address, port, wanted, spec, number, leftForUpgrade);
    }
}
