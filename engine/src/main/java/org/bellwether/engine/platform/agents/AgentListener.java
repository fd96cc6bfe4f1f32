package org.bellwether.engine.platform.agents;

import java.util.UUID;
import org.bellwether.protocol.Report;

/**
 * Hears what agents report. The calls for one host come one after another, on that host's own thread; what is slow must
 * be handed on, because the next report waits.
 */
public interface AgentListener {

    void reported(UUID hostId, Report report);

    /** The stream to the host broke, or could not be opened; it is tried again. */
    void lost(UUID hostId, String why);
}
