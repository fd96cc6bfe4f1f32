package org.bellwether.agent.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/** One request and its answer, as HTTP has them; for one thread. */
interface Exchange {
    String method();

    /** Path and query as they were sent. */
    String target();

    Optional<String> header(String name);

    /** The body is wanted: a client that asked first is told to send it. */
    void welcome();

    /** Takes of the body what fits; less than that only at its end. */
    void take(ByteBuffer into) throws IOException;

    /** A whole answer. */
    void reply(int status, String type, String text, Map<String, String> headers);

    /** Begins an answer of that many bytes, which are then given. */
    void begin(int status, long length, Map<String, String> headers);

    /** Bytes on their way to the client; their buffer may be used again after {@link #await}. */
    interface Sent {
        void await() throws IOException;
    }

    Sent give(ByteBuffer bytes);

    void end();
}
