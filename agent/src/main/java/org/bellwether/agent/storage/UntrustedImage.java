package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;

/**
 * Looks at a qcow2 file that a stranger sent, before anything of QEMU runs with it as root. The header is read here, in
 * bounds; the tables by qemu-img in a process that can do nothing else: its own namespaces without a network, no
 * capabilities, no file of the host but programs and this one image, read-only, and limits on time, memory and files.
 */
final class UntrustedImage {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String MEMORY_BYTES = Long.toString(1L << 30);
    private static final String CPU_SECONDS = "240";
    private static final String OPEN_FILES = "64";
    private static final String FILE_BYTES = "0";
    private static final String OWNER = "36";
    /** Without a parent, whatever the header names. */
    private static final String ALONE =
            "json:{\"driver\":\"qcow2\",\"file\":{\"driver\":\"%s\",\"filename\":\"/image\"},\"backing\":null}";

    private static final int CORRUPT = 2;
    private static final int LEAKS_ONLY = 3;

    private UntrustedImage() {}

    /**
     * Returns when the image may be used.
     *
     * @param block the file is a device
     * @param parent the only backing file that it may name; empty: none
     * @throws Refusal BROKEN with what is wrong with it
     */
    static void requireHarmless(Path file, boolean block, String parent, long capacity) throws IOException {
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
        Command.Outcome outcome =
                confined(file, block, "qemu-img", "check", "-q", ALONE.formatted(block ? "host_device" : "file"))
                        .run(PATIENCE);
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

    /** The command, with the image as {@code /image} and nothing else of the host to be seen or changed. */
    static Command confined(Path image, boolean block, String program, String... arguments) {
        // Without capabilities even root reads a device only as its owner, and udev gives devices to root again and again.
        String owner = block ? ownerOf(image) : OWNER;
        List<String> words = new ArrayList<>(List.of(
                "bwrap",
                "--unshare-ipc",
                "--unshare-pid",
                "--unshare-net",
                "--unshare-uts",
                "--unshare-cgroup-try",
                "--die-with-parent",
                "--new-session",
                "--cap-drop",
                "ALL",
                "--cap-add",
                "CAP_SETUID",
                "--cap-add",
                "CAP_SETGID",
                "--clearenv",
                "--setenv",
                "LC_ALL",
                "C",
                "--ro-bind",
                "/usr",
                "/usr",
                "--symlink",
                "usr/lib",
                "/lib",
                "--symlink",
                "usr/lib64",
                "/lib64",
                block ? "--dev-bind" : "--ro-bind",
                image.toString(),
                "/image",
                "--proc",
                "/proc",
                "--dev",
                "/dev",
                "--chdir",
                "/",
                "--",
                // The two capabilities above are for this alone, and end with it.
                "/usr/bin/setpriv",
                "--reuid",
                owner,
                "--regid",
                owner,
                "--clear-groups",
                "--inh-caps",
                "-all",
                "--no-new-privs",
                "/usr/bin/prlimit",
                "--as=" + MEMORY_BYTES,
                "--cpu=" + CPU_SECONDS,
                "--nofile=" + OPEN_FILES,
                "--fsize=" + FILE_BYTES,
                "--core=0",
                "/usr/bin/" + program));
        words.addAll(List.of(arguments));
        return new Command(words, null);
    }

    private static String ownerOf(Path device) {
        try {
            return String.valueOf(Files.getAttribute(device, "unix:uid"));
        } catch (IOException e) {
            return "0"; // the program will say what is wrong with it
        }
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
