package org.bellwether.engine.platform.agents;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.bellwether.engine.platform.trace.CurrentSpan;
import org.bellwether.engine.platform.trace.Span;

/** Has the questions to a host told of as parts of what they are asked for; the agent is told of which trace they are. */
final class TracedCalls implements ClientInterceptor {
    private static final Metadata.Key<String> TRACEPARENT =
            Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

    private final String host;

    TracedCalls(String host) {
        this.host = host;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        ClientCall<Q, A> call = next.newCall(method, options);
        var current = CurrentSpan.get();
        if (current.isEmpty()) {
            return call;
        }
        var span = current.get()
                .call(method.getFullMethodName())
                .note("rpc.system", "grpc")
                .note("server.address", host);
        return new Told<>(call, span);
    }

    private static final class Told<Q, A> extends ForwardingClientCall.SimpleForwardingClientCall<Q, A> {
        private final Span span;

        Told(ClientCall<Q, A> call, Span span) {
            super(call);
            this.span = span;
        }

        @Override
        public void start(Listener<A> listener, Metadata headers) {
            span.traceparent().ifPresent(parent -> headers.put(TRACEPARENT, parent));
            super.start(new Ending<>(listener, span), headers);
        }
    }

    private static final class Ending<A> extends ForwardingClientCallListener.SimpleForwardingClientCallListener<A> {
        private final Span span;

        Ending(ClientCall.Listener<A> listener, Span span) {
            super(listener);
            this.span = span;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (!status.isOk()) {
                span.failed(status.getCode() + (status.getDescription() == null ? "" : ": " + status.getDescription()));
            }
            span.end();
            super.onClose(status, trailers);
        }
    }
}
