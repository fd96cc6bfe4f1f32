package org.bellwether.engine.platform.http;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.bellwether.engine.platform.Secret;

/**
 * A place that clients reach over TLS with a WebSocket. The connection is up before anybody is asked whether the client may
 * come in: browsers tell a page why a connection was closed, and not why it was refused.
 */
@FunctionalInterface
public interface SocketPlace {
    /** The codes with which a connection is closed, as the protocol numbers them. */
    int ENDED = 1000;

    int NOT_ALLOWED = 1008;
    int FAILED = 1011;
    int LATER = 1013;

    /**
     * A client has come.
     *
     * @return what takes what the client sends; it may be closed already
     */
    Talk opened(Visit visit, Peer peer);

    /**
     * Who has come, and where to.
     *
     * @param path what the variable parts of the place's path are, in order
     * @param ticket the parameter of that name, or empty
     * @param bearer the access token, from clients that can send one
     * @param remote the client's address
     */
    record Visit(java.util.List<String> path, String ticket, Optional<Secret> bearer, String remote) {}

    /** The client's end. */
    interface Peer {
        /** Sends one binary message; {@code sent} runs when it has left, and the next one is to wait for that. */
        void send(ByteBuffer message, Runnable sent);

        /** Ends the connection; the reason is cut to what the protocol takes. Does nothing when it is closed. */
        void close(int code, String reason);
    }

    /** The engine's end. Called by one thread at a time; while a call lasts, nothing more is read from the client. */
    interface Talk {
        void received(ByteBuffer message);

        void closed();
    }
}
