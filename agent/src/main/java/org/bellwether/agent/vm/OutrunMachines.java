package org.bellwether.agent.vm;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.bellwether.agent.platform.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends machines that are paused here and have run on another host since. A host that was cut off from its storage has such
 * ones when that comes back: they gave their leases back, and others took them. libvirt lets them go on as soon as the lease is
 * free again, with a memory that does not fit the disks any more.
 */
final class OutrunMachines {
    private static final Logger LOG = LoggerFactory.getLogger(OutrunMachines.class);
    private static final long PAUSE = Duration.ofSeconds(3).toNanos();

    private final Executor threads;
    private final Function<Machine, Boolean> outrun;
    private final Consumer<String> end;
    private final LongSupplier nanos;
    private final Map<String, Look> looks = new HashMap<>();

    /** A look at a machine's lease; it may hang with the storage. */
    private record Look(long begun, AtomicBoolean over) {}

    /**
     * Nobody was looked at yet.
     *
     * @param outrun whether another host has run it since; refuses while its lease cannot be read
     * @param end ends the machine of that id, if that is still so
     * @param nanos the time, as {@link System#nanoTime} tells it
     */
    OutrunMachines(Executor threads, Function<Machine, Boolean> outrun, Consumer<String> end, LongSupplier nanos) {
        this.threads = threads;
        this.outrun = outrun;
        this.end = end;
        this.nanos = nanos;
    }

    /** Called every second; does not wait. */
    synchronized void look(Collection<Machine> machines) {
        Map<String, Look> before = Map.copyOf(looks);
        looks.clear();
        for (Machine machine : machines) {
            if (LeaseDoor.Held.of(machine).isEmpty()) {
                continue;
            }
            Look last = before.get(machine.id);
            if (last != null && (!last.over.get() || nanos.getAsLong() - last.begun < PAUSE)) {
                looks.put(machine.id, last);
                continue;
            }
            Look look = new Look(nanos.getAsLong(), new AtomicBoolean());
            looks.put(machine.id, look);
            threads.execute(() -> {
                try {
                    lookNow(machine);
                } finally {
                    look.over.set(true);
                }
            });
        }
    }

    /** Looks at those with leases on that domain, and waits until they are ended. */
    void lookNow(String domainId, Collection<Machine> machines) {
        for (Machine machine : machines) {
            LeaseDoor.Held.of(machine)
                    .filter(held -> held.lease().lockspace().equals(domainId))
                    .ifPresent(held -> lookNow(machine));
        }
    }

    private void lookNow(Machine machine) {
        try {
            if (outrun.apply(machine)) {
                end.accept(machine.id);
            }
        } catch (Refusal notNow) { // its storage does not answer yet; it is looked at again
            LOG.debug("whether another host has run {} is not known: {}", machine.called(), notNow.getMessage());
        } catch (RuntimeException e) { // it is tried again
            LOG.warn("{}, which another host has run since, could not be ended: {}", machine.called(), e.toString());
        }
    }
}
