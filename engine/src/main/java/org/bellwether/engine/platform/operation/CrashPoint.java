package org.bellwether.engine.platform.operation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a test wants the engine to die as if killed: "kind/step name/before", "…/after" (the effect happened, the
 * journal does not know) or "…/recorded"; "@FILE" for a file that holds such a place, or nothing, and may change while the
 * engine runs. Empty in real life.
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
        String wanted = place.startsWith("@") ? read(Path.of(place.substring(1))) : place;
        if (!wanted.isEmpty() && wanted.equalsIgnoreCase(kind + "/" + step + "/" + moment)) {
            log.error("Dying at {} because crash-at says so", wanted);
            death.run();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException absent) {
            return "";
        }
    }
}
