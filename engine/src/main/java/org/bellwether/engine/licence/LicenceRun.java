package org.bellwether.engine.licence;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.bellwether.engine.placement.HostThread;

/**
 * That a machine was seen to run on some processors of a host, or was there at all, from a time to another: one line of
 * evidence.
 *
 * @param cpus how many processors it had
 * @param hardware the host's system UUID
 * @param model the host's processor
 * @param declared the processors that were declared; empty: none were on that host
 * @param extent what these are
 * @param all what the host has
 * @param seen the processors that the machine's threads could use, as the kernel of the host said; empty: it did not say
 * @param threads how many threads the machine's QEMU had
 * @param strays threads that could use others
 */
record LicenceRun(
        UUID id,
        UUID vm,
        String vmName,
        long cpus,
        UUID host,
        String hostName,
        String hardware,
        String model,
        String declared,
        HostThread.Extent extent,
        HostThread.Extent all,
        String seen,
        int threads,
        List<String> strays,
        Verdict verdict,
        Instant from,
        Instant until) {

    /** What follows from what was seen. */
    enum Verdict {
        /** All threads can use declared processors only. */
        WITHIN,
        /** Some thread can use others, or the host is not as it was declared. */
        BEYOND,
        /** The host has not told for a while. */
        UNPROVEN,
        /** It was too short to be looked at, or lasted until the first look: it is known by its beginning and its end. */
        NOT_SAMPLED
    }

    /** Whether another sight is of the same: then this lasts until then. */
    boolean same(LicenceRun later) {
        return equals(later.at(id, from, until, threads, strays));
    }

    LicenceRun as(Verdict other) {
        return new LicenceRun(
                id, vm, vmName, cpus, host, hostName, hardware, model, declared, extent, all, seen, threads, strays,
                other, from, until);
    }

    LicenceRun until(Instant time) {
        return at(id, from, time, threads, strays);
    }

    private LicenceRun at(UUID other, Instant begun, Instant ended, int count, List<String> wrong) {
        return new LicenceRun(
                other, vm, vmName, cpus, host, hostName, hardware, model, declared, extent, all, seen, count, wrong,
                verdict, begun, ended);
    }
}
