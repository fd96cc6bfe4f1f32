package org.bellwether.agent;

import io.grpc.stub.StreamObserver;
import org.bellwether.agent.heir.Heirs;
import org.bellwether.protocol.HeirsGrpc;
import org.bellwether.protocol.InspectWillRequest;
import org.bellwether.protocol.Will;
import org.bellwether.protocol.WillState;

/** What the engine says about machines that this host is to restart without it. */
final class HeirsService extends HeirsGrpc.HeirsImplBase {
    private final Heirs heirs;

    HeirsService(Heirs heirs) {
        this.heirs = heirs;
    }

    @Override
    public void bequeath(Will request, StreamObserver<WillState> caller) {
        Answers.answer(caller, "learn which machines to restart without the engine", () -> heirs.bequeath(request));
    }

    @Override
    public void inspectWill(InspectWillRequest request, StreamObserver<WillState> caller) {
        Answers.answer(
                caller,
                "say which machines were restarted without the engine",
                () -> heirs.inspect(request.getKnownList()));
    }
}
