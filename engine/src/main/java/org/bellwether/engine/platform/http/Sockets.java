package org.bellwether.engine.platform.http;

import io.javalin.config.JavalinConfig;
import io.javalin.websocket.WsConfig;
import io.javalin.websocket.WsConnectContext;
import io.javalin.websocket.WsContext;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.bellwether.engine.platform.Secret;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** WebSockets, where Javalin ends: turns its contexts into visits to {@link SocketPlace}s. */
final class Sockets {
    private static final Logger log = LoggerFactory.getLogger(Sockets.class);

    private static final int CONNECTIONS = 1_000;
    /** Nothing that a client types, moves or pastes is longer. */
    private static final int LARGEST_MESSAGE = 1 << 20;

    private static final Duration PING = Duration.ofSeconds(20);
    /** The protocol's own limit is 123 bytes. */
    private static final int LONGEST_REASON = 120;

    private final Semaphore free = new Semaphore(CONNECTIONS);
    private final Map<String, Open> open = new ConcurrentHashMap<>();

    private record Open(SocketPlace.Talk talk) {}

    void configure(JavalinConfig config, Map<String, SocketPlace> places) {
        config.jetty.modifyWebSocketServletFactory(factory -> {
            factory.setMaxBinaryMessageSize(LARGEST_MESSAGE);
            factory.setMaxTextMessageSize(LARGEST_MESSAGE);
            factory.setIdleTimeout(PING.multipliedBy(3));
        });
        places.forEach((path, place) -> config.routes.ws(path, socket -> serve(socket, path, place)));
    }

    private void serve(WsConfig socket, String path, SocketPlace place) {
        socket.onConnect(context -> connected(context, path, place));
        socket.onBinaryMessage(context -> received(context, context.data()));
        socket.onMessage(
                context -> received(context, ByteBuffer.wrap(context.message().getBytes(StandardCharsets.UTF_8))));
        socket.onClose(this::gone);
        socket.onError(context -> log.debug("A WebSocket at {} broke", path, context.error()));
    }

    private void connected(WsConnectContext context, String path, SocketPlace place) {
        Peer peer = new Peer(context.session);
        if (!context.session.isSecure()) {
            peer.close(SocketPlace.NOT_ALLOWED, "Use wss, and the port of https");
            return;
        }
        if (!free.tryAcquire()) {
            peer.close(SocketPlace.LATER, "So many connections are open that no more are taken");
            return;
        }
        try {
            SocketPlace.Talk talk = place.opened(visit(context, path), peer);
            open.put(context.sessionId(), new Open(talk));
            context.enableAutomaticPings(PING.toSeconds(), TimeUnit.SECONDS);
            if (!context.session.isOpen()) {
                gone(context);
            }
        } catch (RuntimeException defect) {
            free.release();
            log.error("A WebSocket at {} could not be opened", path, defect);
            peer.close(SocketPlace.FAILED, "The engine met a defect; its log has the details");
        }
    }

    private static SocketPlace.Visit visit(WsConnectContext context, String path) {
        List<String> parts = java.util.Arrays.stream(path.split("/"))
                .filter(part -> part.startsWith("{"))
                .map(part -> context.pathParam(part.substring(1, part.length() - 1)))
                .toList();
        Optional<Secret> bearer = Bearer.of(Optional.ofNullable(context.header("Authorization")));
        String remote = context.session.getRemoteSocketAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress()
                : "";
        return new SocketPlace.Visit(
                parts, Optional.ofNullable(context.queryParam("ticket")).orElse(""), bearer, remote);
    }

    private void received(WsContext context, ByteBuffer message) {
        Open now = open.get(context.sessionId());
        if (now != null) {
            now.talk().received(message);
        }
    }

    private void gone(WsContext context) {
        Open last = open.remove(context.sessionId());
        if (last != null) {
            free.release();
            last.talk().closed();
        }
    }

    private record Peer(Session session) implements SocketPlace.Peer {
        @Override
        public void send(ByteBuffer message, Runnable sent) {
            session.sendBinary(message, new Callback() {
                @Override
                public void succeed() {
                    sent.run();
                }

                @Override
                public void fail(Throwable gone) {
                    // The end of the connection is told by itself.
                    log.debug("A client of a WebSocket went away", gone);
                }
            });
        }

        @Override
        public void close(int code, String reason) {
            session.close(code, cut(reason), Callback.NOOP);
        }

        private static String cut(String reason) {
            String text = reason;
            while (text.getBytes(StandardCharsets.UTF_8).length > LONGEST_REASON) {
                text = text.substring(0, text.length() - 1);
            }
            return text;
        }
    }
}
