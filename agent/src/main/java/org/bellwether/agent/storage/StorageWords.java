package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;

/** Gives what the kernel says of storage its code and the words of what to do about it. */
final class StorageWords {
    private StorageWords() {}

    static Refusal refusal(String what, IOException e) {
        String words =
                e instanceof NoSuchFileException ? "there is no " + e.getMessage() : String.valueOf(e.getMessage());
        String lower = words.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("quota exceeded")) {
            return Refusal.of(Error.Code.NO_SPACE, "Could not " + what)
                    .because(words)
                    .next("Free or add space on the storage.");
        }
        if (lower.contains("permission") || lower.contains("not permitted") || lower.contains("read-only")) {
            return Refusal.of(Error.Code.REFUSED, "Could not " + what)
                    .because(words)
                    .next(
                            "Hosts are user and group 36 there: let the directory belong to 36:36 with mode 0755 on its server (a"
                                    + " Gluster volume: set storage.owner-uid and storage.owner-gid to 36), and export it for writing.");
        }
        return Refusal.of(Error.Code.UNREACHABLE, "Could not " + what)
                .because(words)
                .next("Check the storage on the host.");
    }
}
