package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bellwether.agent.platform.Command;

/**
 * Programs that read what strangers made, in processes that can do nothing else: namespaces of their own without a network,
 * no capabilities, no file of the host but programs and the image, read-only, and limits on time, memory and files. One that
 * copies sees the volume that it writes as well.
 */
final class Confined {
    /** The image's name in there. */
    static final String IMAGE = "/image";
    /** That of the volume which is written. */
    static final String TARGET = "/target";

    private static final String MEMORY_BYTES = Long.toString(1L << 30);
    private static final String LOOKING_CPU_SECONDS = "240";
    private static final String OPEN_FILES = "64";

    private Confined() {}

    /** Looks at an image; nothing can be written. */
    static Command looking(Path image, String program, String... arguments) throws IOException {
        List<String> words = sandbox();
        words.addAll(bound(image, IMAGE, "--ro-bind"));
        words.addAll(entered(owner(image, "uid"), owner(image, "gid")));
        words.addAll(List.of("--cpu=" + LOOKING_CPU_SECONDS, "--fsize=0", "/usr/bin/" + program));
        words.addAll(List.of(arguments));
        return new Command(words, null);
    }

    /** Reads an image and writes a volume that is there already; both are reached by their owner and their group alone. */
    static Command copying(Path image, Path target, String program, List<String> arguments) throws IOException {
        List<String> words = sandbox();
        words.addAll(bound(image, IMAGE, "--ro-bind"));
        words.addAll(bound(target, TARGET, "--bind"));
        words.addAll(entered(owner(image, "uid"), owner(target, "gid")));
        words.add("/usr/bin/" + program);
        words.addAll(arguments);
        return new Command(words, null);
    }

    private static List<String> sandbox() {
        return new ArrayList<>(List.of(
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
                "--cap-add",
                "CAP_SETPCAP",
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
                "--proc",
                "/proc",
                "--dev",
                "/dev",
                "--chdir",
                "/"));
    }

    private static List<String> bound(Path file, String name, String how) throws IOException {
        return List.of(device(file) ? "--dev-bind" : how, file.toString(), name);
    }

    private static List<String> entered(String user, String group) {
        return List.of(
                "--",
                // The three capabilities above are for this alone, and end with it, also for root.
                "/usr/bin/setpriv",
                "--reuid",
                user,
                "--regid",
                group,
                "--clear-groups",
                "--inh-caps",
                "-all",
                "--bounding-set",
                "-all",
                "--no-new-privs",
                "/usr/bin/prlimit",
                "--as=" + MEMORY_BYTES,
                "--nofile=" + OPEN_FILES,
                "--core=0");
    }

    /** Whether it is a device: those QEMU opens with a driver of their own. */
    static boolean device(Path file) throws IOException {
        return Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class)
                .isOther();
    }

    /** Without capabilities, root is a user like others: only who owns a file reads it. */
    private static String owner(Path file, String whose) throws IOException {
        return Files.getAttribute(file, "unix:" + whose).toString();
    }
}
