package org.bellwether.engine.storage;

import static org.bellwether.engine.storage.WorkingHosts.HOST_PATIENCE;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.protocol.MergeState;
import org.bellwether.protocol.MergeVolumesRequest;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeFormat;

/** Merging volumes of a disk into those below them. Every call may be repeated. */
public final class VolumeMerges {

    private static final Duration WORK_LIMIT = Duration.ofMinutes(5);

    private final Volumes volumes;
    private final WorkingHosts workers;
    private final StorageDomains domains;
    private final Agents agents;

    VolumeMerges(Volumes volumes, WorkingHosts workers, StorageDomains domains, Agents agents) {
        this.volumes = volumes;
        this.workers = workers;
        this.domains = domains;
        this.agents = agents;
    }

    /**
     * Begins to merge a volume into the one below it, or tells how far that is.
     *
     * @param machine set while a machine on {@code host} may run with it
     */
    public MergeState merge(Disk disk, UUID base, UUID top, Optional<Id<Host>> host, String machine) {
        var request = merging(disk, base, top, machine);
        return host.map(id -> agents.of(id.value(), HOST_PATIENCE).ask(WORK_LIMIT, stub -> stub.mergeVolumes(request)))
                .orElseGet(() -> workers.onAny(
                        Volumes.domainOf(disk),
                        (agent, any) -> agent.ask(WORK_LIMIT, stub -> stub.mergeVolumes(request))));
    }

    /**
     * Gives a logical volume the room for what the one above it holds, before that is merged into it; files grow by
     * themselves.
     *
     * @param user the host whose machine runs with them
     */
    public void makeRoom(Disk disk, UUID base, UUID top, Optional<Id<Host>> user) {
        if (!domains.get(Volumes.domainOf(disk)).connection().block()) {
            return;
        }
        var all = volumes.chain(disk);
        var below = named(all, base);
        var above = named(all, top);
        if (below.isEmpty() || above.isEmpty()) {
            return; // it was merged already
        }
        long has = below.get().getAllocatedBytes();
        long needs = below.get().getFormat() == VolumeFormat.RAW
                ? above.get().getCapacityBytes()
                : has + above.get().getAllocatedBytes();
        if (needs > has) {
            var volume = disk.topped(base, disk.format(), disk.sparse());
            volumes.grow(volume, needs);
            user.ifPresent(host -> volumes.refresh(volume, host));
        }
    }

    private static Optional<VolumeDescription> named(List<VolumeDescription> all, UUID id) {
        return all.stream()
                .filter(each -> each.getVolume().getVolumeId().equals(id.toString()))
                .findFirst();
    }

    /** Gives up a merge; one that is done stays done. */
    public MergeState cancel(Disk disk, UUID base, UUID top, Optional<Id<Host>> host, String machine) {
        var request = merging(disk, base, top, machine);
        return host.map(id -> agents.of(id.value(), HOST_PATIENCE).ask(WORK_LIMIT, stub -> stub.cancelMerge(request)))
                .orElseGet(() -> workers.onAny(
                        Volumes.domainOf(disk),
                        (agent, any) -> agent.ask(WORK_LIMIT, stub -> stub.cancelMerge(request))));
    }

    private MergeVolumesRequest merging(Disk disk, UUID base, UUID top, String machine) {
        return MergeVolumesRequest.newBuilder()
                .setConnection(Volumes.connection(domains.get(Volumes.domainOf(disk))))
                .setBase(Volumes.reference(disk).toBuilder().setVolumeId(base.toString()))
                .setTopVolumeId(top.toString())
                .setMachineId(machine)
                .build();
    }
}
