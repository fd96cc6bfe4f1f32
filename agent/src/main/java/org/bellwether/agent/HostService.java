package org.bellwether.agent;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.bellwether.agent.host.HostDevices;
import org.bellwether.agent.host.HostFacts;
import org.bellwether.protocol.AgentGrpc;
import org.bellwether.protocol.DescribeRequest;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.ListHostDevicesReply;
import org.bellwether.protocol.ListHostDevicesRequest;
import org.bellwether.protocol.Report;
import org.bellwether.protocol.WatchRequest;

/** What the host is, and the long stream. */
final class HostService extends AgentGrpc.AgentImplBase {
    private final HostFacts host;
    private final Watching watching;

    HostService(HostFacts host, Watching watching) {
        this.host = host;
        this.watching = watching;
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<HostDescription> caller) {
        Answers.answer(caller, "describe the host", host::describe);
    }

    @Override
    public void listHostDevices(ListHostDevicesRequest request, StreamObserver<ListHostDevicesReply> caller) {
        Answers.answer(
                caller,
                "list the host's devices",
                () -> ListHostDevicesReply.newBuilder()
                        .addAllDevices(new HostDevices().list())
                        .build());
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<Report> caller) {
        watching.watch(request, (ServerCallStreamObserver<Report>) caller);
    }
}
