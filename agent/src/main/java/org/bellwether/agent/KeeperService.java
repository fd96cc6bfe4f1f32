package org.bellwether.agent;

import io.grpc.stub.StreamObserver;
import java.util.Optional;
import org.bellwether.agent.keeper.Keeper;
import org.bellwether.protocol.InspectKeeperRequest;
import org.bellwether.protocol.KeeperGrpc;
import org.bellwether.protocol.KeeperMaintenance;
import org.bellwether.protocol.KeeperState;
import org.bellwether.protocol.KeptEngine;
import org.bellwether.protocol.LetGoRequest;

/** What the engine says about its own machine. */
final class KeeperService extends KeeperGrpc.KeeperImplBase {
    private final Keeper keeper;

    KeeperService(Keeper keeper) {
        this.keeper = keeper;
    }

    @Override
    public void keep(KeptEngine request, StreamObserver<KeeperState> caller) {
        Answers.answer(caller, "keep the engine's machine", () -> keeper.keep(request));
    }

    @Override
    public void letGo(LetGoRequest request, StreamObserver<KeeperState> caller) {
        Answers.answer(caller, "let go of the engine's machine", keeper::letGo);
    }

    @Override
    public void inspect(InspectKeeperRequest request, StreamObserver<KeeperState> caller) {
        Answers.answer(caller, "say how the engine's machine is", keeper::state);
    }

    @Override
    public void maintain(KeeperMaintenance request, StreamObserver<KeeperState> caller) {
        Answers.answer(
                caller,
                "set the maintenance of the engine's machine",
                () -> keeper.maintain(
                        request.hasLocal() ? Optional.of(request.getLocal()) : Optional.empty(),
                        request.hasGlobal() ? Optional.of(request.getGlobal()) : Optional.empty()));
    }
}
