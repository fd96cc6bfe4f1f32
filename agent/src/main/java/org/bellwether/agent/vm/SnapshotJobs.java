package org.bellwether.agent.vm;

import java.time.Duration;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.libvirt.Domain;
import org.bellwether.libvirt.JobStatistics;
import org.bellwether.libvirt.JobType;
import org.bellwether.libvirt.LibvirtException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots that libvirt still takes for an agent that died meanwhile. Until they have ended, the tops that a document shows
 * say nothing: whoever deletes the new ones takes them away from a machine that is about to write them.
 */
final class SnapshotJobs {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotJobs.class);
    private static final Duration LONGEST = Duration.ofMinutes(5);
    /** libvirt's VIR_DOMAIN_JOB_OPERATION_SNAPSHOT. */
    private static final long SNAPSHOT = 6;

    private SnapshotJobs() {}

    static void awaitEnd(Machine machine, Domain domain) {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (goesOn(machine, domain)) {
            if (System.nanoTime() > deadline) {
                throw Refusal.wrongState("libvirt takes a snapshot of " + machine.called() + " since more than "
                                + LONGEST.toMinutes() + " minutes")
                        .next("Look at the storage that the snapshot is written to.");
            }
            pause();
        }
    }

    private static boolean goesOn(Machine machine, Domain domain) {
        try {
            JobStatistics job = domain.jobs().stats();
            return job.type() != JobType.NONE && job.values().number("operation", 0) == SNAPSHOT;
        } catch (LibvirtException e) {
            if (!domain.status().active()) {
                return false;
            }
            // It does not let anybody ask while it saves memory.
            LOG.info("the jobs of {} cannot be seen now: {}", machine.called(), e.getMessage());
            return true;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.wrongState("The agent is stopping");
        }
    }
}
