package org.bellwether.engine.availability;

import java.util.Optional;
import org.bellwether.protocol.LeaseDescription.Holder;

/** When a machine that is written down for a host may be written down for another, so that it is started there. */
public final class Takeover {

    private Takeover() {}

    /** Whether a lease proves by its holder that the machine runs nowhere. */
    public static boolean proves(Holder holder) {
        return switch (holder) {
            case NOBODY, GONE -> true;
            case ALIVE, SILENT, NOT_KNOWN, UNRECOGNIZED -> false;
        };
    }

    /**
     * Whether what is written down is still what was proven: of another host, or of a machine that is nobody's, nothing was.
     *
     * @param written the host that a machine is written down for
     * @param proven the host on which it was proven not to run; absent: it was nobody's
     */
    public static <H> boolean allowed(Optional<H> written, Optional<H> proven) {
        return written.equals(proven);
    }
}
