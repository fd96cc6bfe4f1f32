package org.bellwether.agent;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bellwether.protocol.AgentGrpc;

/**
 * One gRPC service answered by several classes. A class answers the calls whose methods it declares; one that nobody
 * declares, or two do, is a mistake that shows at the agent's start.
 */
record ServiceParts(List<AgentGrpc.AgentImplBase> parts) implements BindableService {
    ServiceParts {
        parts = List.copyOf(parts);
    }

    @Override
    public ServerServiceDefinition bindService() {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(AgentGrpc.getServiceDescriptor());
        List<ServerServiceDefinition> bound =
                parts.stream().map(AgentGrpc.AgentImplBase::bindService).toList();
        for (MethodDescriptor<?, ?> method : AgentGrpc.getServiceDescriptor().getMethods()) {
            service.addMethod(bound.get(answering(method)).getMethod(method.getFullMethodName()));
        }
        return service.build();
    }

    private int answering(MethodDescriptor<?, ?> method) {
        String bare = String.valueOf(method.getBareMethodName());
        String name = bare.substring(0, 1).toLowerCase(Locale.ROOT) + bare.substring(1);
        int found = -1;
        for (int at = 0; at < parts.size(); at++) {
            if (Arrays.stream(parts.get(at).getClass().getDeclaredMethods())
                    .anyMatch(declared -> declared.getName().equals(name))) {
                if (found >= 0) {
                    throw new IllegalStateException("The call " + bare + " is answered twice");
                }
                found = at;
            }
        }
        if (found < 0) {
            throw new IllegalStateException("The call " + bare + " is answered by nobody");
        }
        return found;
    }
}
