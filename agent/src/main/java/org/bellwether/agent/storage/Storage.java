package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Notes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.ConnectedDomains.Known;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.DomainDescription;
import org.bellwether.protocol.DomainRequest;
import org.bellwether.protocol.DomainState;
import org.bellwether.protocol.ListedFile;
import org.bellwether.protocol.RemoveDomainRequest;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.TaskNote;
import org.bellwether.protocol.TaskState;
import org.bellwether.protocol.UpdateDomainRequest;
import org.bellwether.protocol.VolumeReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The storage room's door: connections and domains here, disks behind {@link #images()}. Every call goes to the lane of
 * the mount it concerns, so that a mount that hangs is alone with it, and has a deadline.
 */
public final class Storage {
    private static final Logger LOG = LoggerFactory.getLogger(Storage.class);
    private static final Duration CONNECTING = Duration.ofSeconds(60);
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final Lanes lanes;
    private final Connections connections;
    private final SanConnections san;
    private final Domains domains;
    private final ConnectedDomains connected;
    private final Leases leases;
    private final VolumeFiles files;
    private final Images images;
    private final ImageCalls calls;
    private final Merges merges;
    private final BlockCalls blockCalls;
    private final GroupReduction reduction;
    private final LeaseCalls leaseCalls;
    private final DirectLuns directLuns;
    private final AtomicLong lastIdle = new AtomicLong(System.nanoTime());
    private final Volumes volumes;
    private final Tasks tasks;

    /**
     * What QEMU needs to open a volume.
     *
     * @param local only this host sees it, so a machine with it cannot move
     * @param direct the file system takes I/O past the page cache
     */
    public record PreparedVolume(Path path, boolean qcow2, boolean local, boolean direct) {
        /** Whether it is a block device. */
        public boolean block() {
            return BlockVolumes.holds(path);
        }
    }

    /**
     * The room.
     *
     * @param inUse whether a machine that is on at this host has a file with this in its path
     * @param told where changes of tasks go
     * @param leases of domains that other hosts see too
     */
    public Storage(
            Path mountRoot,
            Path stateDirectory,
            Lanes lanes,
            Clock clock,
            Predicate<String> inUse,
            Consumer<TaskState> told,
            Leases leases)
            throws IOException {
        this.lanes = lanes;
        this.connections = new Connections(mountRoot);
        Ownership ownership = Ownership.OVIRT;
        this.leases = leases;
        Luns luns = new Luns();
        Lvm lvm = new Lvm(luns::devices);
        BlockDomains block = new BlockDomains(lvm, luns, ownership, clock);
        Iscsi iscsi = new Iscsi();
        LunScan scan = new LunScan(iscsi, luns);
        this.domains = new Domains(ownership, clock, block, leases.lockspaces().ioTimeout());
        this.connected = new ConnectedDomains(mountRoot, lanes, clock, connections, domains, leases);
        this.directLuns =
                new DirectLuns(connected, luns, lvm, scan, ownership, mountRoot.resolve(BlockVolumes.TREE), inUse);
        this.san = new SanConnections(iscsi, scan, luns, block, directLuns);
        this.leaseCalls = new LeaseCalls(connected, connections, leases);
        this.files = new VolumeFiles(ownership, new BlockVolumes(lvm, ownership));
        this.volumes = new Volumes(files, ownership, clock);
        this.images = new Images(files);
        this.reduction = new GroupReduction(connected, domains, lvm, luns, lanes.threads());
        this.blockCalls = new BlockCalls(connected, iscsi, scan, domains, files, images, reduction);
        this.tasks = new Tasks(new Notes<>(stateDirectory.resolve("tasks"), TaskNote.getDefaultInstance()), told);
        CopyImage copies = new CopyImage(tasks, files, volumes, images, lanes.threads());
        this.calls = new ImageCalls(
                connected,
                files,
                volumes,
                images,
                tasks,
                copies,
                new OvfStores(files, volumes, clock),
                inUse,
                this::prepare);
        this.merges = new Merges(connected, files, images, inUse, lanes.threads());
    }

    /** Leases: a host's number on a domain, and those of machines. */
    public LeaseCalls leases() {
        return leaseCalls;
    }

    /** What only block storage has. */
    public BlockCalls block() {
        return blockCalls;
    }

    /** Disks and their volumes. */
    public ImageCalls images() {
        return calls;
    }

    /** Merging volumes, and mending what a crash left of that. */
    public Merges merges() {
        return merges;
    }

    /**
     * Archives of machines, and what became of work on them when the agent was restarted.
     *
     * @param directories where on this host they may lie
     * @param kvm whether KVM works here
     */
    public Archives archives(List<Path> directories, boolean kvm) {
        Archives archives =
                new Archives(connected, files, volumes, images, tasks, new Exchange(directories), kvm, lanes);
        for (TaskNote note : tasks.all()) {
            if (note.getState().getPhase() == TaskState.Phase.RUNNING_TASK && !note.hasCopy()) {
                lanes.threads().execute(() -> archives.recover(note));
            }
        }
        return archives;
    }

    /** Finds again what was connected before the agent started, and ends what its tasks left behind. Does not wait. */
    public void recover() {
        try {
            for (Connections.Found found : connections.found()) {
                connected.lane(found.point()).run("look for storage domains", () -> connected.discover(found));
            }
        } catch (IOException e) {
            LOG.error("could not see what is mounted: {}", e.toString());
        }
        leases.lockspaces().look();
        calls.recover(lanes.threads());
    }

    public Path connect(StorageConnection connection) {
        Mount mount = connected.mount(connection);
        return connected.lane(mount.point()).call("connect storage " + mount.source(), CONNECTING, () -> {
            if (mount.block()) {
                san.connect(connection, mount);
            } else {
                connections.connect(mount);
            }
            connected.discover(new Connections.Found(mount.point(), mount.local()));
            return mount.point();
        });
    }

    public void disconnect(StorageConnection connection) {
        Mount mount = connected.mount(connection);
        // Beside the lane: sanlock waits for storage that hangs, and what it has open cannot be unmounted.
        for (Known domain : connected.all()) {
            if (domain.point().equals(mount.point())) {
                leases.lockspaces().leave(domain.place().id(), domain.place().ids());
            }
        }
        connected.lane(mount.point()).call("disconnect storage " + mount.source(), CONNECTING, () -> {
            if (mount.block()) {
                san.disconnect(connection, mount);
            } else {
                connections.disconnect(mount);
            }
            connected.forgetAt(mount.point());
            return Boolean.TRUE;
        });
    }

    public DomainDescription createDomain(CreateDomainRequest request) {
        String what = "create storage domain " + request.getName();
        Mount target = connected.mount(request.getConnection());
        ConnectedDomains.OnMount<DomainDescription> creation = mount -> {
            DomainDescription description = domains.create(
                    mount,
                    request.getDomainId(),
                    request.getName(),
                    request.getDomainClass(),
                    request.getLunIdsList(),
                    request.getOverwrite());
            connected.learn(mount.domain(request.getDomainId()), mount.point());
            return description;
        };
        // A volume group cannot be there before it is made, as a mount can.
        return target.block()
                ? connected
                        .lane(target.point())
                        .call(
                                what,
                                ConnectedDomains.LONG,
                                ConnectedDomains.worded(what, () -> Lvm.during(() -> creation.apply(target))))
                : connected.onMount(request.getConnection(), what, ConnectedDomains.SHORT, creation);
    }

    public DomainDescription inspectDomain(DomainRequest request) {
        return connected.onMount(
                request.getConnection(),
                "inspect storage domain " + request.getDomainId(),
                ConnectedDomains.SHORT,
                mount -> {
                    DomainPlace place = mount.domain(request.getDomainId());
                    DomainDescription description = domains.describe(place);
                    Known domain = connected.learn(place, mount.point());
                    return description.toBuilder()
                            .setState(domain.probe().state())
                            .build();
                });
    }

    public List<DomainDescription> listDomains(StorageConnection connection) {
        return connected.onMount(connection, "list storage domains", ConnectedDomains.SHORT, domains::list);
    }

    public DomainDescription updateDomain(UpdateDomainRequest request) {
        Mount mount = connected.mount(request.getConnection());
        return connected.onOurDomain(
                request.getConnection(),
                request.getDomainId(),
                "update",
                ConnectedDomains.SHORT,
                domain -> domains.update(mount, request));
    }

    public void removeDomain(RemoveDomainRequest request) {
        Mount target = connected.mount(request.getConnection());
        DomainPlace place = target.domain(request.getDomainId());
        leases.lockspaces().leave(place.id(), place.ids());
        if (target.block() && request.getFormat()) {
            formatGroup(target, request.getDomainId());
            return;
        }
        connected.onMount(
                request.getConnection(),
                "remove storage domain " + request.getDomainId(),
                ConnectedDomains.LONG,
                mount -> {
                    if (request.getFormat()) {
                        domains.format(mount, request.getDomainId());
                    }
                    connected.forget(request.getDomainId());
                    return Boolean.TRUE;
                });
    }

    /** Also one that is not open, because its creation did not come to its end. */
    private void formatGroup(Mount mount, String id) {
        String what = "remove storage domain " + id;
        connected.lane(mount.point()).call(what, ConnectedDomains.LONG, ConnectedDomains.worded(what, () -> {
            domains.format(mount, id);
            connected.forget(id);
            return Boolean.TRUE;
        }));
    }

    /** The files of an ISO domain. */
    public List<ListedFile> listFiles(DomainRequest request) {
        return connected.onDomain(
                request.getConnection(),
                request.getDomainId(),
                "list files",
                ConnectedDomains.SHORT,
                domain -> IsoFiles.list(domain, domains.describe(domain)));
    }

    /**
     * Refuses, in words, a disk that goes on elsewhere than in this volume, as storage says: another volume stands on it, or
     * the image is on another domain too. For who was told of the disk some time ago.
     *
     * @param domains where the image could be
     */
    public void requireNewest(VolumeReference reference, List<String> domains) {
        Ids.checked(reference);
        for (String id : domains) {
            Known domain = connected.locate(id);
            String what = "look for newer volumes of image " + reference.getImageId() + " on storage domain " + id;
            connected
                    .lane(domain.point())
                    .callFirst(
                            what,
                            ConnectedDomains.SHORT,
                            ConnectedDomains.worded(
                                    what,
                                    () -> Lvm.during(() -> {
                                        images.requireNewest(domain.place(), reference);
                                        return Boolean.TRUE;
                                    })));
        }
    }

    /**
     * What QEMU needs to open the volume, after proving that its chain is whole and legal.
     *
     * @throws Refusal in words when the domain is not connected, or the chain is not fit to run
     */
    public PreparedVolume prepare(VolumeReference reference) {
        Ids.checked(reference);
        Known domain = connected.locate(reference.getDomainId());
        return connected
                .lane(domain.point())
                // A machine's start does not queue behind work that nobody waits for.
                .callFirst(
                        "prepare volume " + reference.getVolumeId(),
                        ConnectedDomains.SHORT,
                        () -> Lvm.during(() -> {
                            VolumePlace volume = domain.place().volume(reference);
                            Map<String, VolumeMetadata> chain = files.all(volume.image());
                            VolumeMetadata top = files.require(volume);
                            files.activate(volume);
                            // Only what it stands on: beside that may lie what was merged, and other branches.
                            String id = volume.id();
                            for (int links = 0; chain.containsKey(id) && links <= chain.size(); links++) {
                                VolumeMetadata link = chain.get(id);
                                if (!link.legal()) {
                                    throw Volumes.illegal(new VolumePlace(volume.image(), id));
                                }
                                id = link.parent();
                            }
                            String trouble =
                                    images.describe(domain.place(), volume).getTrouble();
                            if (!trouble.isEmpty()) {
                                throw Refusal.broken("Volume " + volume.id() + " of image " + volume.imageId()
                                                + " cannot be used: " + trouble)
                                        .next("Inspect the disk; restore it from a backup if it is damaged.");
                            }
                            new ChainCheck(files).require(volume);
                            return new PreparedVolume(
                                    volume.data(),
                                    top.format() == VolumeMetadata.Format.COW,
                                    domain.place().local(),
                                    domain.direct());
                        }));
    }

    /** What QEMU needs to open a machine's disk: a volume, or a LUN as it is. */
    public PreparedVolume prepareDisk(DiskDevice disk) {
        return disk.getLunId().isEmpty() ? prepare(disk.getVolume()) : directLuns.prepare(disk.getLunId());
    }

    /** How the domains that this host knows are, as last measured. */
    public List<DomainState> states() {
        return connected.all().stream()
                .map(domain -> domain.probe().state().toBuilder()
                        .setLeases(leases.lockspaces().state(domain.place().id()))
                        .build())
                .toList();
    }

    /** The ids of the domains that answered when they were last measured. */
    public Set<String> reached() {
        return connected.all().stream()
                .map(domain -> domain.probe().state())
                .filter(DomainState::getReachable)
                .map(DomainState::getDomainId)
                .collect(Collectors.toSet());
    }

    /** Begins to measure each known domain; one that hangs holds its own measurement only. */
    public void measure() {
        connected.all().forEach(domain -> domain.probe().measure(lanes.threads()));
        if (System.nanoTime() - lastIdle.get() > IDLE.toNanos()) {
            lastIdle.set(System.nanoTime());
            connected.all().stream()
                    .filter(domain -> domain.place().block())
                    .forEach(domain ->
                            connected.lane(domain.point()).run("let idle volumes go", () -> letGo(domain.place())));
        }
        leases.lockspaces().look();
    }

    /** Volumes that are being moved to other LUNs are in use by LVM, which does not count as open. */
    private void letGo(DomainPlace domain) {
        if (!reduction.worksOn(domain.id())) {
            files.block().deactivateIdle(domain);
        }
    }
}
