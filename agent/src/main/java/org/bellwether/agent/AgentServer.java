package org.bellwether.agent;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.bellwether.agent.identity.EngineOnly;
import org.bellwether.agent.identity.LiveIdentity;

/** Listens for the engine, over mutual TLS. */
final class AgentServer implements AutoCloseable {
    private static final int MOST_MESSAGE_BYTES = 4 << 20;
    private static final int STOPPING_SECONDS = 5;

    private final ExecutorService handlers;
    private final Server server;

    private AgentServer(ExecutorService handlers, Server server) {
        this.handlers = handlers;
        this.server = server;
    }

    static AgentServer start(AgentConfig config, LiveIdentity identity, BindableService... services)
            throws IOException {
        SslContext tls = GrpcSslContexts.configure(SslContextBuilder.forServer(identity), SslProvider.JDK)
                .trustManager(EngineOnly.of(identity))
                .clientAuth(ClientAuth.REQUIRE)
                .build();
        ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(config.listenAddress(), config.listenPort()))
                .sslContext(tls)
                .executor(handlers)
                .maxInboundMessageSize(MOST_MESSAGE_BYTES)
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(20, TimeUnit.SECONDS)
                .keepAliveTimeout(20, TimeUnit.SECONDS);
        for (BindableService service : services) {
            builder.addService(service);
        }
        return new AgentServer(handlers, builder.build().start());
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(STOPPING_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        handlers.shutdownNow();
    }
}
