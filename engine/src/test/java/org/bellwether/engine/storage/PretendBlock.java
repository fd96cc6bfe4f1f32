package org.bellwether.engine.storage;

import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bellwether.protocol.BlockAgentGrpc;
import org.bellwether.protocol.DomainDescription;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.ExtendDomainRequest;
import org.bellwether.protocol.IscsiTarget;
import org.bellwether.protocol.IscsiTargets;
import org.bellwether.protocol.ListLunsReply;
import org.bellwether.protocol.ListLunsRequest;
import org.bellwether.protocol.Lun;
import org.bellwether.protocol.ReduceDomainRequest;
import org.bellwether.protocol.ReduceState;
import org.bellwether.protocol.RefreshLunRequest;

/** What a pretend host says of LUNs: those without a target are seen by all, the others by whoever has logged in. */
final class PretendBlock extends BlockAgentGrpc.BlockAgentImplBase {

    private final PretendHost host;
    private final PretendStorage storage;
    private final List<IscsiTarget> sessions = new CopyOnWriteArrayList<>();

    PretendBlock(PretendHost host, PretendStorage storage) {
        this.host = host;
        this.storage = storage;
    }

    @Override
    public void loginTarget(IscsiTarget request, StreamObserver<IscsiTargets> reply) {
        host.answer("loginTarget " + request.getUser() + ":" + request.getPassword(), reply, () -> {
            sessions.add(request);
            return IscsiTargets.newBuilder().addAllTargets(sessions).build();
        });
    }

    @Override
    public void listLuns(ListLunsRequest request, StreamObserver<ListLunsReply> reply) {
        host.answer(
                "listLuns",
                reply,
                () -> ListLunsReply.newBuilder()
                        .addAllLuns(storage.luns.values().stream()
                                .filter(lun -> lun.getTargetsList().stream()
                                        .allMatch(target -> sessions.stream()
                                                .anyMatch(session ->
                                                        session.getTarget().equals(target.getTarget()))))
                                .toList())
                        .build());
    }

    @Override
    public void refreshLun(RefreshLunRequest request, StreamObserver<Lun> reply) {
        host.answer(
                ("refreshLun " + request.getMachineId()).strip(),
                reply,
                () -> storage.luns.getOrDefault(request.getLunId(), Lun.getDefaultInstance()));
    }

    @Override
    public void extendDomain(ExtendDomainRequest request, StreamObserver<DomainDescription> reply) {
        host.answer("extendDomain", reply, DomainDescription::getDefaultInstance);
    }

    /** Says at first that it is busy, as one does that has data to move. */
    @Override
    public void reduceDomain(ReduceDomainRequest request, StreamObserver<ReduceState> reply) {
        host.answer("reduceDomain", reply, () -> {
            var place = storage.at(":" + request.getDomainId());
            if (!host.connectedTo(":" + request.getDomainId())) {
                throw PretendHost.no(Error.Code.UNREACHABLE, "it is not connected");
            }
            if (host.heard.stream().filter("reduceDomain"::equals).count() < 2) {
                return ReduceState.newBuilder().setProgressPercent(40).build();
            }
            place.computeIfPresent(request.getDomainId(), (id, domain) -> {
                var left = domain.getLunsList().stream()
                        .filter(lun -> !request.getLunIdsList().contains(lun.getId()))
                        .toList();
                return domain.toBuilder().clearLuns().addAllLuns(left).build();
            });
            request.getLunIdsList()
                    .forEach(id -> storage.luns.computeIfPresent(
                            id,
                            (any, lun) -> lun.toBuilder()
                                    .clearDomainId()
                                    .clearVolumeGroup()
                                    .build()));
            return ReduceState.newBuilder()
                    .setDone(true)
                    .setProgressPercent(100)
                    .build();
        });
    }
}
