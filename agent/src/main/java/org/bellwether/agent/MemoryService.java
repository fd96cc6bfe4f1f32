package org.bellwether.agent;

import io.grpc.stub.StreamObserver;
import org.bellwether.agent.memory.MemoryKeeper;
import org.bellwether.protocol.KeepMemoryReply;
import org.bellwether.protocol.MemoryAgentGrpc;
import org.bellwether.protocol.MemoryPolicy;

/** What the engine says about the memory of this host's machines. */
final class MemoryService extends MemoryAgentGrpc.MemoryAgentImplBase {
    private final MemoryKeeper keeper;

    MemoryService(MemoryKeeper keeper) {
        this.keeper = keeper;
    }

    @Override
    public void keepMemory(MemoryPolicy request, StreamObserver<KeepMemoryReply> caller) {
        Answers.answer(caller, "learn what to do when memory runs low", () -> {
            keeper.keep(request);
            return KeepMemoryReply.getDefaultInstance();
        });
    }
}
