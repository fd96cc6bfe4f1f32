package org.bellwether.agent;

import io.grpc.stub.StreamObserver;
import org.bellwether.agent.cockpit.Cockpit;
import org.bellwether.protocol.CockpitAgentGrpc;
import org.bellwether.protocol.VouchReply;
import org.bellwether.protocol.VouchRequest;

/** What the engine says about people who want into this host's Cockpit. */
final class CockpitService extends CockpitAgentGrpc.CockpitAgentImplBase {
    private final Cockpit cockpit;

    CockpitService(Cockpit cockpit) {
        this.cockpit = cockpit;
    }

    @Override
    public void vouch(VouchRequest request, StreamObserver<VouchReply> caller) {
        Answers.answer(caller, "let somebody into Cockpit", () -> cockpit.vouch(request));
    }
}
