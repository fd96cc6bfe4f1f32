package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.bellwether.agent.platform.Lane;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Notes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.bellwether.protocol.CopyImageRequest;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.DomainDescription;
import org.bellwether.protocol.DomainRequest;
import org.bellwether.protocol.DomainState;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.ExtendVolumeRequest;
import org.bellwether.protocol.ImageDescription;
import org.bellwether.protocol.ImageRequest;
import org.bellwether.protocol.ReadVolumeRequest;
import org.bellwether.protocol.RemoveDomainRequest;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.TaskNote;
import org.bellwether.protocol.TaskState;
import org.bellwether.protocol.UpdateDomainRequest;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeReference;
import org.bellwether.protocol.WriteVolumeBegin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The storage room's door. Every call goes to the lane of the mount it concerns, so that a mount that hangs is alone
 * with it, and has a deadline.
 */
public final class Storage {
    private static final Logger LOG = LoggerFactory.getLogger(Storage.class);
    private static final Duration CONNECTING = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofSeconds(60);
    private static final Duration LONG = Duration.ofMinutes(11);
    private static final Duration LOOKING = Duration.ofSeconds(10);

    private final Path mountRoot;
    private final Lanes lanes;
    private final Clock clock;
    private final Connections connections;
    private final Domains domains;
    private final VolumeFiles files;
    private final Volumes volumes;
    private final Images images;
    private final Tasks tasks;
    private final CopyImage copies;
    private final Predicate<String> imageInUse;
    private final ConcurrentMap<String, Known> known = new ConcurrentHashMap<>();

    private record Known(DomainPlace place, Path point, DomainProbe probe, boolean direct) {}

    /**
     * What QEMU needs to open a volume.
     *
     * @param local only this host sees it, so a machine with it cannot move
     * @param direct the file system takes I/O past the page cache
     */
    public record PreparedVolume(Path path, boolean qcow2, boolean local, boolean direct) {}

    /**
     * The room.
     *
     * @param imageInUse whether a machine that is on at this host has the image
     * @param told where changes of tasks go
     */
    public Storage(
            Path mountRoot,
            Path stateDirectory,
            Lanes lanes,
            Clock clock,
            Predicate<String> imageInUse,
            Consumer<TaskState> told)
            throws IOException {
        this.mountRoot = mountRoot;
        this.lanes = lanes;
        this.clock = clock;
        this.imageInUse = imageInUse;
        this.connections = new Connections(mountRoot);
        Ownership ownership = Ownership.OVIRT;
        this.domains = new Domains(ownership, clock);
        this.files = new VolumeFiles(ownership);
        this.volumes = new Volumes(files, ownership, clock);
        this.images = new Images(files);
        this.tasks = new Tasks(new Notes<>(stateDirectory.resolve("tasks"), TaskNote.getDefaultInstance()), told);
        this.copies = new CopyImage(tasks, files, volumes, images, lanes.threads());
    }

    /** Finds again what was connected before the agent started, and ends what its tasks left behind. Does not wait. */
    public void recover() {
        try {
            for (Connections.Found found : connections.found()) {
                lane(found.point()).run("look for storage domains", () -> discover(found));
            }
        } catch (IOException e) {
            LOG.error("could not see what is mounted: {}", e.toString());
        }
        for (TaskNote note : tasks.all()) {
            if (note.getState().getPhase() == TaskState.Phase.RUNNING_TASK) {
                lanes.threads().execute(() -> recoverTask(note));
            }
        }
    }

    public Path connect(StorageConnection connection) {
        Mount mount = Mount.of(connection, mountRoot);
        return lane(mount.point()).call("connect storage " + mount.source(), CONNECTING, () -> {
            connections.connect(mount);
            discover(new Connections.Found(mount.point(), mount.local()));
            return mount.point();
        });
    }

    public void disconnect(StorageConnection connection) {
        Mount mount = Mount.of(connection, mountRoot);
        lane(mount.point()).call("disconnect storage " + mount.source(), CONNECTING, () -> {
            connections.disconnect(mount);
            known.values().removeIf(domain -> domain.point.equals(mount.point()));
            return Boolean.TRUE;
        });
    }

    public DomainDescription createDomain(CreateDomainRequest request) {
        return onMount(request.getConnection(), "create storage domain " + request.getName(), SHORT, mount -> {
            DomainDescription description =
                    domains.create(mount, request.getDomainId(), request.getName(), request.getDomainClass());
            learn(mount.domain(request.getDomainId()), mount.point());
            return description;
        });
    }

    public DomainDescription inspectDomain(DomainRequest request) {
        return onMount(request.getConnection(), "inspect storage domain " + request.getDomainId(), SHORT, mount -> {
            DomainPlace place = mount.domain(request.getDomainId());
            DomainDescription description = domains.describe(place);
            Known domain = learn(place, mount.point());
            return description.toBuilder().setState(domain.probe.state()).build();
        });
    }

    public List<DomainDescription> listDomains(StorageConnection connection) {
        return onMount(connection, "list storage domains", SHORT, domains::list);
    }

    public DomainDescription updateDomain(UpdateDomainRequest request) {
        return onMount(request.getConnection(), "update storage domain " + request.getDomainId(), SHORT, mount -> {
            domains.requireOurs(mount.domain(request.getDomainId()));
            return domains.update(mount, request);
        });
    }

    public void removeDomain(RemoveDomainRequest request) {
        onMount(request.getConnection(), "remove storage domain " + request.getDomainId(), LONG, mount -> {
            if (request.getFormat()) {
                domains.format(mount, request.getDomainId());
            }
            known.remove(request.getDomainId());
            return Boolean.TRUE;
        });
    }

    public VolumeDescription createVolume(CreateVolumeRequest request) {
        VolumeReference reference = Ids.checked(request.getVolume());
        Duration deadline = request.getPreallocated() ? LONG : SHORT;
        return onDomain(
                request.getConnection(),
                reference.getDomainId(),
                "create volume " + reference.getVolumeId(),
                deadline,
                domain -> {
                    domains.requireOurs(domain);
                    volumes.create(domain, request);
                    return images.describe(domain, domain.volume(reference));
                });
    }

    /**
     * Grows a volume.
     *
     * @param resize grows it in the machine that uses it, or nothing when no machine does; gets the rounded capacity
     */
    public VolumeDescription extendVolume(ExtendVolumeRequest request, Optional<Consumer<Long>> resize) {
        VolumeReference reference = Ids.checked(request.getVolume());
        String what = "extend volume " + reference.getVolumeId();
        StorageConnection connection = request.getConnection();
        String domainId = reference.getDomainId();
        if (resize.isEmpty()) {
            refuseInUse(reference.getImageId(), "extend");
            return onDomain(connection, domainId, what, LONG, domain -> {
                domains.requireOurs(domain);
                volumes.extend(domain, reference, request.getCapacityBytes());
                return images.describe(domain, domain.volume(reference));
            });
        }
        long capacity = Volumes.rounded(request.getCapacityBytes());
        onDomain(connection, domainId, what, SHORT, domain -> {
            domains.requireOurs(domain);
            return volumes.requireGrowable(domain.volume(reference), request.getCapacityBytes());
        });
        // Not on the storage's lane: QEMU does it, and may take its time.
        resize.get().accept(capacity);
        return onDomain(connection, domainId, what, SHORT, domain -> {
            volumes.recordCapacity(domain, reference, capacity);
            return images.describe(domain, domain.volume(reference));
        });
    }

    public ImageDescription inspectImage(ImageRequest request) {
        return onDomain(
                request.getConnection(),
                request.getDomainId(),
                "inspect image " + request.getImageId(),
                SHORT,
                domain -> images.inspect(domain, request.getImageId()));
    }

    public List<ImageDescription> listImages(DomainRequest request) {
        return onDomain(request.getConnection(), request.getDomainId(), "list images", SHORT, images::list);
    }

    public void deleteImage(ImageRequest request) {
        Ids.checked("image", request.getImageId());
        refuseInUse(request.getImageId(), "delete");
        onDomain(
                request.getConnection(),
                request.getDomainId(),
                "delete image " + request.getImageId(),
                LONG,
                domain -> {
                    domains.requireOurs(domain);
                    if (request.getWipe()) {
                        LOG.warn(
                                "image {} is deleted without overwriting: on a file system that would not reach its old blocks",
                                request.getImageId());
                    }
                    images.delete(domain, request.getImageId());
                    return Boolean.TRUE;
                });
    }

    public TaskState copyImage(CopyImageRequest request) {
        Ids.checked(request.getSource());
        Ids.checked(request.getDestination());
        CopyImage.Side target = side(
                request.getDestinationConnection(), request.getDestination().getDomainId());
        target.lane().call("look at the target of the copy", SHORT, () -> {
            domains.requireOurs(target.domain());
            return Boolean.TRUE;
        });
        return copies.begin(
                request, side(request.getSourceConnection(), request.getSource().getDomainId()), target);
    }

    public TaskState cancelTask(String id) {
        return copies.cancel(id);
    }

    public void forgetTask(String id) {
        tasks.forget(id);
    }

    public List<TaskState> tasks() {
        return tasks.all().stream().map(TaskNote::getState).toList();
    }

    /** Bytes coming in; the caller writes, ends and closes on a platform thread, for it may hang with the storage. */
    VolumeUpload upload(WriteVolumeBegin begin) {
        VolumeReference reference = Ids.checked(begin.getVolume());
        refuseInUse(reference.getImageId(), "write to");
        CopyImage.Side side = side(begin.getConnection(), reference.getDomainId());
        side.lane().call("look at the target of the transfer", SHORT, () -> {
            domains.requireOurs(side.domain());
            return Boolean.TRUE;
        });
        return VolumeUpload.begin(files, side.lane(), side.domain().volume(reference));
    }

    /** Bytes going out, on the caller's platform thread. */
    VolumeDownload download(ReadVolumeRequest request) throws IOException {
        VolumeReference reference = Ids.checked(request.getVolume());
        CopyImage.Side side = side(request.getConnection(), reference.getDomainId());
        VolumePlace volume = side.domain().volume(reference);
        side.lane().call("look at volume " + volume.id(), SHORT, () -> files.require(volume));
        return VolumeDownload.begin(volume, request.getOffset(), request.getLength());
    }

    /**
     * What QEMU needs to open the volume, after proving that its chain is whole and legal.
     *
     * @throws Refusal in words when the domain is not connected, or the chain is not fit to run
     */
    public PreparedVolume prepare(VolumeReference reference) {
        Ids.checked(reference);
        Known domain = locate(reference.getDomainId());
        return lane(domain.point).call("prepare volume " + reference.getVolumeId(), SHORT, () -> {
            VolumePlace volume = domain.place.volume(reference);
            Map<String, VolumeMetadata> chain = files.all(volume.image());
            VolumeMetadata top = files.require(volume);
            for (Map.Entry<String, VolumeMetadata> link : chain.entrySet()) {
                if (!link.getValue().legal()) {
                    throw Volumes.illegal(new VolumePlace(volume.image(), link.getKey()));
                }
            }
            String trouble = images.describe(domain.place, volume).getTrouble();
            if (!trouble.isEmpty()) {
                throw Refusal.broken("Volume " + volume.id() + " of image " + volume.imageId() + " cannot be used: "
                                + trouble)
                        .next("Inspect the disk; restore it from a backup if it is damaged.");
            }
            return new PreparedVolume(
                    volume.data(), top.format() == VolumeMetadata.Format.COW, domain.place.local(), domain.direct);
        });
    }

    /** How the domains that this host knows are, as last measured. */
    public List<DomainState> states() {
        return known.values().stream().map(domain -> domain.probe.state()).toList();
    }

    /** Begins to measure each known domain; one that hangs holds its own measurement only. */
    public void measure() {
        known.values().forEach(domain -> domain.probe.measure(lanes.threads()));
    }

    private interface OnMount<T> {
        T apply(Mount mount) throws IOException;
    }

    private interface OnDomain<T> {
        T apply(DomainPlace domain) throws IOException;
    }

    private <T> T onMount(StorageConnection connection, String what, Duration deadline, OnMount<T> action) {
        Mount mount = Mount.of(connection, mountRoot);
        connections.requireConnected(mount);
        return lane(mount.point()).call(what, deadline, worded(what, () -> action.apply(mount)));
    }

    private <T> T onDomain(
            StorageConnection connection, String id, String what, Duration deadline, OnDomain<T> action) {
        return onMount(
                connection, what + " on storage domain " + id, deadline, mount -> action.apply(mount.domain(id)));
    }

    private static <T> Callable<T> worded(String what, Callable<T> action) {
        return () -> {
            try {
                return action.call();
            } catch (IOException e) {
                throw refusal(what, e);
            }
        };
    }

    static Refusal refusal(String what, IOException e) {
        String words =
                e instanceof NoSuchFileException ? "there is no " + e.getMessage() : String.valueOf(e.getMessage());
        String lower = words.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("quota exceeded")) {
            return Refusal.of(Error.Code.NO_SPACE, "Could not " + what)
                    .because(words)
                    .next("Free or add space on the storage.");
        }
        if (lower.contains("permission") || lower.contains("not permitted") || lower.contains("read-only")) {
            return Refusal.of(Error.Code.REFUSED, "Could not " + what)
                    .because(words)
                    .next("The agent must be able to write there and to give files to 36:36.");
        }
        return Refusal.of(Error.Code.UNREACHABLE, "Could not " + what)
                .because(words)
                .next("Check the storage on the host.");
    }

    private Lane lane(Path point) {
        return lanes.of("storage " + point);
    }

    private CopyImage.Side side(StorageConnection connection, String domainId) {
        Mount mount = Mount.of(connection, mountRoot);
        connections.requireConnected(mount);
        DomainPlace place = mount.domain(domainId);
        Known domain = known.get(domainId);
        if (domain == null) {
            domain = lane(mount.point()).call("look at storage domain " + domainId, SHORT, () -> {
                domains.read(place);
                return learn(place, mount.point());
            });
        }
        return new CopyImage.Side(place, lane(mount.point()), domain.direct);
    }

    private Known locate(String domainId) {
        Known domain = known.get(domainId);
        if (domain == null) {
            try {
                for (Connections.Found found : connections.found()) {
                    lookAgain(found);
                }
            } catch (IOException e) {
                throw refusal("see what is mounted", e);
            }
            domain = known.get(domainId);
        }
        if (domain == null) {
            throw Refusal.of(Error.Code.UNREACHABLE, "Storage domain " + domainId + " is not connected on this host")
                    .next("Activate the host again, or connect the storage.");
        }
        return domain;
    }

    private void lookAgain(Connections.Found found) {
        try {
            lane(found.point()).call("look for storage domains", LOOKING, () -> {
                discover(found);
                return Boolean.TRUE;
            });
        } catch (Refusal e) {
            LOG.warn("{}: {}", found.point(), e.getMessage());
        }
    }

    private void discover(Connections.Found found) {
        try {
            for (String id : Domains.idsOn(found.point())) {
                DomainPlace place = new DomainPlace(found.point().resolve(id), id, found.local());
                try {
                    domains.read(place);
                    learn(place, found.point());
                } catch (IOException | Refusal e) {
                    LOG.warn("storage domain {} at {} cannot be used: {}", id, found.point(), e.getMessage());
                }
            }
        } catch (IOException e) {
            LOG.debug("no storage domains at {}: {}", found.point(), e.toString());
        }
    }

    private Known learn(DomainPlace place, Path point) {
        Known before = known.get(place.id());
        if (before != null && before.place.equals(place)) {
            return before;
        }
        Known fresh = new Known(
                place, point, new DomainProbe(place, domains, clock), DomainProbe.takesDirect(place.metadata()));
        known.put(place.id(), fresh);
        fresh.probe.measure(lanes.threads());
        sweep(place);
        return fresh;
    }

    private void sweep(DomainPlace place) {
        try {
            domains.sweep(place);
        } catch (IOException e) {
            LOG.warn("leftovers on storage domain {} stay: {}", place.id(), e.toString());
        }
    }

    private void recoverTask(TaskNote note) {
        CopyImageRequest request = note.getCopy();
        Mount mount = Mount.of(request.getDestinationConnection(), mountRoot);
        DomainPlace place = mount.domain(request.getDestination().getDomainId());
        copies.recover(note, new CopyImage.Side(place, lane(mount.point()), false));
    }

    private void refuseInUse(String imageId, String verb) {
        if (imageInUse.test(imageId)) {
            throw Refusal.of(
                            Error.Code.IN_USE,
                            "Could not " + verb + " image " + imageId + ": a machine on this host runs with it")
                    .next("Stop the machine first.");
        }
    }
}
