package org.bellwether.engine.storage;

import static org.bellwether.engine.storage.WorkingHosts.HOST_PATIENCE;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.bellwether.api.types.DiskContentType;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.agents.HostAgent;
import org.bellwether.protocol.CopyImageRequest;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.ExtendVolumeRequest;
import org.bellwether.protocol.GrowVolumeRequest;
import org.bellwether.protocol.ImageRequest;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeFormat;
import org.bellwether.protocol.VolumeReference;
import org.bellwether.protocol.VolumeRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work on the volumes of disks, done by whichever host of the domain's cluster can. Every call may be repeated. */
public final class Volumes {

    private static final Logger log = LoggerFactory.getLogger(Volumes.class);
    private static final Duration LOOK_LIMIT = Duration.ofSeconds(60);
    private static final Duration WORK_LIMIT = Duration.ofMinutes(5);

    private final StorageDomains domains;
    private final Hosts hosts;
    private final Agents agents;
    private final WorkingHosts workers;
    private final VolumeMerges merges;

    public Volumes(StorageDomains domains, Hosts hosts, Agents agents) {
        this.domains = domains;
        this.hosts = hosts;
        this.agents = agents;
        this.workers = new WorkingHosts(domains, hosts, agents);
        this.merges = new VolumeMerges(this, workers, domains, agents);
    }

    /** Merging them. */
    public VolumeMerges merges() {
        return merges;
    }

    /** Makes a disk's first volume, empty or as a child of a template's. */
    public VolumeDescription create(Disk disk, Optional<Disk> parent) {
        return onAnyHost(domainOf(disk), (agent, connection) -> {
            var request = CreateVolumeRequest.newBuilder()
                    .setConnection(connection)
                    .setVolume(reference(disk))
                    .setFormat(disk.format() == Disk.Format.COW ? VolumeFormat.QCOW2 : VolumeFormat.RAW)
                    .setPreallocated(!disk.sparse())
                    .setCapacityBytes(disk.provisionedBytes())
                    .setDescription(description(disk))
                    .setDiskType(diskType(disk))
                    .setInitialBytes(
                            Optional.ofNullable(disk.spec().initialSize()).orElse(0L));
            parent.ifPresent(template -> request.setParent(reference(template)));
            return agent.ask(WORK_LIMIT, stub -> stub.createVolume(request.build()));
        });
    }

    private static String diskType(Disk disk) {
        if (disk.spec().contentType() == DiskContentType.ISO) {
            return "ISOF";
        }
        return disk.spec().contentType() == DiskContentType.MEMORY_DUMP_VOLUME ? "MEMD" : "";
    }

    /** Makes the top of a disk's chain on a volume of its own image that is there already. */
    public VolumeDescription createOn(Disk disk, UUID parent) {
        return createOn(disk, parent, false);
    }

    /** @param branch whether something else may stand on it already */
    public VolumeDescription createOn(Disk disk, UUID parent, boolean branch) {
        return onAnyHost(
                domainOf(disk),
                (agent, connection) -> agent.ask(
                        WORK_LIMIT,
                        stub -> stub.createVolume(CreateVolumeRequest.newBuilder()
                                .setConnection(connection)
                                .setVolume(reference(disk))
                                .setFormat(VolumeFormat.QCOW2)
                                .setCapacityBytes(disk.provisionedBytes())
                                .setDescription(description(disk))
                                .setParent(reference(disk).toBuilder().setVolumeId(parent.toString()))
                                .setBranch(branch)
                                .build())));
    }

    /** Makes a disk larger; {@code machine} is set while a machine on {@code host} uses it. */
    public VolumeDescription extend(Disk disk, long bytes, Optional<Id<Host>> host, String machine) {
        var domain = domains.get(domainOf(disk));
        var request = ExtendVolumeRequest.newBuilder()
                .setConnection(connection(domain))
                .setVolume(reference(disk))
                .setCapacityBytes(bytes)
                .setMachineId(machine)
                .build();
        return host.map(id -> agents.of(id.value(), HOST_PATIENCE).ask(WORK_LIMIT, stub -> stub.extendVolume(request)))
                .orElseGet(() -> onAnyHost(
                        domain.id(), (agent, any) -> agent.ask(WORK_LIMIT, stub -> stub.extendVolume(request))));
    }

    /** Makes a disk's logical volume at least this large, on the host that changes the group. */
    VolumeDescription grow(Disk disk, long bytes) {
        return onAnyHost(
                domainOf(disk),
                (agent, connection) -> agent.askBlock(
                        LOOK_LIMIT,
                        stub -> stub.growVolume(GrowVolumeRequest.newBuilder()
                                .setConnection(connection)
                                .setVolume(reference(disk))
                                .setBytes(bytes)
                                .build())));
    }

    /**
     * Lets the hosts see the size that one of them gave a logical volume, the machine's own last: it may be migrating to
     * another, which must not read beyond what it knows.
     */
    void refresh(Disk disk, Id<Host> user) {
        var domain = domains.get(domainOf(disk));
        for (var host : hosts.upIn(domain.cluster())) {
            if (!host.id().equals(user) && workers.reaches(host, domain)) {
                try {
                    refresh(disk, agents.of(host.id().value(), HOST_PATIENCE));
                } catch (Failure failure) {
                    log.warn("{} does not see the new size of {}: {}", host.name(), disk.name(), failure.detail());
                }
            }
        }
        refresh(disk, agents.of(user.value(), HOST_PATIENCE));
    }

    private void refresh(Disk disk, HostAgent host) {
        host.askBlock(
                LOOK_LIMIT,
                stub -> stub.refreshVolume(VolumeRequest.newBuilder()
                        .setConnection(connection(domains.get(domainOf(disk))))
                        .setVolume(reference(disk))
                        .build()));
    }

    /** Deletes all of a disk from storage; what is gone already stays gone. What is on a LUN is not the engine's. */
    public void delete(Disk disk) {
        if (disk.lun().isPresent()) {
            return;
        }
        delete(disk, Optional.empty());
    }

    /** @param host the host to ask, which refuses while a machine of its own works with the disk there */
    void delete(Disk disk, Optional<Id<Host>> host) {
        var request = ImageRequest.newBuilder()
                .setConnection(connection(domains.get(domainOf(disk))))
                .setDomainId(domainOf(disk).toString())
                .setImageId(disk.id().toString())
                .setWipe(Boolean.TRUE.equals(disk.spec().wipeAfterDelete()))
                .build();
        if (host.isPresent()) {
            agents.of(host.get().value(), HOST_PATIENCE).ask(WORK_LIMIT, stub -> stub.deleteImage(request));
        } else {
            onAnyHost(domainOf(disk), (agent, any) -> agent.ask(WORK_LIMIT, stub -> stub.deleteImage(request)));
        }
    }

    /** The disk's top volume as it is on storage. */
    public VolumeDescription inspect(Disk disk) {
        var image = onAnyHost(
                domainOf(disk),
                (agent, connection) -> agent.ask(
                        LOOK_LIMIT,
                        stub -> stub.inspectImage(ImageRequest.newBuilder()
                                .setConnection(connection)
                                .setDomainId(domainOf(disk).toString())
                                .setImageId(disk.id().toString())
                                .build())));
        return image.getVolumesList().stream()
                .filter(volume ->
                        volume.getVolume().getVolumeId().equals(disk.volume().toString()))
                .findFirst()
                .orElseThrow(() -> Failure.conflict("The disk " + disk.name() + " is not what the engine made")
                        .because("on storage it has no volume " + disk.volume()));
    }

    /** All volumes of a disk as they are on storage, base first, a template's too. */
    public List<VolumeDescription> chain(Disk disk) {
        return onAnyHost(
                        domainOf(disk),
                        (agent, connection) -> agent.ask(
                                LOOK_LIMIT,
                                stub -> stub.inspectImage(ImageRequest.newBuilder()
                                        .setConnection(connection)
                                        .setDomainId(domainOf(disk).toString())
                                        .setImageId(disk.id().toString())
                                        .build())))
                .getVolumesList();
    }

    /** As {@link #chain}, after what a merge that was cut off left behind was brought in line. */
    public List<VolumeDescription> settle(Disk disk) {
        return onAnyHost(
                        domainOf(disk),
                        (agent, connection) -> agent.ask(
                                LOOK_LIMIT,
                                stub -> stub.settleImage(ImageRequest.newBuilder()
                                        .setConnection(connection)
                                        .setDomainId(domainOf(disk).toString())
                                        .setImageId(disk.id().toString())
                                        .build())))
                .getVolumesList();
    }

    /** Deletes one volume of a disk that nothing stands on; what is gone already stays gone. */
    public void deleteVolume(Disk disk) {
        onAnyHost(
                domainOf(disk),
                (agent, connection) -> agent.ask(
                        WORK_LIMIT,
                        stub -> stub.deleteVolume(VolumeRequest.newBuilder()
                                .setConnection(connection)
                                .setVolume(reference(disk))
                                .build())));
    }

    /** A host that reaches all that the disks lie on, for work that takes long. */
    public Host hostFor(Disk... disks) {
        return hostsFor(disks).getFirst();
    }

    /**
     * The host that takes out of disks what is a machine's own.
     *
     * @throws Failure CONFLICT when no host that reaches them all has the program for it
     */
    public Host hostToSeal(Disk... disks) {
        var able = hostsFor(disks);
        return able.stream()
                .filter(workers::seals)
                .findFirst()
                .orElseThrow(() -> Failure.conflict("No host can seal the template")
                        .because("virt-sysprep is on none of those that reach its disks: "
                                + able.stream().map(Host::name).collect(Collectors.joining(", ")))
                        .next("Install libguestfs-tools on one of them, or make the template without sealing it"));
    }

    /** All such hosts; at least one. */
    List<Host> hostsFor(Disk... disks) {
        return workers.of(Arrays.stream(disks).map(Volumes::domainOf).toList());
    }

    /** What to ask a host for, so that it copies all that is seen in one disk into another. */
    public CopyImageRequest copying(String task, Disk from, Disk to, boolean template) {
        return CopyImageRequest.newBuilder()
                .setTaskId(task)
                .setSourceConnection(connection(domains.get(domainOf(from))))
                .setSource(reference(from))
                .setDestinationConnection(connection(domains.get(domainOf(to))))
                .setDestination(reference(to))
                .setFormat(to.format() == Disk.Format.COW ? VolumeFormat.QCOW2 : VolumeFormat.RAW)
                .setPreallocated(!to.sparse())
                .setDescription(description(to))
                .setTemplate(template)
                .build();
    }

    /** What to ask a host for, so that it copies a disk's volumes, each under its own id, to where {@code to} lies. */
    CopyImageRequest moving(String task, Disk from, Disk to, boolean belowTop) {
        return copying(task, from, to, false).toBuilder()
                .setScope(belowTop ? CopyImageRequest.Scope.CHAIN_BELOW_TOP : CopyImageRequest.Scope.CHAIN)
                .build();
    }

    /** What to ask a host for, so that a template's disk comes to lie on another domain too. */
    CopyImageRequest spreading(String task, Disk from, Disk to) {
        return moving(task, from, to, false).toBuilder().setTemplate(true).build();
    }

    /** What to ask a host for, so that it makes the top of a disk's chain anew, as {@code to} says. */
    CopyImageRequest remaking(String task, Disk from, Disk to, boolean onItsParent) {
        return copying(task, from, to, false).toBuilder()
                .setScope(onItsParent ? CopyImageRequest.Scope.TOP_ONLY : CopyImageRequest.Scope.COLLAPSED)
                .build();
    }

    /** The top of a disk's chain, as agents name it. */
    public static VolumeReference reference(Disk disk) {
        return VolumeReference.newBuilder()
                .setDomainId(domainOf(disk).toString())
                .setImageId(disk.id().toString())
                .setVolumeId(disk.volume().toString())
                .build();
    }

    /** The top of a disk's chain with the place of its domain, as agents are asked for it. */
    public VolumeRequest request(Disk disk) {
        return VolumeRequest.newBuilder()
                .setConnection(connection(domains.get(domainOf(disk))))
                .setVolume(reference(disk))
                .build();
    }

    static Id<StorageDomain> domainOf(Disk disk) {
        return disk.domainId()
                .orElseThrow(() -> Failure.conflict("The disk " + disk.name() + " lies on no storage domain"));
    }

    /** What stands in the volume's metadata, so that the disk's name survives the loss of the engine. */
    public static String description(Disk disk) {
        return org.bellwether.engine.platform.store.Json.write(java.util.Map.of(
                "DiskAlias",
                disk.name(),
                "DiskDescription",
                Optional.ofNullable(disk.spec().description()).orElse("")));
    }

    /** A domain's place, as agents name it. */
    public static StorageConnection connection(StorageDomain domain) {
        return connection(domain.connection());
    }

    static StorageConnection connection(StorageDomain.Connection place) {
        boolean local = place.type() == StorageDomain.Connection.Type.LOCALFS;
        var connection = StorageConnection.newBuilder()
                .setType(
                        switch (place.type()) {
                            case LOCALFS -> StorageConnection.Type.LOCAL;
                            case POSIXFS -> StorageConnection.Type.POSIX;
                            case GLUSTERFS -> StorageConnection.Type.GLUSTER;
                            case NFS -> StorageConnection.Type.NFS;
                            case ISCSI -> StorageConnection.Type.ISCSI;
                            case FCP -> StorageConnection.Type.FIBRE_CHANNEL;
                        })
                // Which host has a local directory is the engine's knowledge.
                .setAddress(local ? "" : place.address())
                .setPath(place.path())
                .setVfsType(place.vfsType())
                .setMountOptions(place.mountOptions().open());
        place.network().targets().forEach(target -> connection.addTargets(target.asked()));
        place.nfsOptions().ifPresent(nfs -> {
            Optional.ofNullable(nfs.version()).ifPresent(connection::setNfsVersion);
            Optional.ofNullable(nfs.timeout()).map(Math::toIntExact).ifPresent(connection::setNfsTimeoutDs);
            Optional.ofNullable(nfs.retransmissions())
                    .map(Math::toIntExact)
                    .ifPresent(connection::setNfsRetransmissions);
        });
        return connection.build();
    }

    /** Asks the hosts that reach the domain, one after another, until one can be asked at all. */
    <T> T onAnyHost(Id<StorageDomain> id, BiFunction<HostAgent, StorageConnection, T> work) {
        return workers.onAny(id, work);
    }
}
