package org.bellwether.agent;

import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.function.Consumer;
import org.bellwether.agent.storage.Archives;
import org.bellwether.agent.storage.Storage;
import org.bellwether.agent.vm.VirtualMachines;
import org.bellwether.protocol.AgentGrpc;
import org.bellwether.protocol.CopyImageRequest;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.DeleteImageReply;
import org.bellwether.protocol.DeleteVolumeReply;
import org.bellwether.protocol.DomainRequest;
import org.bellwether.protocol.ExtendVolumeRequest;
import org.bellwether.protocol.ForgetTaskReply;
import org.bellwether.protocol.ImageDescription;
import org.bellwether.protocol.ImageRequest;
import org.bellwether.protocol.ListImagesReply;
import org.bellwether.protocol.MergeState;
import org.bellwether.protocol.MergeVolumesRequest;
import org.bellwether.protocol.SealImagesRequest;
import org.bellwether.protocol.TakeSnapshotReply;
import org.bellwether.protocol.TakeSnapshotRequest;
import org.bellwether.protocol.TaskRequest;
import org.bellwether.protocol.TaskState;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeRequest;

/** Images and their volumes, snapshots, and long work on them. */
final class ImageService extends AgentGrpc.AgentImplBase {
    private final VirtualMachines machines;
    private final Storage storage;
    private final Archives archives;

    ImageService(VirtualMachines machines, Storage storage, Archives archives) {
        this.machines = machines;
        this.storage = storage;
        this.archives = archives;
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
    public void sealImages(SealImagesRequest request, StreamObserver<TaskState> caller) {
        Answers.answer(caller, "seal a template", () -> archives.seal(request));
    }
}
