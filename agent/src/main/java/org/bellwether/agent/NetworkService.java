package org.bellwether.agent;

import io.grpc.stub.StreamObserver;
import org.bellwether.agent.network.HostNetworking;
import org.bellwether.protocol.CommitNetworksRequest;
import org.bellwether.protocol.InspectNetworksRequest;
import org.bellwether.protocol.NetworkAgentGrpc;
import org.bellwether.protocol.NetworkChange;
import org.bellwether.protocol.NetworkChangeRequest;
import org.bellwether.protocol.SetUpNetworksRequest;

/** The engine's calls about the host's networks. */
final class NetworkService extends NetworkAgentGrpc.NetworkAgentImplBase {
    private final HostNetworking networking;

    NetworkService(HostNetworking networking) {
        this.networking = networking;
    }

    @Override
    public void setUpNetworks(SetUpNetworksRequest request, StreamObserver<NetworkChange> caller) {
        Answers.answer(caller, "set up the host's networks", () -> networking.setUp(request));
    }

    @Override
    public void confirmNetworks(NetworkChangeRequest request, StreamObserver<NetworkChange> caller) {
        Answers.answer(caller, "confirm the host's networks", () -> networking.confirm(request.getChangeId()));
    }

    @Override
    public void revertNetworks(NetworkChangeRequest request, StreamObserver<NetworkChange> caller) {
        Answers.answer(caller, "take back the host's networks", () -> networking.revert(request.getChangeId()));
    }

    @Override
    public void commitNetworks(CommitNetworksRequest request, StreamObserver<NetworkChange> caller) {
        Answers.answer(caller, "save the host's networks", networking::commit);
    }

    @Override
    public void inspectNetworks(InspectNetworksRequest request, StreamObserver<NetworkChange> caller) {
        Answers.answer(caller, "look at the host's networks", networking::inspect);
    }
}
