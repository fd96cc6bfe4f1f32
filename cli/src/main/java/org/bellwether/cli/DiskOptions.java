package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What can be decided of a disk when it is made and afterwards. */
final class DiskOptions {

    @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.")
    @Nullable
    String description;

    @Option(names = "--shareable", negatable = true, description = "Whether several machines may have it.")
    @Nullable
    Boolean shareable;

    @Option(
            names = "--wipe-after-delete",
            negatable = true,
            description = "Whether it is overwritten when it is deleted.")
    @Nullable
    Boolean wipe;

    @Option(
            names = "--incremental-backup",
            negatable = true,
            description = "Whether it notes what changes, for incremental backups.")
    @Nullable
    Boolean incremental;

    @Option(names = "--profile", paramLabel = "PROFILE", description = "A disk profile with limits of its I/O, by id.")
    @Nullable
    String profile;

    void over(ObjectNode disk) {
        Optional.ofNullable(description).ifPresent(text -> disk.put("description", text));
        Optional.ofNullable(shareable).ifPresent(flag -> disk.put("shareable", flag.toString()));
        Optional.ofNullable(wipe).ifPresent(flag -> disk.put("wipe_after_delete", flag.toString()));
        Optional.ofNullable(incremental).ifPresent(flag -> disk.put("backup", flag ? "incremental" : "none"));
        Optional.ofNullable(profile)
                .ifPresent(id -> disk.putObject("disk_profile").put("id", id));
    }
}
