package org.bellwether.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A QEMU that hosts of a lab have in the place of the machine's own. Before version 9 a machine that is emulated loses some of
 * what it writes while it is migrated, and a large one does not survive that; see {@code lab/qemu/build}, which fetches it.
 */
record NewerQemu(Path root) {
    private static final Pattern VERSION = Pattern.compile("version (\\d+)");
    private static final int FIRST_SOUND = 9;
    private static final List<String> PARTS = List.of(
            "usr/bin/qemu-system-x86_64", "usr/share/qemu", "usr/share/seabios", "usr/lib/x86_64-linux-gnu/qemu");

    /** The one that {@code bw} has fetched; none where there was none to be had. */
    static Optional<NewerQemu> fetched() {
        String key = Command.run(SourceTree.root().resolve("lab/qemu/build").toString(), "key")
                .strip();
        Path root = Path.of(System.getProperty("user.home"), ".cache/bellwether/qemu-" + key);
        return Files.isDirectory(root) ? Optional.of(new NewerQemu(root)) : Optional.empty();
    }

    /** For hosts whose machines move; none where the machine's own forgets nothing either. */
    static Optional<NewerQemu> forMoves() {
        return needless() ? Optional.empty() : fetched();
    }

    /** Whether the machine's own forgets nothing either. */
    static boolean needless() {
        Matcher version = VERSION.matcher(Command.run("qemu-system-x86_64", "--version"));
        return version.find() && Integer.parseInt(version.group(1)) >= FIRST_SOUND;
    }

    /** What is seen instead of which path: target to source. */
    Map<Path, Path> binds() {
        Map<Path, Path> binds = new LinkedHashMap<>();
        PARTS.forEach(part -> binds.put(Path.of("/", part), root.resolve(part)));
        return binds;
    }
}
