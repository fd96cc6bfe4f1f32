package org.bellwether.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.bellwether.libvirt.foreign.Layouts.BLOCK_INFO;
import static org.bellwether.libvirt.foreign.Layouts.BLOCK_JOB_INFO;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.BiFunction;
import org.bellwether.libvirt.flags.BlockCommitFlag;
import org.bellwether.libvirt.flags.BlockCopyFlag;
import org.bellwether.libvirt.flags.BlockJobAbortFlag;
import org.bellwether.libvirt.flags.BlockResizeFlag;
import org.bellwether.libvirt.flags.Flag;
import org.bellwether.libvirt.foreign.BlockFunctions;
import org.bellwether.libvirt.foreign.GuestFunctions;
import org.bellwether.libvirt.foreign.Layouts;
import org.bellwether.libvirt.foreign.Text;

/** A domain's disks and their block jobs. A disk is named by its target in the guest ({@code vda}) or by its path on the host. */
public final class DomainDisks {
    /** Bandwidths below are bytes a second, in every call. */
    private static final int PULL_BANDWIDTH_BYTES = 1 << 6;

    private static final int JOB_INFO_BANDWIDTH_BYTES = 1;
    private static final int SPEED_BANDWIDTH_BYTES = 1;

    private final Handle handle;

    DomainDisks(Handle handle) {
        this.handle = handle;
    }

    public BlockInfo info(String disk) {
        return withArena((domain, arena) -> {
            var info = arena.allocate(BLOCK_INFO);
            Call.number(BlockFunctions.DOMAIN_GET_BLOCK_INFO, domain, Text.toC(arena, disk), info, 0);
            return new BlockInfo(
                    info.get(JAVA_LONG, Layouts.offset(BLOCK_INFO, "capacity")),
                    info.get(JAVA_LONG, Layouts.offset(BLOCK_INFO, "allocation")),
                    info.get(JAVA_LONG, Layouts.offset(BLOCK_INFO, "physical")));
        });
    }

    /** Gives a running machine's disk a new size in bytes. */
    public void resize(String disk, long bytes) {
        withArena((domain, arena) -> Call.number(
                BlockFunctions.DOMAIN_BLOCK_RESIZE,
                domain,
                Text.toC(arena, disk),
                bytes,
                BlockResizeFlag.BYTES.bits()));
    }

    /** Begins to commit layers into one below; a commit of the active layer waits for {@link #abort} with {@code PIVOT} when it is ready. */
    public void commit(BlockCommit commit) {
        int bits = Flag.union(commit.flags()) | BlockCommitFlag.BANDWIDTH_BYTES.bits();
        withArena((domain, arena) -> Call.number(
                BlockFunctions.DOMAIN_BLOCK_COMMIT,
                domain,
                Text.toC(arena, commit.disk()),
                Text.toC(arena, commit.base()),
                Text.toC(arena, commit.top()),
                commit.bandwidth(),
                bits));
    }

    /** Begins to copy all layers below into the active one, which ends without a parent. Bandwidth in bytes a second; 0: no limit. */
    public void pull(String disk, long bandwidth) {
        withArena((domain, arena) -> Call.number(
                BlockFunctions.DOMAIN_BLOCK_REBASE,
                domain,
                Text.toC(arena, disk),
                MemorySegment.NULL,
                bandwidth,
                PULL_BANDWIDTH_BYTES));
    }

    /** As {@link #pull}, of the layers above {@code base} only; {@code base} stays the parent. */
    public void pull(String disk, String base, long bandwidth) {
        withArena((domain, arena) -> Call.number(
                BlockFunctions.DOMAIN_BLOCK_REBASE,
                domain,
                Text.toC(arena, disk),
                Text.toC(arena, base),
                bandwidth,
                PULL_BANDWIDTH_BYTES));
    }

    /**
     * Begins to mirror a disk to another place; when it is ready {@link #abort} ends it, with {@code PIVOT} by going on there.
     *
     * @param destination a {@code <disk>} element in XML
     * @param options {@code bandwidth} (bytes a second), {@code granularity}, {@code buf-size}
     */
    public void copy(String disk, String destination, TypedParameters options, BlockCopyFlag... flags) {
        int bits = Flag.union(flags);
        withArena((domain, arena) -> Call.number(
                BlockFunctions.DOMAIN_BLOCK_COPY,
                domain,
                Text.toC(arena, disk),
                Text.toC(arena, destination),
                ParameterArray.write(arena, options),
                options.all().size(),
                bits));
    }

    /** The disk's job; empty when it has none. */
    public Optional<BlockJobInfo> job(String disk) {
        return withArena((domain, arena) -> {
            var info = arena.allocate(BLOCK_JOB_INFO);
            boolean found = Call.truth(
                    BlockFunctions.DOMAIN_GET_BLOCK_JOB_INFO,
                    domain,
                    Text.toC(arena, disk),
                    info,
                    JOB_INFO_BANDWIDTH_BYTES);
            if (!found) {
                return Optional.empty();
            }
            return Optional.of(new BlockJobInfo(
                    BlockJobType.of(info.get(JAVA_INT, Layouts.offset(BLOCK_JOB_INFO, "type"))),
                    info.get(JAVA_LONG, Layouts.offset(BLOCK_JOB_INFO, "bandwidth")),
                    info.get(JAVA_LONG, Layouts.offset(BLOCK_JOB_INFO, "cur")),
                    info.get(JAVA_LONG, Layouts.offset(BLOCK_JOB_INFO, "end"))));
        });
    }

    /** Ends the disk's job: cancels it, or with {@code PIVOT} goes on with its result. */
    public void abort(String disk, BlockJobAbortFlag... flags) {
        int bits = Flag.union(flags);
        withArena((domain, arena) ->
                Call.number(BlockFunctions.DOMAIN_BLOCK_JOB_ABORT, domain, Text.toC(arena, disk), bits));
    }

    /** Limits the disk's job, in bytes a second; 0: no limit. */
    public void setJobSpeed(String disk, long bandwidth) {
        withArena((domain, arena) -> Call.number(
                BlockFunctions.DOMAIN_BLOCK_JOB_SET_SPEED,
                domain,
                Text.toC(arena, disk),
                bandwidth,
                SPEED_BANDWIDTH_BYTES));
    }

    /** Asks for one {@link DomainEvent.BlockThreshold} when a byte at or beyond {@code bytes} is written; 0 unsets. */
    public void setThreshold(String disk, long bytes) {
        withArena((domain, arena) ->
                Call.number(BlockFunctions.DOMAIN_SET_BLOCK_THRESHOLD, domain, Text.toC(arena, disk), bytes, 0));
    }

    /**
     * Has QEMU write out all that it still holds of a paused machine's disks, tables of image formats too. libvirt has no
     * call of its own for that; QEMU does it when it is told to stop, also when it stands still already.
     */
    public void flushPaused() {
        withArena((domain, arena) -> {
            var answer = arena.allocate(ADDRESS);
            Call.number(
                    GuestFunctions.DOMAIN_QEMU_MONITOR_COMMAND,
                    domain,
                    Text.toC(arena, "{\"execute\":\"stop\"}"),
                    answer,
                    0);
            var text = Text.take(answer.get(ADDRESS, 0));
            if (text.contains("\"error\"")) {
                throw new IllegalStateException("QEMU did not flush: " + text);
            }
            return Boolean.TRUE;
        });
    }

    private <T> T withArena(BiFunction<MemorySegment, Arena, T> body) {
        return handle.use(Arenas.each(body));
    }
}
