package org.bellwether.agent.storage;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.bellwether.protocol.CopyImageRequest;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.DomainRequest;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.ExtendVolumeRequest;
import org.bellwether.protocol.ImageDescription;
import org.bellwether.protocol.ImageRequest;
import org.bellwether.protocol.OpenTransferRequest;
import org.bellwether.protocol.OvfEntry;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.TaskNote;
import org.bellwether.protocol.TaskState;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeReference;
import org.bellwether.protocol.VolumeRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is asked of disks on storage: their volumes, and long work on them. */
public final class ImageCalls {
    private static final Logger LOG = LoggerFactory.getLogger(ImageCalls.class);

    private final ConnectedDomains connected;
    private final VolumeFiles files;
    private final Volumes volumes;
    private final Images images;
    private final Tasks tasks;
    private final CopyImage copies;
    private final OvfStores ovfs;
    private final Predicate<String> pathInUse;
    private final Function<VolumeReference, Storage.PreparedVolume> prepare;

    ImageCalls(
            ConnectedDomains connected,
            VolumeFiles files,
            Volumes volumes,
            Images images,
            Tasks tasks,
            CopyImage copies,
            OvfStores ovfs,
            Predicate<String> pathInUse,
            Function<VolumeReference, Storage.PreparedVolume> prepare) {
        this.connected = connected;
        this.files = files;
        this.volumes = volumes;
        this.images = images;
        this.tasks = tasks;
        this.copies = copies;
        this.ovfs = ovfs;
        this.pathInUse = pathInUse;
        this.prepare = prepare;
    }

    /** Ends what tasks left behind that died with the agent. Does not wait. */
    void recover(Executor threads) {
        for (TaskNote note : tasks.all()) {
            if (note.getState().getPhase() == TaskState.Phase.RUNNING_TASK && note.hasCopy()) {
                threads.execute(() -> recoverTask(note));
            }
        }
    }

    private void recoverTask(TaskNote note) {
        CopyImageRequest request = note.getCopy();
        Mount mount = connected.mount(request.getDestinationConnection());
        DomainPlace place = mount.domain(request.getDestination().getDomainId());
        copies.recover(
                note,
                new CopyImage.Side(
                        place,
                        connected.lane(mount.point()),
                        false,
                        connected.leases().domain()));
    }

    public VolumeDescription createVolume(CreateVolumeRequest request) {
        VolumeReference reference = Ids.checked(request.getVolume());
        // LVM takes several commands for one volume.
        boolean slow = request.getPreallocated()
                || connected.mount(request.getConnection()).block();
        Duration deadline = slow ? ConnectedDomains.LONG : ConnectedDomains.SHORT;
        return connected.onOurDomain(
                request.getConnection(),
                reference.getDomainId(),
                "create volume " + reference.getVolumeId(),
                deadline,
                domain -> {
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
            return connected.onOurDomain(connection, domainId, what, ConnectedDomains.LONG, domain -> {
                volumes.extend(domain, reference, request.getCapacityBytes());
                return images.describe(domain, domain.volume(reference));
            });
        }
        long capacity = Volumes.rounded(request.getCapacityBytes());
        connected.onOurDomain(
                connection,
                domainId,
                what,
                ConnectedDomains.SHORT,
                domain -> volumes.requireGrowable(domain.volume(reference), request.getCapacityBytes()));
        // Not on the storage's lane: QEMU does it, and may take its time.
        resize.get().accept(capacity);
        return connected.onOurDomain(connection, domainId, what, ConnectedDomains.SHORT, domain -> {
            volumes.recordCapacity(domain, reference, capacity);
            return images.describe(domain, domain.volume(reference));
        });
    }

    public ImageDescription inspectImage(ImageRequest request) {
        return connected.onDomain(
                request.getConnection(),
                request.getDomainId(),
                "inspect image " + request.getImageId(),
                ConnectedDomains.SHORT,
                domain -> images.inspect(domain, request.getImageId()));
    }

    public List<ImageDescription> listImages(DomainRequest request) {
        return connected.onDomain(
                request.getConnection(), request.getDomainId(), "list images", ConnectedDomains.SHORT, images::list);
    }

    public void deleteImage(ImageRequest request) {
        Ids.checked("image", request.getImageId());
        connected.onOurDomain(
                request.getConnection(),
                request.getDomainId(),
                "delete image " + request.getImageId(),
                ConnectedDomains.LONG,
                domain -> {
                    refuseInUse(domain, request.getImageId());
                    if (request.getWipe() && !domain.block()) {
                        LOG.warn(
                                "image {} is deleted without overwriting: on a file system that would not reach its old blocks",
                                request.getImageId());
                    }
                    images.delete(domain, request.getImageId(), request.getWipe());
                    return Boolean.TRUE;
                });
    }

    /** Deletes one volume that nothing stands on; one that is gone stays gone. */
    public void deleteVolume(VolumeRequest request) {
        VolumeReference reference = Ids.checked(request.getVolume());
        connected.onOurDomain(
                request.getConnection(),
                reference.getDomainId(),
                "delete volume " + reference.getVolumeId(),
                ConnectedDomains.LONG,
                domain -> {
                    refuseInUse(domain, reference.getImageId() + "/" + reference.getVolumeId());
                    volumes.delete(domain.volume(reference));
                    return Boolean.TRUE;
                });
    }

    /** Marks a volume as illegal: a machine has gone on with a newer one of the same name elsewhere. */
    public void retire(VolumeReference reference) {
        ConnectedDomains.Known domain = connected.locate(reference.getDomainId());
        String what = "retire volume " + reference.getVolumeId();
        connected.side(domain).change(what, () -> {
            VolumePlace volume = domain.place().volume(reference);
            files.write(volume, files.require(volume).withLegality(VolumeMetadata.Legality.ILLEGAL));
            return Boolean.TRUE;
        });
    }

    public TaskState copyImage(CopyImageRequest request) {
        Ids.checked(request.getSource());
        Ids.checked(request.getDestination());
        CopyImage.Side target = connected.ourSide(
                request.getDestinationConnection(),
                request.getDestination().getDomainId(),
                "look at the target of the copy");
        CopyImage.Side source = connected.side(
                request.getSourceConnection(), request.getSource().getDomainId());
        return copies.begin(request, source, target);
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

    /** A volume that is filled from outside. */
    public VolumeUpload upload(OpenTransferRequest request) {
        VolumeReference reference = Ids.checked(request.getVolume());
        refuseInUse(reference.getImageId(), "write to");
        CopyImage.Side side = connected.ourSide(
                request.getConnection(), reference.getDomainId(), "look at the target of the transfer");
        VolumePlace volume = side.domain().volume(reference);
        return VolumeUpload.begin(files, side, volume, request.getRawView(), request.getResumed());
    }

    /** A volume that is read from outside: its chain is whole and legal. */
    public Storage.PreparedVolume download(OpenTransferRequest request) {
        VolumeReference reference = Ids.checked(request.getVolume());
        connected.side(request.getConnection(), reference.getDomainId());
        return prepare.apply(reference);
    }

    List<OvfEntry> readOvf(DomainRequest request) {
        return connected.onDomain(
                request.getConnection(),
                request.getDomainId(),
                "read the OVF_STORE",
                ConnectedDomains.SHORT,
                ovfs::read);
    }

    long writeOvf(DomainRequest request, List<OvfEntry> entries) {
        String what = "write the OVF_STORE";
        String id = Ids.checked("storage domain", request.getDomainId());
        // One writer at a time, on a lane of their own.
        return connected
                .named("OVF_STORE " + id)
                .call(
                        what,
                        ConnectedDomains.LONG,
                        () -> connected.inTurns(
                                request.getConnection(), id, what, turns -> ovfs.write(id, entries, turns)));
    }

    private void refuseInUse(String imageId, String verb) {
        if (pathInUse.test("/" + imageId + "/")) {
            throw inUse(imageId, verb);
        }
    }

    /** After a live move the image of the same id on the other domain is free: what is asked is the very place. */
    private void refuseInUse(DomainPlace domain, String below) {
        boolean volume = below.indexOf('/') >= 0;
        if (pathInUse.test("/" + domain.id() + "/images/" + below + (volume ? "" : "/"))) {
            throw inUse(below, "delete");
        }
    }

    private static Refusal inUse(String image, String verb) {
        return Refusal.of(
                        Error.Code.IN_USE,
                        "Could not " + verb + " image " + image + ": a machine on this host runs with it")
                .next("Stop the machine first.");
    }
}
