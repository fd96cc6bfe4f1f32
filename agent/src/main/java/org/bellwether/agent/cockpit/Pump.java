package org.bellwether.agent.cockpit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Carries bytes both ways between two who talk, until one of them ends. */
final class Pump {
    private static final int CHUNK = 16 * 1024;

    private Pump() {}

    /**
     * Returns when either side has ended.
     *
     * @param over ends both sides, so that nobody waits for more
     */
    static void both(InputStream in, OutputStream out, InputStream backIn, OutputStream backOut, Runnable over)
            throws InterruptedException {
        Thread back = Thread.ofVirtual().start(() -> one(backIn, backOut, over));
        one(in, out, over);
        back.join();
    }

    private static void one(InputStream in, OutputStream out, Runnable over) {
        byte[] chunk = new byte[CHUNK];
        try {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                out.write(chunk, 0, read);
                out.flush();
            }
        } catch (IOException ended) {
            // So do those who go away.
        } finally {
            over.run();
        }
    }
}
