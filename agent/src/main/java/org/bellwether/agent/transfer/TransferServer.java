package org.bellwether.agent.transfer;

import io.grpc.netty.shaded.io.netty.bootstrap.ServerBootstrap;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.FixedRecvByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpServerCodec;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSsl;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.netty.shaded.io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.bellwether.agent.identity.HostIdentity;
import org.bellwether.agent.identity.LiveIdentity;
import org.bellwether.agent.platform.Lanes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for clients of transfers: HTTPS with this host's certificate, which is of the engine's authority, and for those
 * on this host plain HTTP at a socket that {@code OPTIONS} names, as the field's image protocol has it: a ticket is needed
 * there too. TLS is done by the library that gRPC brings along; the JVM's own is slow without its optimising compiler,
 * which the agent does without to stay small.
 */
public final class TransferServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TransferServer.class);
    private static final int MOST_CONNECTIONS = 128;
    private static final int IDLE_SECONDS = 300;
    private static final int LONGEST_LINE = 4096;
    private static final int LONGEST_HEADERS = 16 * 1024;
    /** What a socket holds for its reader, or more: it is emptied at once, since each look at it costs as much as its bytes. */
    private static final int CHUNK = 256 * 1024;

    private static final int LOOPS = 2;
    /** What one look at a socket may bring. */
    private static final int MOST_READS = TransferConnection.READ_AHEAD / CHUNK;

    private static final String LOCAL = "images";

    private final EpollEventLoopGroup loops = new EpollEventLoopGroup(LOOPS);
    private final Path local;
    private final LiveIdentity identity;
    private final Lanes lanes;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile @Nullable Channel listening;
    private @Nullable ServerBootstrap wanted;
    private @Nullable InetSocketAddress place;
    private boolean told;
    private @Nullable SslContext tls;
    private @Nullable HostIdentity shown;

    /** @param directory of this agent alone, where the socket for clients on this host is made */
    public TransferServer(LiveIdentity identity, Lanes lanes, Path directory) {
        this.identity = identity;
        this.lanes = lanes;
        this.local = directory.resolve(LOCAL);
    }

    /** Begins to listen; while the port is taken, which is told in the log, transfers are refused. */
    public synchronized void start(String address, int port, Transfers transfers) {
        wanted = server(EpollServerSocketChannel.class, transfers, true).option(ChannelOption.SO_REUSEADDR, true);
        place = new InetSocketAddress(address, port);
        lookAgain();
        listenLocally(transfers);
    }

    private ServerBootstrap server(Class<? extends ServerChannel> kind, Transfers transfers, boolean secure) {
        return new ServerBootstrap()
                .group(loops)
                .channel(kind)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(
                        ChannelOption.RCVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(CHUNK).maxMessagesPerRead(MOST_READS))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) throws SSLException {
                        accept(channel, transfers, secure);
                    }
                });
    }

    /** Who may reach the socket may do no more there than at the port; without it, clients on this host take the port. */
    private void listenLocally(Transfers transfers) {
        try {
            Files.deleteIfExists(local);
            server(EpollServerDomainSocketChannel.class, transfers, false)
                    .bind(new DomainSocketAddress(local.toFile()))
                    .sync();
            Files.setPosixFilePermissions(local, PosixFilePermissions.fromString("rw-rw-rw-"));
            transfers.servedAt(local);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) { // a library that throws what it does not declare
            LOG.warn("clients on this host must use the port: {} cannot be made: {}", local, e.toString());
        }
    }

    /** Takes the port as soon as whoever has it lets it go: a connection outwards may have got it by chance. */
    public synchronized void lookAgain() {
        ServerBootstrap bootstrap = wanted;
        InetSocketAddress address = place;
        if (listening != null || bootstrap == null || address == null || loops.isShuttingDown()) {
            return;
        }
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (bound.isSuccess()) {
            listening = bound.channel();
            if (told) {
                LOG.info("listening for transfers at {} now", address);
            }
        } else if (!told) {
            told = true;
            LOG.error("no transfers on this host until {} is free: {}", address, String.valueOf(bound.cause()));
        }
    }

    private void accept(Channel channel, Transfers transfers, boolean secure) throws SSLException {
        if (connections.incrementAndGet() > MOST_CONNECTIONS) {
            LOG.warn("more than {} connections for transfers: one is refused", MOST_CONNECTIONS);
            connections.decrementAndGet();
            channel.close();
            return;
        }
        channel.closeFuture().addListener(closed -> connections.decrementAndGet());
        if (secure) {
            channel.pipeline().addLast(context().newHandler(channel.alloc()));
        }
        channel.pipeline()
                .addLast(new IdleStateHandler(0, 0, IDLE_SECONDS, TimeUnit.SECONDS))
                .addLast(new HttpServerCodec(LONGEST_LINE, LONGEST_HEADERS, CHUNK))
                .addLast(new TransferConnection(transfers, lanes));
    }

    private synchronized SslContext context() throws SSLException {
        SslContext made = tls;
        HostIdentity now = identity.now();
        if (made == null || !now.equals(shown)) {
            made = SslContextBuilder.forServer(now.key(), now.certificate(), now.issuer())
                    .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
            tls = made;
            shown = now;
        }
        return made;
    }

    /** Where it listens; 0 when it does not. */
    public int port() {
        Channel channel = listening;
        return channel == null ? 0 : ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }
}
