package org.bellwether.agent.vm;

import java.time.Duration;
import java.util.List;
import org.bellwether.libvirt.Domain;
import org.bellwether.libvirt.TypedParameters;
import org.bellwether.protocol.MigrationStep;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what a migration's policy says as soon as {@link Convergence} sees that it would not come to an end by itself. */
final class MigrationSteps {
    private static final Logger LOG = LoggerFactory.getLogger(MigrationSteps.class);

    private final Convergence convergence;
    /** It runs over there: from then on there is no way back. */
    private boolean gone;

    private volatile String gaveUp = "";

    MigrationSteps(List<MigrationStep> steps) {
        this.convergence = new Convergence(steps);
    }

    /** Why the migration was ended here; empty while it was not. */
    String gaveUp() {
        return gaveUp;
    }

    /** One look at libvirt's figures of the migration. */
    void look(String called, Domain domain, TypedParameters job) {
        if (gone) {
            return;
        }
        convergence
                .look(job.number("memory_iteration", 0), job.number("memory_remaining", Long.MAX_VALUE))
                .ifPresent(step -> take(called, domain, step));
    }

    private void take(String called, Domain domain, MigrationStep step) {
        switch (step.getWhatCase()) {
            case DOWNTIME_MS -> {
                LOG.info("{} does not come over: it may stand still for {} ms", called, step.getDowntimeMs());
                domain.jobs().setMaxDowntime(Duration.ofMillis(step.getDowntimeMs()));
            }
            case POST_COPY -> {
                LOG.info("{} does not come over: it goes on there now, and its memory follows", called);
                domain.jobs().startPostCopy();
                gone = true;
            }
            case GIVE_UP -> {
                LOG.info("{} does not come over: its migration is given up", called);
                gaveUp = "its guest changes its memory faster than it can be sent, after " + convergence.stalled()
                        + " passes that gained nothing; the migration policy ends it then";
                domain.jobs().abort();
            }
            case WHAT_NOT_SET -> {
                // A newer engine's; what comes after it is done all the same.
            }
        }
    }
}
