package org.bellwether.libvirt;

import java.util.Set;
import org.bellwether.libvirt.flags.BlockCommitFlag;
import org.jspecify.annotations.Nullable;

/**
 * Which layers of a disk's chain go into which.
 *
 * @param disk target in the guest, such as {@code vda}
 * @param base layer that receives, by path or {@code vda[index]}; null: the bottom one, or the next with {@code SHALLOW}
 * @param top layer that goes away, likewise; null: the active one, which needs {@code ACTIVE}
 * @param bandwidth bytes a second; 0: no limit
 */
public record BlockCommit(
        String disk, @Nullable String base, @Nullable String top, long bandwidth, Set<BlockCommitFlag> flags) {
    public BlockCommit {
        flags = Set.copyOf(flags);
    }

    public static BlockCommit of(String disk, BlockCommitFlag... flags) {
        return new BlockCommit(disk, null, null, 0, Set.of(flags));
    }

    public BlockCommit base(String value) {
        return new BlockCommit(disk, value, top, bandwidth, flags);
    }

    public BlockCommit top(String value) {
        return new BlockCommit(disk, base, value, bandwidth, flags);
    }

    public BlockCommit bandwidth(long bytesPerSecond) {
        return new BlockCommit(disk, base, top, bytesPerSecond, flags);
    }
}
