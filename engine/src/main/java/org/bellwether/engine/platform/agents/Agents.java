package org.bellwether.engine.platform.agents;

import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.pki.Identity;
import org.bellwether.protocol.IdentityAgentGrpc;
import org.bellwether.protocol.Report;

/** The lanes to all hosts. */
public final class Agents implements AutoCloseable {

    /** Handshakes at once: each costs some 20 ms of processor time, and after a restart every host wants one. */
    private static final int HANDSHAKES_AT_ONCE = 16;

    private final Map<UUID, HostAgent> lanes = new ConcurrentHashMap<>();
    private final Semaphore handshakes = new Semaphore(HANDSHAKES_AT_ONCE);
    private final EngineKey key;
    private volatile List<X509Certificate> authorities;
    private final java.util.concurrent.CopyOnWriteArrayList<AgentListener> listeners =
            new java.util.concurrent.CopyOnWriteArrayList<>();

    /**
     * @param shown what to show to hosts, for each authority that they may trust; the one to prefer first
     * @param authorities whose certificates hosts may show
     */
    public Agents(List<Identity> shown, List<X509Certificate> authorities) {
        this.key = new EngineKey(shown);
        this.authorities = List.copyOf(authorities);
    }

    /** From now on new connections show these, and trust those authorities. */
    public void show(List<Identity> newer, List<X509Certificate> trusted) {
        key.show(newer);
        authorities = List.copyOf(trusted);
    }

    /**
     * Asks a host whose certificate has expired one thing: for its renewal, and for nothing else. Its key still proves who it
     * is, for the authority once signed it.
     */
    public <T> T askExpired(
            HostAddress host, Duration deadline, Function<IdentityAgentGrpc.IdentityAgentBlockingStub, T> question) {
        var channel = NettyChannelBuilder.forAddress(host.address(), host.port())
                .sslContext(tls(HostTrust.expiredToo(() -> authorities, host.hostId())))
                .build();
        try {
            return question.apply(IdentityAgentGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS));
        } catch (StatusRuntimeException e) {
            throw AgentErrors.explain(host.hostName(), e).from(e);
        } finally {
            channel.shutdownNow();
        }
    }

    /** Listeners hear in the order in which they were added. */
    public void listen(AgentListener listener) {
        listeners.add(listener);
    }

    /** Opens the lane to a host, or moves it when its address changed. */
    public void connect(HostAddress host) {
        lanes.compute(host.hostId(), (id, lane) -> {
            if (lane != null && lane.host().equals(host)) {
                return lane;
            }
            if (lane != null) {
                lane.close();
            }
            return new HostAgent(
                    host, tls(new HostTrust(() -> authorities, host.hostId())), new Everyone(), handshakes);
        });
    }

    public void disconnect(UUID hostId) {
        var lane = lanes.remove(hostId);
        if (lane != null) {
            lane.close();
        }
    }

    public boolean connected(UUID hostId) {
        var lane = lanes.get(hostId);
        return lane != null && lane.connected();
    }

    public Optional<HostAgent> lane(UUID hostId) {
        return Optional.ofNullable(lanes.get(hostId));
    }

    /**
     * The agent of a host, waiting for it to be connected when it is not.
     *
     * @throws Failure UNAVAILABLE when it is not connected within {@code patience}
     */
    public HostAgent of(UUID hostId, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        var lane = awaitLane(hostId, deadline);
        if (!lane.awaitConnected(Duration.ofNanos(deadline - System.nanoTime()))) {
            throw Failure.unavailable("The host " + lane.host().hostName() + " does not answer")
                    .because("its agent at " + lane.host().address() + ":"
                            + lane.host().port() + " was not reached within " + patience.toSeconds() + " s")
                    .next("Check that the host is up, reachable and its agent runs");
        }
        return lane;
    }

    /** Operations that go on after a restart may ask before the lanes are opened. */
    private HostAgent awaitLane(UUID hostId, long deadline) {
        while (true) {
            var lane = lanes.get(hostId);
            if (lane != null) {
                return lane;
            }
            boolean late = System.nanoTime() > deadline;
            try {
                Thread.sleep(late ? 0 : 50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                late = true;
            }
            if (late) {
                throw Failure.unavailable("The host " + hostId + " is not connected to this engine")
                        .next("Add the host again, or enrol it");
            }
        }
    }

    /** For clients of what hosts serve over HTTPS: trusts certificates of the authorities of now, for the right address. */
    public SSLContext https() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new AnyHost(() -> authorities)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS to hosts cannot be set up", e);
        }
    }

    private SslContext tls(HostTrust trust) {
        try {
            return GrpcSslContexts.forClient()
                    .keyManager(key)
                    .trustManager(trust)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS to hosts cannot be set up", e);
        }
    }

    private final class Everyone implements AgentListener {
        @Override
        public void reported(UUID hostId, Report report) {
            for (var listener : listeners) {
                listener.reported(hostId, report);
            }
        }

        @Override
        public void lost(UUID hostId, String why) {
            for (var listener : listeners) {
                listener.lost(hostId, why);
            }
        }
    }

    @Override
    public void close() {
        List.copyOf(lanes.keySet()).forEach(this::disconnect);
    }
}
