package org.bellwether.engine.vm;

import java.time.Duration;
import java.time.Instant;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/**
 * A highly available machine that fell and is to run again. It has the machine's id, and is written down so that an engine
 * that is restarted goes on trying.
 *
 * @param name the machine's
 * @param attempts how often its start was begun
 * @param due when the next attempt may begin, should the last one fail
 */
record Fallen(Id<Fallen> id, String name, int attempts, Instant due) implements Stored<Fallen> {

    static final int MOST_ATTEMPTS = 10;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    static Id<Fallen> of(Id<Vm> vm) {
        return Id.of(vm.value());
    }

    static Fallen now(Vm vm, Instant now) {
        return new Fallen(of(vm.id()), vm.name(), 1, now.plus(FIRST_PAUSE));
    }

    Id<Vm> vm() {
        return Id.of(id.value());
    }

    /** Once more, and less and less often. */
    Fallen again(Instant now) {
        var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts, 10));
        return new Fallen(id, name, attempts + 1, now.plus(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE));
    }

    boolean exhausted() {
        return attempts >= MOST_ATTEMPTS;
    }
}
