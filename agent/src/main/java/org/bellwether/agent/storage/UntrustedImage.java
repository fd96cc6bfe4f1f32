package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;

/**
 * Looks at a qcow2 file that a stranger sent or had made, before anything of QEMU runs with it as root. The header is read
 * here, in bounds; the tables by qemu-img in a {@link Confined} process.
 */
final class UntrustedImage {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int CORRUPT = 2;
    private static final int LEAKS_ONLY = 3;

    private UntrustedImage() {}

    /**
     * Returns when the image may be used.
     *
     * @param parent the only backing file that it may name; empty: none
     * @throws Refusal BROKEN with what is wrong with it
     */
    static void requireHarmless(Path file, String parent, long capacity) throws IOException {
        Qcow2Header header = Qcow2Header.read(file).orElseThrow(() -> refused(file, "it is no qcow2 file"));
        if (header.externalData()) {
            throw refused(file, "it stands on another file, which holds its data");
        }
        if (!header.backing().equals(parent)) {
            throw refused(file, "it stands on another file (\"" + header.backing() + "\")");
        }
        if (header.size() > capacity || header.size() < 0) {
            throw refused(
                    file, "it has " + Long.toUnsignedString(header.size()) + " bytes where the disk has " + capacity);
        }
        for (String trouble : Qcow2Limits.trouble(file)) {
            throw refused(file, trouble);
        }
        // Without a parent, whatever the header names.
        String alone =
                "json:{\"driver\":\"qcow2\",\"file\":{\"driver\":\"%s\",\"filename\":\"/image\"},\"backing\":null}"
                        .formatted(Confined.device(file) ? "host_device" : "file");
        Command.Outcome outcome =
                Confined.looking(file, "qemu-img", "check", "-q", alone).run(PATIENCE);
        if (outcome.status() == LEAKS_ONLY || outcome.worked()) {
            return;
        }
        String words = outcome.words().isEmpty() ? outcome.output().strip() : outcome.words();
        if (outcome.status() == CORRUPT) {
            throw refused(file, "its tables are corrupt: " + firstLine(words));
        }
        throw refused(
                file,
                "it could not be examined within the limits of the confined process (status " + outcome.status() + "): "
                        + firstLine(words));
    }

    private static String firstLine(String words) {
        return words.lines().findFirst().orElse("it said nothing");
    }

    private static Refusal refused(Path file, String why) {
        return Refusal.broken("What was sent into volume " + file.getFileName() + " is refused: " + why)
                .undone("The volume stays illegal")
                .next("Send a whole image without a backing file, such as qemu-img convert -O qcow2 makes.");
    }
}
