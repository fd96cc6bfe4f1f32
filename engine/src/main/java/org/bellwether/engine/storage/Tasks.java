package org.bellwether.engine.storage;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.bellwether.engine.platform.operation.Journal;

/** Names of tasks that hosts do for jobs. */
public final class Tasks {

    private Tasks() {}

    /** Always the same for one piece of one job, so that after a restart the host is asked for the task that it has. */
    public static String of(Journal journal, String what) {
        return UUID.nameUUIDFromBytes((journal.job().id() + " " + what).getBytes(StandardCharsets.UTF_8))
                .toString();
    }
}
