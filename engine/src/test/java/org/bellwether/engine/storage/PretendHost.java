package org.bellwether.engine.storage;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.pki.HostTls;
import org.bellwether.protocol.AgentGrpc;
import org.bellwether.protocol.CloseTransferRequest;
import org.bellwether.protocol.ConnectedStorage;
import org.bellwether.protocol.CopyImageRequest;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.DeleteImageReply;
import org.bellwether.protocol.DeleteVolumeReply;
import org.bellwether.protocol.DisconnectStorageReply;
import org.bellwether.protocol.DomainDescription;
import org.bellwether.protocol.DomainRequest;
import org.bellwether.protocol.DomainState;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.ExtendVolumeRequest;
import org.bellwether.protocol.ForgetTaskReply;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.ImageDescription;
import org.bellwether.protocol.ImageRequest;
import org.bellwether.protocol.JoinLockspaceRequest;
import org.bellwether.protocol.LeaseState;
import org.bellwether.protocol.ListDomainsReply;
import org.bellwether.protocol.LiveHost;
import org.bellwether.protocol.LiveHostsReply;
import org.bellwether.protocol.MachineDiskRequest;
import org.bellwether.protocol.MirrorDiskRequest;
import org.bellwether.protocol.MirrorState;
import org.bellwether.protocol.OpenTransferRequest;
import org.bellwether.protocol.RemoveDomainReply;
import org.bellwether.protocol.RemoveDomainRequest;
import org.bellwether.protocol.Report;
import org.bellwether.protocol.SealImagesRequest;
import org.bellwether.protocol.Snapshot;
import org.bellwether.protocol.Statistics;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.TaskRequest;
import org.bellwether.protocol.TaskState;
import org.bellwether.protocol.TransferRequest;
import org.bellwether.protocol.TransferState;
import org.bellwether.protocol.UpdateDomainRequest;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeReference;
import org.bellwether.protocol.VolumeRequest;
import org.bellwether.protocol.WatchRequest;

/**
 * A host that speaks the protocol of real ones over TLS and does what it is asked to pretend storage, unless a test told
 * it to refuse. It keeps to the protocol's promise: every call may be repeated.
 */
final class PretendHost extends AgentGrpc.AgentImplBase implements AutoCloseable {

    private static final Metadata.Key<byte[]> WORDS =
            Metadata.Key.of("bellwether-error-bin", Metadata.BINARY_BYTE_MARSHALLER);

    final UUID id = UUID.randomUUID();
    final String name;
    final String address;
    /** Calls by name that are refused, with the words. */
    final Map<String, Error> refusals = new ConcurrentHashMap<>();
    /** Places this host does not reach. */
    final Set<String> cut = ConcurrentHashMap.newKeySet();
    /** The calls it heard, in order. */
    final java.util.List<String> heard = new CopyOnWriteArrayList<>();

    /** What running machines write, by disk. */
    final Map<String, VolumeReference> active = new ConcurrentHashMap<>();

    /** Hosts of somebody else that renew leases on every domain. */
    final java.util.List<LiveHost> live = new CopyOnWriteArrayList<>();

    private final Map<String, VolumeReference> mirrors = new ConcurrentHashMap<>();
    private final PretendStorage storage;
    private final Server server;
    private final Set<String> connected = ConcurrentHashMap.newKeySet();
    /** What is open here, as it was asked for last. */
    final Map<String, OpenTransferRequest> transfers = new ConcurrentHashMap<>();

    volatile long idleMillis;
    /** Whether it can seal; told to engines that begin to watch. */
    volatile boolean seals;
    /** The disks that it sealed. */
    final java.util.List<String> sealed = new CopyOnWriteArrayList<>();

    private final Map<String, TaskState> tasks = new ConcurrentHashMap<>();
    private final java.util.List<StreamObserver<Report>> watchers = new CopyOnWriteArrayList<>();

    PretendHost(String name, String address, Authority authority, PretendStorage storage) throws Exception {
        this.name = name;
        this.address = address;
        this.storage = storage;
        this.server = NettyServerBuilder.forAddress(new InetSocketAddress(address, 0))
                .sslContext(HostTls.of(authority, address, id))
                .addService(this)
                .addService(new PretendBlock(this, storage))
                .build()
                .start();
    }

    int port() {
        return server.getPort();
    }

    /** Lets calls of that name fail until it is told otherwise. */
    void refuse(String call, Error.Code code, String what) {
        refusals.put(call, Error.newBuilder().setCode(code).setWhat(what).build());
    }

    /** Tells all engines that watch how its domains are now. */
    void report() {
        var report = Report.newBuilder()
                .setStatistics(Statistics.newBuilder().addAllDomains(states()))
                .build();
        watchers.forEach(watcher -> tell(watcher, report));
    }

    private void tell(StreamObserver<Report> watcher, Report report) {
        synchronized (watcher) {
            try {
                watcher.onNext(report);
            } catch (RuntimeException gone) {
                watchers.remove(watcher);
            }
        }
    }

    private java.util.List<DomainState> states() {
        return connected.stream()
                .flatMap(place -> storage.at(place).keySet().stream()
                        .map(domain -> DomainState.newBuilder()
                                .setDomainId(domain)
                                .setReachable(!cut.contains(place))
                                .setError(cut.contains(place) ? "the cable was pulled" : "")
                                .setTotalBytes(100L << 30)
                                .setAvailableBytes(60L << 30)
                                .setCheckedMs(System.currentTimeMillis())
                                .build()))
                .toList();
    }

    /** It has that mounted, whoever told it to let go. */
    void keeps(String place) {
        connected.add(place);
    }

    boolean connectedTo(String place) {
        return connected.contains(place);
    }

    private static String place(StorageConnection connection) {
        return connection.getAddress() + ":" + connection.getPath();
    }

    <T> void answer(String call, StreamObserver<T> reply, Supplier<T> work) {
        heard.add(call);
        try {
            var refusal = refusals.get(call);
            if (refusal != null) {
                throw words(refusal);
            }
            reply.onNext(work.get());
            reply.onCompleted();
        } catch (StatusRuntimeException refused) {
            reply.onError(refused);
        }
        report();
    }

    private static StatusRuntimeException words(Error error) {
        var trailers = new Metadata();
        trailers.put(WORDS, error.toByteArray());
        return Status.FAILED_PRECONDITION.asRuntimeException(trailers);
    }

    static StatusRuntimeException no(Error.Code code, String what) {
        return words(Error.newBuilder().setCode(code).setWhat(what).build());
    }

    private Map<String, DomainDescription> mounted(StorageConnection connection) {
        if (!connected.contains(place(connection)) || cut.contains(place(connection))) {
            throw no(Error.Code.UNREACHABLE, place(connection) + " is not reached by " + name);
        }
        return storage.at(place(connection));
    }

    private DomainDescription change(
            StorageConnection connection, String domain, Function<DomainDescription, DomainDescription> change) {
        var changed = mounted(connection).computeIfPresent(domain, (any, before) -> change.apply(before));
        return Optional.ofNullable(changed)
                .orElseThrow(() -> no(Error.Code.NOT_FOUND, "There is no storage domain " + domain));
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<Report> reports) {
        tell(
                reports,
                Report.newBuilder()
                        .setSnapshot(Snapshot.newBuilder()
                                .setHost(HostDescription.newBuilder()
                                        .setHostId(id.toString())
                                        .setHardwareVirtualisation(true)
                                        .setSealsImages(seals))
                                .addAllDomains(states())
                                .addAllTasks(tasks.values()))
                        .build());
        watchers.add(reports);
    }

    @Override
    public void connectStorage(StorageConnection request, StreamObserver<ConnectedStorage> reply) {
        answer("connectStorage", reply, () -> {
            if (cut.contains(place(request))) {
                throw no(Error.Code.UNREACHABLE, place(request) + " cannot be mounted");
            }
            connected.add(place(request));
            return ConnectedStorage.getDefaultInstance();
        });
    }

    @Override
    public void disconnectStorage(StorageConnection request, StreamObserver<DisconnectStorageReply> reply) {
        answer("disconnectStorage", reply, () -> {
            connected.remove(place(request));
            return DisconnectStorageReply.getDefaultInstance();
        });
    }

    @Override
    public void createDomain(CreateDomainRequest request, StreamObserver<DomainDescription> reply) {
        answer(
                "createDomain",
                reply,
                () -> mounted(request.getConnection())
                        .computeIfAbsent(
                                request.getDomainId(),
                                any -> DomainDescription.newBuilder()
                                        .setDomainId(request.getDomainId())
                                        .setName(request.getName())
                                        .setDomainClass(request.getDomainClass())
                                        .setVersion(5)
                                        .addAllLuns(storage.give(request))
                                        .setBlockSize(512)
                                        .build()));
    }

    @Override
    public void inspectDomain(DomainRequest request, StreamObserver<DomainDescription> reply) {
        answer(
                "inspectDomain",
                reply,
                () -> change(request.getConnection(), request.getDomainId(), unchanged -> unchanged));
    }

    @Override
    public void listDomains(StorageConnection request, StreamObserver<ListDomainsReply> reply) {
        answer(
                "listDomains",
                reply,
                () -> ListDomainsReply.newBuilder()
                        .addAllDomains(mounted(request).values())
                        .build());
    }

    @Override
    public void liveHosts(DomainRequest request, StreamObserver<LiveHostsReply> reply) {
        answer(
                "liveHosts",
                reply,
                () -> LiveHostsReply.newBuilder().addAllHosts(live).build());
    }

    /** As a host without sanlock does. */
    @Override
    public void joinLockspace(JoinLockspaceRequest request, StreamObserver<LeaseState> reply) {
        answer(
                "joinLockspace",
                reply,
                () -> LeaseState.newBuilder()
                        .setPhase(LeaseState.Phase.UNAVAILABLE)
                        .setReason("this is no real host")
                        .build());
    }

    @Override
    public void updateDomain(UpdateDomainRequest request, StreamObserver<DomainDescription> reply) {
        answer(
                "updateDomain",
                reply,
                () -> change(request.getConnection(), request.getDomainId(), before -> {
                    var after = before.toBuilder();
                    if (request.hasName()) {
                        after.setName(request.getName());
                    }
                    if (request.hasPoolId()) {
                        after.setPoolId(request.getPoolId());
                    }
                    if (request.hasMaster()) {
                        after.setMaster(request.getMaster());
                    }
                    return after.build();
                }));
    }

    @Override
    public void removeDomain(RemoveDomainRequest request, StreamObserver<RemoveDomainReply> reply) {
        answer("removeDomain", reply, () -> {
            var present = mounted(request.getConnection()).get(request.getDomainId());
            if (request.getFormat() && present != null) {
                if (!present.getPoolId().isEmpty()) {
                    throw no(Error.Code.IN_USE, "The storage domain is attached");
                }
                mounted(request.getConnection()).remove(request.getDomainId());
            }
            return RemoveDomainReply.getDefaultInstance();
        });
    }

    @Override
    public void createVolume(CreateVolumeRequest request, StreamObserver<VolumeDescription> reply) {
        answer("createVolume", reply, () -> {
            mounted(request.getConnection());
            return storage.volumes.computeIfAbsent(
                    PretendStorage.key(request.getVolume()),
                    any -> VolumeDescription.newBuilder()
                            .setVolume(request.getVolume())
                            .setParentVolumeId(request.getParent().getVolumeId())
                            .setFormat(request.getFormat())
                            .setCapacityBytes(request.getCapacityBytes())
                            .setAllocatedBytes(4096)
                            .setLegal(true)
                            .build());
        });
    }

    @Override
    public void extendVolume(ExtendVolumeRequest request, StreamObserver<VolumeDescription> reply) {
        answer(
                "extendVolume",
                reply,
                () -> volume(
                        request.getVolume(),
                        before -> before.toBuilder()
                                .setCapacityBytes(request.getCapacityBytes())
                                .build()));
    }

    private VolumeDescription volume(VolumeReference volume, Function<VolumeDescription, VolumeDescription> change) {
        return Optional.ofNullable(storage.volumes.computeIfPresent(
                        PretendStorage.key(volume), (any, before) -> change.apply(before)))
                .orElseThrow(() -> no(Error.Code.NOT_FOUND, "There is no volume " + volume.getVolumeId()));
    }

    private java.util.List<VolumeDescription> volumes(ImageRequest request) {
        var prefix = PretendStorage.image(request.getDomainId(), request.getImageId());
        return storage.volumes.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public void inspectImage(ImageRequest request, StreamObserver<ImageDescription> reply) {
        answer("inspectImage", reply, () -> {
            var found = volumes(request);
            if (found.isEmpty()) {
                throw no(Error.Code.NOT_FOUND, "There is no image " + request.getImageId());
            }
            return ImageDescription.newBuilder()
                    .setImageId(request.getImageId())
                    .addAllVolumes(found)
                    .build();
        });
    }

    @Override
    public void deleteImage(ImageRequest request, StreamObserver<DeleteImageReply> reply) {
        answer("deleteImage", reply, () -> {
            mounted(request.getConnection());
            var prefix = PretendStorage.image(request.getDomainId(), request.getImageId());
            if (active.values().stream()
                    .anyMatch(volume -> PretendStorage.key(volume).startsWith(prefix))) {
                throw no(Error.Code.IN_USE, "a machine on this host runs with it");
            }
            storage.volumes.keySet().removeIf(key -> key.startsWith(prefix));
            storage.content.remove(request.getImageId());
            return DeleteImageReply.getDefaultInstance();
        });
    }

    @Override
    public void copyImage(CopyImageRequest request, StreamObserver<TaskState> reply) {
        answer(
                "copyImage",
                reply,
                () -> tasks.computeIfAbsent(request.getTaskId(), any -> {
                    var source = volume(request.getSource(), unchanged -> unchanged);
                    var task = TaskState.newBuilder()
                            .setTaskId(request.getTaskId())
                            .setProgressPercent(100);
                    if (refusals.containsKey("copy")) {
                        return task.setPhase(TaskState.Phase.FAILED_TASK)
                                .setError("the disk is full")
                                .build();
                    }
                    storage.volumes.put(
                            PretendStorage.key(request.getDestination()),
                            source.toBuilder()
                                    .setFormat(request.getFormat())
                                    .setVolume(request.getDestination())
                                    .setParentVolumeId("")
                                    .setShared(request.getTemplate())
                                    .build());
                    return task.setPhase(TaskState.Phase.DONE_TASK).build();
                }));
    }

    @Override
    public void sealImages(SealImagesRequest request, StreamObserver<TaskState> reply) {
        answer(
                "sealImages",
                reply,
                () -> tasks.computeIfAbsent(request.getTaskId(), any -> {
                    request.getDisksList()
                            .forEach(disk -> sealed.add(disk.getVolume().getImageId()));
                    return TaskState.newBuilder()
                            .setTaskId(request.getTaskId())
                            .setPhase(TaskState.Phase.DONE_TASK)
                            .build();
                }));
    }

    @Override
    public void deleteVolume(VolumeRequest request, StreamObserver<DeleteVolumeReply> reply) {
        answer("deleteVolume", reply, () -> {
            mounted(request.getConnection());
            storage.volumes.remove(PretendStorage.key(request.getVolume()));
            return DeleteVolumeReply.getDefaultInstance();
        });
    }

    @Override
    public void mirrorDisk(MirrorDiskRequest request, StreamObserver<MirrorState> reply) {
        answer("mirrorDisk", reply, () -> {
            volume(request.getDestination(), unchanged -> unchanged);
            mirrors.put(request.getDiskId(), request.getDestination());
            return mirror(request.getDiskId());
        });
    }

    @Override
    public void inspectMirror(MachineDiskRequest request, StreamObserver<MirrorState> reply) {
        answer("inspectMirror", reply, () -> mirror(request.getDiskId()));
    }

    @Override
    public void switchMirror(MachineDiskRequest request, StreamObserver<MirrorState> reply) {
        answer("switchMirror", reply, () -> {
            Optional.ofNullable(mirrors.remove(request.getDiskId()))
                    .ifPresent(destination -> active.put(request.getDiskId(), destination));
            return mirror(request.getDiskId());
        });
    }

    @Override
    public void cancelMirror(MachineDiskRequest request, StreamObserver<MirrorState> reply) {
        answer("cancelMirror", reply, () -> {
            mirrors.remove(request.getDiskId());
            return mirror(request.getDiskId());
        });
    }

    private MirrorState mirror(String disk) {
        var state =
                MirrorState.newBuilder().setMirroring(mirrors.containsKey(disk)).setReady(mirrors.containsKey(disk));
        return state.setActive(Optional.ofNullable(active.get(disk))
                        .orElseThrow(() -> no(Error.Code.WRONG_STATE, "the machine is off")))
                .build();
    }

    @Override
    public void cancelTask(TaskRequest request, StreamObserver<TaskState> reply) {
        answer(
                "cancelTask",
                reply,
                () -> Optional.ofNullable(tasks.get(request.getTaskId()))
                        .orElseThrow(() -> no(Error.Code.NOT_FOUND, "There is no task " + request.getTaskId())));
    }

    @Override
    public void forgetTask(TaskRequest request, StreamObserver<ForgetTaskReply> reply) {
        answer("forgetTask", reply, () -> {
            tasks.remove(request.getTaskId());
            return ForgetTaskReply.getDefaultInstance();
        });
    }

    @Override
    public void openTransfer(OpenTransferRequest request, StreamObserver<TransferState> reply) {
        answer("openTransfer", reply, () -> {
            transfers.put(request.getTransferId(), request);
            if (request.getUpload()) {
                volume(
                        request.getVolume(),
                        before -> before.toBuilder().setLegal(false).build());
            }
            return transfer(request.getTransferId());
        });
    }

    @Override
    public void inspectTransfer(TransferRequest request, StreamObserver<TransferState> reply) {
        answer("inspectTransfer", reply, () -> transfer(request.getTransferId()));
    }

    @Override
    public void closeTransfer(CloseTransferRequest request, StreamObserver<TransferState> reply) {
        answer("closeTransfer", reply, () -> {
            var open = transfers.remove(request.getTransferId());
            if (!request.getComplete()) {
                return TransferState.getDefaultInstance();
            }
            if (open == null) {
                throw no(Error.Code.NOT_FOUND, "There is no transfer " + request.getTransferId());
            }
            volume(open.getVolume(), before -> before.toBuilder().setLegal(true).build());
            return TransferState.newBuilder()
                    .setTransferId(request.getTransferId())
                    .build();
        });
    }

    private TransferState transfer(String id) {
        if (!transfers.containsKey(id)) {
            throw no(Error.Code.NOT_FOUND, "There is no transfer " + id);
        }
        return TransferState.newBuilder()
                .setTransferId(id)
                .setPort(1)
                .setTransferredBytes(1000)
                .setIdleMs(idleMillis)
                .build();
    }

    /** As new: connected to nothing, without tasks, refusing nothing. */
    void reset() {
        connected.clear();
        active.clear();
        live.clear();
        mirrors.clear();
        tasks.clear();
        refusals.clear();
        cut.clear();
        heard.clear();
        transfers.clear();
        idleMillis = 0;
    }

    /** A mount goes, as after a reboot. */
    void connectStorageGone(String place) {
        connected.remove(place);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
