package org.bellwether.agent.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.StorageConnection;

/**
 * How NFS is mounted: "soft", so that a dead server ends in an error instead of a hang, and with a timeout that is not
 * below sanlock's of 10 s. Version 3, and whatever client and server agree on, go without the lock manager's daemon.
 */
final class NfsOptions {
    private static final Pattern VERSION = Pattern.compile("3|4|4\\.[0-2]");
    private static final int TIMEOUT_DS = 100;
    private static final int RETRANSMISSIONS = 3;

    private NfsOptions() {}

    /** @param more what a person added; it comes last and wins */
    static String of(StorageConnection connection, String more) {
        List<String> options = new ArrayList<>(List.of("soft", "nosharecache"));
        options.add("timeo=" + or(connection.getNfsTimeoutDs(), TIMEOUT_DS));
        options.add("retrans=" + or(connection.getNfsRetransmissions(), RETRANSMISSIONS));
        String version = connection.getNfsVersion();
        if (!version.isEmpty()) {
            if (!VERSION.matcher(version).matches()) {
                throw Refusal.badRequest("There is no NFS version \"" + version + "\"")
                        .next("Give 3, 4, 4.0, 4.1 or 4.2, or leave it out.");
            }
            options.add("nfsvers=" + version);
        }
        if (!version.startsWith("4") && !List.of(more.split(",")).contains("lock")) {
            options.add("nolock");
        }
        if (!more.isEmpty()) {
            options.add(more);
        }
        return String.join(",", options);
    }

    private static int or(int given, int otherwise) {
        return given == 0 ? otherwise : given;
    }
}
