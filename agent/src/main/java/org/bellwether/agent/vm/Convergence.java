package org.bellwether.agent.vm;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.bellwether.protocol.MigrationStep;

/**
 * Sees whether a migration comes to an end, and says what is to be done when it does not. QEMU sends a machine's memory in
 * passes: each sends what was changed during the one before. A pass after which no less is left than after the best one so far
 * is a stalled one.
 */
final class Convergence {
    private final Deque<MigrationStep> left;
    private long pass;
    private long least = Long.MAX_VALUE;
    private int stalled;

    Convergence(List<MigrationStep> steps) {
        this.left = new ArrayDeque<>(steps);
    }

    /**
     * @param nowPass the number of the pass that QEMU is at
     * @param remaining bytes that are still to be sent
     * @return what is to be done now; at most one thing for each pass
     */
    Optional<MigrationStep> look(long nowPass, long remaining) {
        if (nowPass <= pass) {
            return Optional.empty();
        }
        boolean first = pass == 0;
        pass = nowPass;
        if (remaining < least) {
            least = remaining;
            return Optional.empty();
        }
        if (!first) {
            stalled++;
        }
        MigrationStep next = left.peekFirst();
        return next != null && stalled >= next.getStalled() ? Optional.of(left.removeFirst()) : Optional.empty();
    }

    int stalled() {
        return stalled;
    }
}
