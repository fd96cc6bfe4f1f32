package org.bellwether.engine.platform.operation;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a test wants the engine to die as if killed: "kind/step name/before", "…/after" (the effect happened, the
 * journal does not know) or "…/recorded". Empty in real life.
 *
 * @param death what dying is; must not return
 */
public record CrashPoint(String place, Runnable death) {

    private static final Logger log = LoggerFactory.getLogger(CrashPoint.class);

    public static final CrashPoint NONE = new CrashPoint("");

    /** The whole engine dies there, as if killed. */
    public CrashPoint(String place) {
        this(place, () -> Runtime.getRuntime().halt(137));
    }

    void reached(String kind, String step, String moment) {
        if (!place.isEmpty() && place.equalsIgnoreCase(kind + "/" + step + "/" + moment)) {
            log.error("Dying at {} because crash-at says so", place);
            death.run();
        }
    }
}
