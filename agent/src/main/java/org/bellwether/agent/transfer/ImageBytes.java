package org.bellwether.agent.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** What is behind a transfer. Used by several threads at once. */
interface ImageBytes extends AutoCloseable {
    /** How many bytes there are now. */
    long size() throws IOException;

    /** How many there may be; more are refused. */
    long most();

    /** Fills the buffer. */
    void read(ByteBuffer into, long offset) throws IOException;

    /** Writes all of the buffer. */
    void write(ByteBuffer from, long offset) throws IOException;

    /** Has a run read as zeroes, and grow what can grow up to its end. */
    void zero(long offset, long length) throws IOException;

    /** What was written before is on storage when this returns. */
    void flush() throws IOException;

    /** Whether this can be told of its runs. */
    boolean tells(Run.Context context);

    /** Its runs, in order and without gaps. */
    List<Run> runs(Run.Context context) throws IOException;

    @Override
    void close();
}
