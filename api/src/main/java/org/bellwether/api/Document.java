package org.bellwether.api;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;

/** What {@link Codec} wrote, ready to be sent. Does not change any more; may be read by any thread that was handed it. */
public final class Document {
    private final Bytes bytes;

    Document(Bytes bytes) {
        this.bytes = bytes;
    }

    public void writeTo(OutputStream out) throws IOException {
        bytes.writeTo(out);
    }

    /** Feeds all of it to {@code digest}. */
    public void digest(MessageDigest digest) {
        bytes.digest(digest);
    }

    public byte[] toArray() {
        return bytes.toArray();
    }
}
