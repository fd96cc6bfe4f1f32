package org.bellwether.agent;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.bellwether.agent.backup.Backups;
import org.bellwether.agent.host.HostFacts;
import org.bellwether.agent.storage.Archives;
import org.bellwether.agent.storage.OvfStreams;
import org.bellwether.agent.storage.Storage;
import org.bellwether.agent.transfer.Transfers;
import org.bellwether.agent.vm.VirtualMachines;
import org.bellwether.protocol.AgentGrpc;
import org.bellwether.protocol.ArchiveDescription;
import org.bellwether.protocol.ArchivePlace;
import org.bellwether.protocol.BackupRequest;
import org.bellwether.protocol.BackupState;
import org.bellwether.protocol.BeginBackupRequest;
import org.bellwether.protocol.ChangeCdRequest;
import org.bellwether.protocol.CloseTransferRequest;
import org.bellwether.protocol.ConnectedStorage;
import org.bellwether.protocol.ConsoleData;
import org.bellwether.protocol.ConsoleRequest;
import org.bellwether.protocol.CopyImageRequest;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.DeleteImageReply;
import org.bellwether.protocol.DeleteVolumeReply;
import org.bellwether.protocol.DescribeRequest;
import org.bellwether.protocol.DisconnectStorageReply;
import org.bellwether.protocol.DomainDescription;
import org.bellwether.protocol.DomainRequest;
import org.bellwether.protocol.EndBackupReply;
import org.bellwether.protocol.EndBackupRequest;
import org.bellwether.protocol.ExportArchiveRequest;
import org.bellwether.protocol.ExtendVolumeRequest;
import org.bellwether.protocol.ForgetMachineReply;
import org.bellwether.protocol.ForgetTaskReply;
import org.bellwether.protocol.GrowMachineRequest;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.ImageDescription;
import org.bellwether.protocol.ImageRequest;
import org.bellwether.protocol.ImportImageRequest;
import org.bellwether.protocol.JoinLockspaceRequest;
import org.bellwether.protocol.KeptState;
import org.bellwether.protocol.LeaseDescription;
import org.bellwether.protocol.LeaseRequest;
import org.bellwether.protocol.LeaseState;
import org.bellwether.protocol.ListDomainsReply;
import org.bellwether.protocol.ListFilesReply;
import org.bellwether.protocol.ListImagesReply;
import org.bellwether.protocol.LiveHostsReply;
import org.bellwether.protocol.MachineDiskRequest;
import org.bellwether.protocol.MachineRequest;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MeasuredImage;
import org.bellwether.protocol.MergeState;
import org.bellwether.protocol.MergeVolumesRequest;
import org.bellwether.protocol.MigrateMachineRequest;
import org.bellwether.protocol.MirrorDiskRequest;
import org.bellwether.protocol.MirrorState;
import org.bellwether.protocol.OpenTransferRequest;
import org.bellwether.protocol.OvfEntry;
import org.bellwether.protocol.Picture;
import org.bellwether.protocol.PlugDiskRequest;
import org.bellwether.protocol.PrepareIncomingReply;
import org.bellwether.protocol.PrepareIncomingRequest;
import org.bellwether.protocol.RebootMachineRequest;
import org.bellwether.protocol.RemoveCheckpointReply;
import org.bellwether.protocol.RemoveCheckpointRequest;
import org.bellwether.protocol.RemoveDomainReply;
import org.bellwether.protocol.RemoveDomainRequest;
import org.bellwether.protocol.RemoveLeaseReply;
import org.bellwether.protocol.Report;
import org.bellwether.protocol.SaveMachineRequest;
import org.bellwether.protocol.SealImagesRequest;
import org.bellwether.protocol.SetNicRequest;
import org.bellwether.protocol.StartMachineRequest;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.TakeSnapshotReply;
import org.bellwether.protocol.TakeSnapshotRequest;
import org.bellwether.protocol.TaskRequest;
import org.bellwether.protocol.TaskState;
import org.bellwether.protocol.TransferRequest;
import org.bellwether.protocol.TransferState;
import org.bellwether.protocol.UpdateDomainRequest;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeRequest;
import org.bellwether.protocol.WatchRequest;
import org.bellwether.protocol.WriteOvfStoreReply;
import org.bellwether.protocol.WriteOvfStoreRequest;

/**
 * The engine's calls, each handed to the room it concerns. Runs on virtual threads; what may hang runs on the lanes of
 * the rooms.
 */
final class AgentService extends AgentGrpc.AgentImplBase {
    private final HostFacts host;
    private final VirtualMachines machines;
    private final Storage storage;
    private final Transfers transfers;
    private final Backups backups;
    private final OvfStreams ovfs;
    private final Archives archives;
    private final Watching watching;

    AgentService(
            HostFacts host,
            VirtualMachines machines,
            Storage storage,
            Transfers transfers,
            Backups backups,
            OvfStreams ovfs,
            Archives archives,
            Watching watching) {
        this.host = host;
        this.machines = machines;
        this.storage = storage;
        this.transfers = transfers;
        this.backups = backups;
        this.ovfs = ovfs;
        this.archives = archives;
        this.watching = watching;
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<HostDescription> caller) {
        Answers.answer(caller, "describe the host", host::describe);
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<Report> caller) {
        watching.watch(request, (ServerCallStreamObserver<Report>) caller);
    }

    @Override
    public void startMachine(StartMachineRequest request, StreamObserver<MachineState> caller) {
        Answers.answer(caller, "start machine " + request.getDefinition().getName(), () -> machines.start(request));
    }

    @Override
    public void shutdownMachine(MachineRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "shut down", request.getMachineId(), () -> machines.shutdown(request.getMachineId()));
    }

    @Override
    public void stopMachine(MachineRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "stop", request.getMachineId(), () -> machines.stop(request.getMachineId()));
    }

    @Override
    public void rebootMachine(RebootMachineRequest request, StreamObserver<MachineState> caller) {
        machine(
                caller,
                "reboot",
                request.getMachineId(),
                () -> machines.reboot(request.getMachineId(), request.getForce()));
    }

    @Override
    public void pauseMachine(MachineRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "pause", request.getMachineId(), () -> machines.pause(request.getMachineId()));
    }

    @Override
    public void resumeMachine(MachineRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "resume", request.getMachineId(), () -> machines.resume(request.getMachineId()));
    }

    @Override
    public void readKept(MachineRequest request, StreamObserver<KeptState> caller) {
        Answers.answer(
                caller,
                "read what is kept of machine " + request.getMachineId(),
                () -> machines.kept(request.getMachineId()));
    }

    @Override
    public void forgetMachine(MachineRequest request, StreamObserver<ForgetMachineReply> caller) {
        Answers.answer(caller, "forget machine " + request.getMachineId(), () -> {
            machines.forget(request.getMachineId());
            return ForgetMachineReply.getDefaultInstance();
        });
    }

    @Override
    public void prepareIncoming(PrepareIncomingRequest request, StreamObserver<PrepareIncomingReply> caller) {
        Answers.answer(
                caller,
                "prepare for machine " + request.getDefinition().getName(),
                () -> machines.prepareIncoming(request.getDefinition()));
    }

    @Override
    public void migrateMachine(MigrateMachineRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "migrate", request.getMachineId(), () -> machines.migrate(request));
    }

    @Override
    public void cancelMigration(MachineRequest request, StreamObserver<MachineState> caller) {
        machine(
                caller,
                "cancel the migration of",
                request.getMachineId(),
                () -> machines.cancelMigration(request.getMachineId()));
    }

    @Override
    public void saveMachine(SaveMachineRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "save", request.getMachineId(), () -> machines.save(request));
    }

    @Override
    public void freezeFilesystems(MachineRequest request, StreamObserver<MachineState> caller) {
        machine(
                caller,
                "freeze the file systems of",
                request.getMachineId(),
                () -> machines.freeze(request.getMachineId()));
    }

    @Override
    public void thawFilesystems(MachineRequest request, StreamObserver<MachineState> caller) {
        machine(
                caller,
                "thaw the file systems of",
                request.getMachineId(),
                () -> machines.thaw(request.getMachineId()));
    }

    @Override
    public void setNic(SetNicRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "change a network interface of", request.getMachineId(), () -> machines.setNic(request));
    }

    @Override
    public void changeCd(ChangeCdRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "change the CD of", request.getMachineId(), () -> machines.changeCd(request));
    }

    @Override
    public void growMachine(GrowMachineRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "grow", request.getMachineId(), () -> machines.grow(request));
    }

    @Override
    public StreamObserver<ConsoleRequest> openConsole(StreamObserver<ConsoleData> caller) {
        return machines.console(
                (ServerCallStreamObserver<ConsoleData>) caller, failure -> Answers.status(failure, "open a console"));
    }

    @Override
    public void takeScreenshot(MachineRequest request, StreamObserver<Picture> caller) {
        Answers.answer(
                caller,
                "take a picture of the screen of machine " + request.getMachineId(),
                () -> machines.screenshot(request.getMachineId()));
    }

    @Override
    public void connectStorage(StorageConnection request, StreamObserver<ConnectedStorage> caller) {
        Answers.answer(
                caller,
                "connect storage",
                () -> ConnectedStorage.newBuilder()
                        .setMountPoint(storage.connect(request).toString())
                        .build());
    }

    @Override
    public void disconnectStorage(StorageConnection request, StreamObserver<DisconnectStorageReply> caller) {
        Answers.answer(caller, "disconnect storage", () -> {
            storage.disconnect(request);
            return DisconnectStorageReply.getDefaultInstance();
        });
    }

    @Override
    public void createDomain(CreateDomainRequest request, StreamObserver<DomainDescription> caller) {
        Answers.answer(caller, "create storage domain " + request.getName(), () -> storage.createDomain(request));
    }

    @Override
    public void inspectDomain(DomainRequest request, StreamObserver<DomainDescription> caller) {
        Answers.answer(caller, "inspect storage domain " + request.getDomainId(), () -> storage.inspectDomain(request));
    }

    @Override
    public void listDomains(StorageConnection request, StreamObserver<ListDomainsReply> caller) {
        Answers.answer(
                caller,
                "list storage domains",
                () -> ListDomainsReply.newBuilder()
                        .addAllDomains(storage.listDomains(request))
                        .build());
    }

    @Override
    public void liveHosts(DomainRequest request, StreamObserver<LiveHostsReply> caller) {
        Answers.answer(
                caller,
                "see who uses " + request.getDomainId(),
                () -> LiveHostsReply.newBuilder()
                        .addAllHosts(storage.liveHosts(request))
                        .build());
    }

    @Override
    public void updateDomain(UpdateDomainRequest request, StreamObserver<DomainDescription> caller) {
        Answers.answer(caller, "update storage domain " + request.getDomainId(), () -> storage.updateDomain(request));
    }

    @Override
    public void removeDomain(RemoveDomainRequest request, StreamObserver<RemoveDomainReply> caller) {
        Answers.answer(caller, "remove storage domain " + request.getDomainId(), () -> {
            storage.removeDomain(request);
            return RemoveDomainReply.getDefaultInstance();
        });
    }

    @Override
    public void createVolume(CreateVolumeRequest request, StreamObserver<VolumeDescription> caller) {
        Answers.answer(
                caller,
                "create volume " + request.getVolume().getVolumeId(),
                () -> storage.images().createVolume(request));
    }

    @Override
    public void extendVolume(ExtendVolumeRequest request, StreamObserver<VolumeDescription> caller) {
        Answers.answer(caller, "extend volume " + request.getVolume().getVolumeId(), () -> {
            Optional<Consumer<Long>> resize = request.getMachineId().isEmpty()
                    ? Optional.empty()
                    : Optional.of(bytes -> machines.resizeDisk(
                            request.getMachineId(), request.getVolume().getImageId(), bytes));
            return storage.images().extendVolume(request, resize);
        });
    }

    @Override
    public void inspectImage(ImageRequest request, StreamObserver<ImageDescription> caller) {
        Answers.answer(
                caller,
                "inspect image " + request.getImageId(),
                () -> storage.images().inspectImage(request));
    }

    @Override
    public void listImages(DomainRequest request, StreamObserver<ListImagesReply> caller) {
        Answers.answer(
                caller,
                "list images of " + request.getDomainId(),
                () -> ListImagesReply.newBuilder()
                        .addAllImages(storage.images().listImages(request))
                        .build());
    }

    @Override
    public void deleteImage(ImageRequest request, StreamObserver<DeleteImageReply> caller) {
        Answers.answer(caller, "delete image " + request.getImageId(), () -> {
            storage.images().deleteImage(request);
            return DeleteImageReply.getDefaultInstance();
        });
    }

    @Override
    public void deleteVolume(VolumeRequest request, StreamObserver<DeleteVolumeReply> caller) {
        Answers.answer(caller, "delete volume " + request.getVolume().getVolumeId(), () -> {
            storage.images().deleteVolume(request);
            return DeleteVolumeReply.getDefaultInstance();
        });
    }

    @Override
    public void listFiles(DomainRequest request, StreamObserver<ListFilesReply> caller) {
        Answers.answer(
                caller,
                "list files of " + request.getDomainId(),
                () -> ListFilesReply.newBuilder()
                        .addAllFiles(storage.listFiles(request))
                        .build());
    }

    @Override
    public StreamObserver<WriteOvfStoreRequest> writeOvfStore(StreamObserver<WriteOvfStoreReply> caller) {
        return ovfs.write(caller, failure -> Answers.status(failure, "write an OVF_STORE"));
    }

    @Override
    public void readOvfStore(DomainRequest request, StreamObserver<OvfEntry> caller) {
        ovfs.read(
                request, caller, failure -> Answers.status(failure, "read the OVF_STORE of " + request.getDomainId()));
    }

    @Override
    public void joinLockspace(JoinLockspaceRequest request, StreamObserver<LeaseState> caller) {
        Answers.answer(caller, "join the lockspace of " + request.getDomainId(), () -> storage.joinLockspace(request));
    }

    @Override
    public void leaveLockspace(DomainRequest request, StreamObserver<LeaseState> caller) {
        Answers.answer(
                caller, "leave the lockspace of " + request.getDomainId(), () -> storage.leaveLockspace(request));
    }

    @Override
    public void makeLease(LeaseRequest request, StreamObserver<LeaseDescription> caller) {
        Answers.answer(caller, "make the lease of " + request.getMachineId(), () -> storage.makeLease(request));
    }

    @Override
    public void inspectLease(LeaseRequest request, StreamObserver<LeaseDescription> caller) {
        Answers.answer(caller, "inspect the lease of " + request.getMachineId(), () -> storage.inspectLease(request));
    }

    @Override
    public void removeLease(LeaseRequest request, StreamObserver<RemoveLeaseReply> caller) {
        Answers.answer(caller, "remove the lease of " + request.getMachineId(), () -> {
            storage.removeLease(request);
            return RemoveLeaseReply.getDefaultInstance();
        });
    }

    @Override
    public void plugDisk(PlugDiskRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "plug a disk into", request.getMachineId(), () -> machines.plugDisk(request));
    }

    @Override
    public void unplugDisk(MachineDiskRequest request, StreamObserver<MachineState> caller) {
        machine(caller, "unplug a disk of", request.getMachineId(), () -> machines.unplugDisk(request));
    }

    @Override
    public void mirrorDisk(MirrorDiskRequest request, StreamObserver<MirrorState> caller) {
        Answers.answer(caller, "mirror disk " + request.getDiskId(), () -> machines.mirrorDisk(request));
    }

    @Override
    public void inspectMirror(MachineDiskRequest request, StreamObserver<MirrorState> caller) {
        Answers.answer(caller, "look at disk " + request.getDiskId(), () -> machines.inspectMirror(request));
    }

    @Override
    public void switchMirror(MachineDiskRequest request, StreamObserver<MirrorState> caller) {
        Answers.answer(
                caller, "switch the mirror of disk " + request.getDiskId(), () -> machines.switchMirror(request));
    }

    @Override
    public void cancelMirror(MachineDiskRequest request, StreamObserver<MirrorState> caller) {
        Answers.answer(
                caller, "cancel the mirror of disk " + request.getDiskId(), () -> machines.cancelMirror(request));
    }

    @Override
    public void takeSnapshot(TakeSnapshotRequest request, StreamObserver<TakeSnapshotReply> caller) {
        Answers.answer(
                caller,
                "take a snapshot of machine " + request.getMachineId(),
                () -> machines.snapshots().take(request));
    }

    @Override
    public void mergeVolumes(MergeVolumesRequest request, StreamObserver<MergeState> caller) {
        Answers.answer(
                caller,
                "merge volume " + request.getTopVolumeId(),
                () -> request.getMachineId().isEmpty()
                        ? storage.merges().merge(request)
                        : machines.snapshots().merge(request));
    }

    @Override
    public void cancelMerge(MergeVolumesRequest request, StreamObserver<MergeState> caller) {
        Answers.answer(
                caller,
                "give up merging volume " + request.getTopVolumeId(),
                () -> request.getMachineId().isEmpty()
                        ? storage.merges().cancel(request)
                        : machines.snapshots().cancel(request));
    }

    @Override
    public void settleImage(ImageRequest request, StreamObserver<ImageDescription> caller) {
        Answers.answer(
                caller,
                "settle image " + request.getImageId(),
                () -> storage.merges().settle(request));
    }

    @Override
    public void copyImage(CopyImageRequest request, StreamObserver<TaskState> caller) {
        Answers.answer(
                caller,
                "copy image " + request.getSource().getImageId(),
                () -> storage.images().copyImage(request));
    }

    @Override
    public void cancelTask(TaskRequest request, StreamObserver<TaskState> caller) {
        Answers.answer(caller, "cancel task " + request.getTaskId(), () -> {
            archives.cancel(request.getTaskId());
            return storage.images().cancelTask(request.getTaskId());
        });
    }

    @Override
    public void forgetTask(TaskRequest request, StreamObserver<ForgetTaskReply> caller) {
        Answers.answer(caller, "forget task " + request.getTaskId(), () -> {
            storage.images().forgetTask(request.getTaskId());
            return ForgetTaskReply.getDefaultInstance();
        });
    }

    @Override
    public void inspectArchive(ArchivePlace request, StreamObserver<ArchiveDescription> caller) {
        Answers.answer(caller, "look into an archive", () -> archives.inspect(request));
    }

    @Override
    public void importImage(ImportImageRequest request, StreamObserver<TaskState> caller) {
        Answers.answer(caller, "import the disk " + request.getFile(), () -> archives.importImage(request));
    }

    @Override
    public void measureImage(VolumeRequest request, StreamObserver<MeasuredImage> caller) {
        Answers.answer(caller, "measure volume " + request.getVolume().getVolumeId(), () -> archives.measure(request));
    }

    @Override
    public void sealImages(SealImagesRequest request, StreamObserver<TaskState> caller) {
        Answers.answer(caller, "seal a template", () -> archives.seal(request));
    }

    @Override
    public void exportArchive(ExportArchiveRequest request, StreamObserver<TaskState> caller) {
        Answers.answer(caller, "write an archive", () -> archives.export(request));
    }

    @Override
    public void openTransfer(OpenTransferRequest request, StreamObserver<TransferState> caller) {
        Answers.answer(caller, "open transfer " + request.getTransferId(), () -> transfers.open(request));
    }

    @Override
    public void inspectTransfer(TransferRequest request, StreamObserver<TransferState> caller) {
        Answers.answer(caller, "look at transfer " + request.getTransferId(), () -> transfers.inspect(request));
    }

    @Override
    public void closeTransfer(CloseTransferRequest request, StreamObserver<TransferState> caller) {
        Answers.answer(caller, "close transfer " + request.getTransferId(), () -> transfers.close(request));
    }

    @Override
    public void beginBackup(BeginBackupRequest request, StreamObserver<BackupState> caller) {
        Answers.answer(caller, "begin backup " + request.getBackupId(), () -> backups.begin(request));
    }

    @Override
    public void inspectBackup(BackupRequest request, StreamObserver<BackupState> caller) {
        Answers.answer(caller, "look at backup " + request.getBackupId(), () -> backups.inspect(request));
    }

    @Override
    public void endBackup(EndBackupRequest request, StreamObserver<EndBackupReply> caller) {
        Answers.answer(caller, "end backup " + request.getBackupId(), () -> {
            backups.end(request);
            return EndBackupReply.getDefaultInstance();
        });
    }

    @Override
    public void removeCheckpoint(RemoveCheckpointRequest request, StreamObserver<RemoveCheckpointReply> caller) {
        Answers.answer(caller, "remove checkpoint " + request.getCheckpoint().getCheckpointId(), () -> {
            backups.removeCheckpoint(request);
            return RemoveCheckpointReply.getDefaultInstance();
        });
    }

    private static void machine(
            StreamObserver<MachineState> caller, String verb, String id, Callable<MachineState> action) {
        Answers.answer(caller, verb + " machine " + id, action);
    }
}
