package org.bellwether.engine.network;

import java.util.List;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/**
 * MAC addresses for the machines of the clusters that use it.
 *
 * @param duplicates whether several machines may be given the same address by hand
 */
public record MacPool(Id<MacPool> id, String name, String description, boolean duplicates, List<Range> ranges)
        implements Stored<MacPool> {

    /** From one address to another one, both included. */
    public record Range(long from, long to) {
        long size() {
            return to - from + 1;
        }
    }

    public MacPool {
        ranges = List.copyOf(ranges);
    }

    long size() {
        return ranges.stream().mapToLong(Range::size).sum();
    }

    /** The address of a number below {@link #size()}. */
    long at(long number) {
        long left = number;
        for (Range range : ranges) {
            if (left < range.size()) {
                return range.from() + left;
            }
            left -= range.size();
        }
        throw new IndexOutOfBoundsException(Long.toString(number));
    }
}
