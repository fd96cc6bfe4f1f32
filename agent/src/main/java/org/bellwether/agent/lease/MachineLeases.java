package org.bellwether.agent.lease;

import java.util.Optional;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.LeaseDescription;
import org.bellwether.protocol.LeaseDescription.Holder;
import org.bellwether.protocol.LeaseState;
import org.bellwether.protocol.LeaseState.Phase;

/**
 * Leases of machines: QEMU holds the machine's lease while it runs, taken for it by libvirt. Here is seen who holds one,
 * and that this host can take one at all.
 */
public final class MachineLeases {
    private final Sanlock sanlock;
    private final Lockspaces lockspaces;

    MachineLeases(Sanlock sanlock, Lockspaces lockspaces) {
        this.sanlock = sanlock;
        this.lockspaces = lockspaces;
    }

    /**
     * Refuses, in words, to run a machine with a lease where it cannot be taken.
     *
     * @param machine for the words
     */
    public void requireJoined(String domainId, String machine) {
        LeaseState state = lockspaces.state(domainId);
        if (state.getPhase() != Phase.JOINED) {
            throw Refusal.of(Error.Code.UNREACHABLE, "Machine " + machine + " cannot run on this host: it has a lease")
                    .because(
                            switch (state.getPhase()) {
                                case JOINING ->
                                    "this host is still joining the lockspace of storage domain " + domainId;
                                case NOT_JOINED, JOINED, UNRECOGNIZED ->
                                    "this host has not joined the lockspace of storage domain " + domainId;
                                case UNAVAILABLE, LEASES_FAILED -> state.getReason();
                            })
                    .next("Run it on a host that has sanlock and reaches the storage domain, or take its lease away.");
        }
    }

    /** Refuses, in words, to take a lease away from whoever may hold it; a host that has not joined cannot tell. */
    public void requireFree(Leases.Place lease) {
        if (lockspaces.state(lease.lockspace()).getPhase() != Phase.JOINED) {
            return;
        }
        LeaseDescription seen = inspect(lease);
        if (seen.getHolder() != Holder.NOBODY && seen.getHolder() != Holder.GONE) {
            throw Refusal.of(Error.Code.IN_USE, "The lease of machine " + lease.key() + " is not removed")
                    .because(seen.getWords())
                    .next("Stop the machine first.");
        }
    }

    /** As which host this one takes leases on the domain; 0: it is not known yet. */
    public int hostId(String domainId) {
        return lockspaces.state(domainId).getHostId();
    }

    /**
     * Whether another host has had the lease since this one did, in words. Who gave it back still stands in it, so that also a
     * run elsewhere that is over is seen.
     *
     * @param hostId as which this host had it
     * @throws Refusal when it cannot be read
     */
    public Optional<String> lostTo(Leases.Place lease, int hostId) {
        Sanlock.Owner owner = sanlock.owner(resource(lease));
        return owner.hostId() == 0 || owner.hostId() == hostId
                ? Optional.empty()
                : Optional.of("its lease was taken by host id " + owner.hostId() + " since host id " + hostId
                        + ", which is this host, gave it back");
    }

    /** Whether QEMU really got it: a libvirt that has no lock manager would run the machine without. */
    public boolean heldHere(Leases.Place lease) {
        return sanlock.heldHere(resource(lease));
    }

    /** Who holds the lease, as sanlock saw it: in its own time, which is the only one that counts. */
    public LeaseDescription inspect(Leases.Place lease) {
        Sanlock.Owner owner = sanlock.owner(resource(lease));
        LeaseDescription.Builder description =
                LeaseDescription.newBuilder().setPath(lease.path().toString()).setOffset(lease.offset());
        if (owner.timestamp() == 0) {
            return description.setWords("it was given back").build();
        }
        description.setHostId(owner.hostId());
        Optional<Sanlock.Peer> holder = sanlock.peers(lease.lockspace()).stream()
                .filter(peer -> peer.hostId() == owner.hostId())
                .findFirst();
        String host = "host id " + owner.hostId();
        if (holder.isEmpty()) {
            return description
                    .setHolder(Holder.NOT_KNOWN)
                    .setWords(host + " holds it and has not been watched for long enough")
                    .build();
        }
        if (holder.get().generation() != owner.generation()) {
            return description
                    .setAbandoned(true)
                    .setWords(host + " held it and has joined anew since, as generation "
                            + holder.get().generation() + " after " + owner.generation())
                    .build();
        }
        return switch (holder.get().state()) {
            case "FREE" ->
                description
                        .setAbandoned(true)
                        .setWords(host + " held it and has left")
                        .build();
            case "LIVE" ->
                description
                        .setHolder(Holder.ALIVE)
                        .setWords(host + " holds it and renews its host id")
                        .build();
            case "FAIL" ->
                description
                        .setHolder(Holder.SILENT)
                        .setWords(host + " holds it and has not renewed its host id for a while")
                        .build();
            case "DEAD" ->
                description
                        .setHolder(Holder.GONE)
                        .setAbandoned(true)
                        .setWords(host
                                + " held it and has not renewed its host id for so long that its watchdog has ended it")
                        .build();
            default ->
                description
                        .setHolder(Holder.NOT_KNOWN)
                        .setWords(host + " holds it and has not been watched for long enough")
                        .build();
        };
    }

    private static Sanlock.Resource resource(Leases.Place lease) {
        return new Sanlock.Resource(lease.lockspace(), lease.key(), lease.path(), lease.offset());
    }
}
