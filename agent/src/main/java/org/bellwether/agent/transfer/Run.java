package org.bellwether.agent.transfer;

import java.util.ArrayList;
import java.util.List;

/**
 * A run of a disk.
 *
 * @param zero reads as zeroes, and need not be fetched
 * @param dirty was written since the checkpoint that was asked for
 */
record Run(long start, long length, boolean zero, boolean dirty) {
    /** A map with more runs than this is made coarser: what is told to be data or dirty too often costs time only. */
    static final int MOST = 200_000;

    private static final long COARSER = 2;

    /** Which facts a client wants to know of runs. */
    enum Context {
        ZERO,
        DIRTY
    }

    private boolean alike(Run other) {
        return zero == other.zero && dirty == other.dirty;
    }

    /** Neighbours that say the same become one. */
    static List<Run> joined(List<Run> runs) {
        List<Run> all = join(runs, 0);
        for (long least = 1 << 20; all.size() > MOST; least *= COARSER) {
            all = join(all, least);
        }
        return all;
    }

    /** Runs shorter than {@code least} lose what makes them special. */
    private static List<Run> join(List<Run> runs, long least) {
        List<Run> joined = new ArrayList<>();
        for (Run each : runs) {
            Run run = each.length < least ? new Run(each.start, each.length, false, true) : each;
            Run last = joined.isEmpty() ? null : joined.getLast();
            if (last != null && last.alike(run) && last.start + last.length == run.start) {
                joined.set(joined.size() - 1, new Run(last.start, last.length + run.length, run.zero, run.dirty));
            } else {
                joined.add(run);
            }
        }
        return joined;
    }

    /** Two maps of the same bytes laid over each other: whether zero from the one, whether dirty from the other. */
    static List<Run> overlaid(List<Run> zeroes, List<Run> dirt) {
        List<Run> all = new ArrayList<>();
        int other = 0;
        for (Run run : zeroes) {
            long at = run.start;
            while (at < run.start + run.length && other < dirt.size()) {
                Run over = dirt.get(other);
                long end = Math.min(run.start + run.length, over.start + over.length);
                if (end > at) {
                    all.add(new Run(at, end - at, run.zero, over.dirty));
                    at = end;
                }
                if (over.start + over.length <= at) {
                    other++;
                }
            }
            if (at < run.start + run.length) {
                all.add(new Run(at, run.start + run.length - at, run.zero, true));
            }
        }
        return joined(all);
    }
}
