package org.bellwether.agent.storage;

import java.time.Duration;
import java.util.List;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.bellwether.protocol.DomainDescription;
import org.bellwether.protocol.DomainRequest;
import org.bellwether.protocol.ExtendDomainRequest;
import org.bellwether.protocol.GrowVolumeRequest;
import org.bellwether.protocol.IscsiTarget;
import org.bellwether.protocol.Lun;
import org.bellwether.protocol.ReduceDomainRequest;
import org.bellwether.protocol.ReduceState;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeReference;
import org.bellwether.protocol.VolumeRequest;

/** What only block storage has: targets, LUNs, and logical volumes that grow. */
public final class BlockCalls {
    private static final Duration LOOKING = Duration.ofSeconds(110);

    private final ConnectedDomains connected;
    private final Iscsi iscsi;
    private final LunScan scan;
    private final Domains domains;
    private final VolumeFiles files;
    private final Images images;
    private final GroupReduction reduction;

    BlockCalls(
            ConnectedDomains connected,
            Iscsi iscsi,
            LunScan scan,
            Domains domains,
            VolumeFiles files,
            Images images,
            GroupReduction reduction) {
        this.connected = connected;
        this.iscsi = iscsi;
        this.scan = scan;
        this.domains = domains;
        this.files = files;
        this.images = images;
        this.reduction = reduction;
    }

    public List<IscsiTarget> discover(IscsiTarget portal) {
        return onPortal(portal, "discover targets", () -> iscsi.discover(portal));
    }

    /** Answers the targets of all sessions. */
    public List<IscsiTarget> login(IscsiTarget target) {
        return onPortal(target, "log in to " + target.getTarget(), () -> {
            scan.login(target);
            return sessions();
        });
    }

    public List<IscsiTarget> logout(IscsiTarget target) {
        return onPortal(target, "log out of " + target.getTarget(), () -> {
            iscsi.logout(target);
            return sessions();
        });
    }

    private List<IscsiTarget> sessions() {
        return iscsi.sessions().stream().map(Iscsi.Session::target).toList();
    }

    private List<IscsiTarget> onPortal(
            IscsiTarget portal, String what, java.util.concurrent.Callable<List<IscsiTarget>> work) {
        return connected.named("iscsi " + portal.getAddress()).call(what, LOOKING, work);
    }

    public List<Lun> luns(boolean rescan) {
        return connected.named("luns").call("list LUNs", LOOKING, () -> {
            if (rescan) {
                scan.run();
            }
            return domains.block().reports().describeAll();
        });
    }

    /** One LUN, in the size that it has now. */
    public Lun refreshLun(String id) {
        return connected.named("luns").call("look at LUN " + id, LOOKING, () -> {
            scan.run();
            return domains.block().reports().describeAll().stream()
                    .filter(lun -> lun.getId().equals(id))
                    .findFirst()
                    .orElseThrow(() -> Luns.unseen(id));
        });
    }

    public DomainDescription extendDomain(ExtendDomainRequest request) {
        return onGroup(request.getConnection(), request.getDomainId(), "extend", domain -> {
            scan.run();
            domains.block().extend(domain, request.getLunIdsList(), request.getOverwrite());
            return domains.describe(domain);
        });
    }

    public DomainDescription refreshDomain(DomainRequest request) {
        return onGroup(request.getConnection(), request.getDomainId(), "refresh", domain -> {
            scan.run();
            domains.block().resize(domain);
            return domains.describe(domain);
        });
    }

    /** Takes LUNs out of a domain that no other host has open; repeatable. */
    public ReduceState reduceDomain(ReduceDomainRequest request) {
        return reduction.reduce(request);
    }

    private <T> T onGroup(StorageConnection connection, String id, String verb, ConnectedDomains.OnDomain<T> work) {
        return connected.onOurDomain(connection, id, verb, ConnectedDomains.LONG, domain -> {
            requireBlock(domain);
            return work.apply(domain);
        });
    }

    private static void requireBlock(DomainPlace domain) {
        if (!domain.block()) {
            throw Refusal.badRequest("Storage domain " + domain.id() + " is not on block storage");
        }
    }

    /** Makes a logical volume larger, up to what its disk can ever take. */
    public VolumeDescription growVolume(GrowVolumeRequest request) {
        VolumeReference reference = Ids.checked(request.getVolume());
        return onGroup(
                request.getConnection(),
                reference.getDomainId(),
                "grow volume " + reference.getVolumeId() + " of",
                domain -> {
                    VolumePlace volume = domain.volume(reference);
                    files.require(volume);
                    // One below takes in what was written above it, where the disk may have become larger.
                    long most = Volumes.most(files.all(volume.image()).values().stream()
                            .mapToLong(VolumeMetadata::capacity)
                            .max()
                            .orElse(0));
                    files.block().extend(volume, Math.min(most, Volumes.extents(request.getBytes())));
                    return images.describe(domain, volume);
                });
    }

    /** Sees the size that another host gave a volume. */
    public VolumeDescription refreshVolume(VolumeRequest request) {
        VolumeReference reference = Ids.checked(request.getVolume());
        return connected.onDomain(
                request.getConnection(),
                reference.getDomainId(),
                "refresh volume " + reference.getVolumeId(),
                ConnectedDomains.SHORT,
                domain -> {
                    requireBlock(domain);
                    files.block().refresh(domain.volume(reference));
                    return VolumeDescription.newBuilder()
                            .setVolume(reference)
                            .setAllocatedBytes(files.length(domain.volume(reference)))
                            .build();
                });
    }
}
