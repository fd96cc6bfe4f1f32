package org.bellwether.agent;

import io.grpc.stub.StreamObserver;
import org.bellwether.agent.power.FenceAgents;
import org.bellwether.protocol.FenceReply;
import org.bellwether.protocol.FenceRequest;
import org.bellwether.protocol.PowerAgentGrpc;

/** The engine's calls about the power of other hosts. */
final class PowerService extends PowerAgentGrpc.PowerAgentImplBase {
    private final FenceAgents agents = new FenceAgents();

    @Override
    public void fence(FenceRequest request, StreamObserver<FenceReply> caller) {
        Answers.answer(caller, "fence a host", () -> agents.fence(request));
    }
}
