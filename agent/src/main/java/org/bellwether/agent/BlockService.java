package org.bellwether.agent;

import io.grpc.stub.StreamObserver;
import java.util.List;
import org.bellwether.agent.storage.BlockCalls;
import org.bellwether.agent.vm.VirtualMachines;
import org.bellwether.protocol.BlockAgentGrpc;
import org.bellwether.protocol.DomainDescription;
import org.bellwether.protocol.DomainRequest;
import org.bellwether.protocol.ExtendDomainRequest;
import org.bellwether.protocol.GrowVolumeRequest;
import org.bellwether.protocol.IscsiTarget;
import org.bellwether.protocol.IscsiTargets;
import org.bellwether.protocol.ListLunsReply;
import org.bellwether.protocol.ListLunsRequest;
import org.bellwether.protocol.Lun;
import org.bellwether.protocol.ReduceDomainRequest;
import org.bellwether.protocol.ReduceState;
import org.bellwether.protocol.RefreshLunRequest;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeRequest;

/** The engine's calls about block storage, handed to the storage room. */
final class BlockService extends BlockAgentGrpc.BlockAgentImplBase {
    private final BlockCalls block;
    private final VirtualMachines machines;

    BlockService(BlockCalls block, VirtualMachines machines) {
        this.block = block;
        this.machines = machines;
    }

    @Override
    public void discoverTargets(IscsiTarget request, StreamObserver<IscsiTargets> caller) {
        Answers.answer(
                caller, "discover iSCSI targets at " + request.getAddress(), () -> targets(block.discover(request)));
    }

    @Override
    public void loginTarget(IscsiTarget request, StreamObserver<IscsiTargets> caller) {
        Answers.answer(caller, "log in to " + request.getTarget(), () -> targets(block.login(request)));
    }

    @Override
    public void logoutTarget(IscsiTarget request, StreamObserver<IscsiTargets> caller) {
        Answers.answer(caller, "log out of " + request.getTarget(), () -> targets(block.logout(request)));
    }

    private static IscsiTargets targets(List<IscsiTarget> targets) {
        return IscsiTargets.newBuilder().addAllTargets(targets).build();
    }

    @Override
    public void listLuns(ListLunsRequest request, StreamObserver<ListLunsReply> caller) {
        Answers.answer(
                caller,
                "list LUNs",
                () -> ListLunsReply.newBuilder()
                        .addAllLuns(block.luns(request.getRescan()))
                        .build());
    }

    @Override
    public void refreshLun(RefreshLunRequest request, StreamObserver<Lun> caller) {
        Answers.answer(caller, "look at LUN " + request.getLunId(), () -> {
            Lun lun = block.refreshLun(request.getLunId());
            if (!request.getMachineId().isEmpty()) {
                machines.resizeDisk(request.getMachineId(), request.getDiskId(), lun.getBytes());
            }
            return lun;
        });
    }

    @Override
    public void extendDomain(ExtendDomainRequest request, StreamObserver<DomainDescription> caller) {
        Answers.answer(caller, "extend storage domain " + request.getDomainId(), () -> block.extendDomain(request));
    }

    @Override
    public void refreshDomain(DomainRequest request, StreamObserver<DomainDescription> caller) {
        Answers.answer(caller, "refresh storage domain " + request.getDomainId(), () -> block.refreshDomain(request));
    }

    @Override
    public void reduceDomain(ReduceDomainRequest request, StreamObserver<ReduceState> caller) {
        Answers.answer(
                caller, "take LUNs out of storage domain " + request.getDomainId(), () -> block.reduceDomain(request));
    }

    @Override
    public void growVolume(GrowVolumeRequest request, StreamObserver<VolumeDescription> caller) {
        Answers.answer(caller, "grow volume " + request.getVolume().getVolumeId(), () -> block.growVolume(request));
    }

    @Override
    public void refreshVolume(VolumeRequest request, StreamObserver<VolumeDescription> caller) {
        Answers.answer(
                caller, "refresh volume " + request.getVolume().getVolumeId(), () -> block.refreshVolume(request));
    }
}
