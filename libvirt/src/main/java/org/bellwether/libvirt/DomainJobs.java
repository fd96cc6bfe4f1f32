package org.bellwether.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.BiFunction;
import org.bellwether.libvirt.flags.AbortJobFlag;
import org.bellwether.libvirt.flags.Flag;
import org.bellwether.libvirt.flags.JobStatsFlag;
import org.bellwether.libvirt.flags.MigrateFlag;
import org.bellwether.libvirt.foreign.JobFunctions;
import org.bellwether.libvirt.foreign.Text;

/** Jobs of a whole domain: one at a time, migration among them. */
public final class DomainJobs {
    private static final int MAX_SPEED_POSTCOPY = 1;

    private final Handle handle;

    DomainJobs(Handle handle) {
        this.handle = handle;
    }

    /**
     * Moves the machine, steered by this host's daemon ({@code PEER2PEER} is added), and returns when it runs there. When it fails the
     * machine goes on here.
     *
     * @param destination URI of the other daemon, as this host's daemon reaches it
     */
    public void migrate(String destination, Migration migration) {
        int bits = Flag.union(migration.flags()) | MigrateFlag.PEER2PEER.bits();
        withArena((domain, arena) -> Call.number(
                JobFunctions.DOMAIN_MIGRATE_TO_URI3,
                domain,
                Text.toC(arena, destination),
                ParameterArray.write(arena, migration.parameters()),
                migration.parameters().all().size(),
                bits));
    }

    /** Moves the machine, steered by this process over two connections; answers the machine as the destination knows it. */
    public Domain migrate(Connection destination, Migration migration) {
        int bits = Flag.union(migration.flags());
        return handle.useWith(destination.handle(), (domain, target) -> {
            try (var arena = Arena.ofConfined()) {
                return destination.adopt(Call.pointer(
                        JobFunctions.DOMAIN_MIGRATE3,
                        domain,
                        target,
                        ParameterArray.write(arena, migration.parameters()),
                        migration.parameters().all().size(),
                        bits));
            }
        });
    }

    /** How long the machine may stand still at the end of a migration; milliseconds count. */
    public void setMaxDowntime(Duration downtime) {
        handle.use(domain -> Call.number(JobFunctions.DOMAIN_MIGRATE_SET_MAX_DOWNTIME, domain, downtime.toMillis(), 0));
    }

    public Duration maxDowntime() {
        return withArena((domain, arena) -> {
            var millis = arena.allocate(JAVA_LONG);
            Call.number(JobFunctions.DOMAIN_MIGRATE_GET_MAX_DOWNTIME, domain, millis, 0);
            return Duration.ofMillis(millis.get(JAVA_LONG, 0));
        });
    }

    /** Limits a migration under way, in MiB a second. */
    public void setMigrationSpeed(long mebibytes) {
        handle.use(domain -> Call.number(JobFunctions.DOMAIN_MIGRATE_SET_MAX_SPEED, domain, mebibytes, 0));
    }

    /** As {@link #setMigrationSpeed}, for the part after the switch to post-copy. */
    public void setPostCopySpeed(long mebibytes) {
        handle.use(domain ->
                Call.number(JobFunctions.DOMAIN_MIGRATE_SET_MAX_SPEED, domain, mebibytes, MAX_SPEED_POSTCOPY));
    }

    /** Has a migration that was begun with {@code POSTCOPY} go on over there now; what is missing follows. */
    public void startPostCopy() {
        handle.use(domain -> Call.number(JobFunctions.DOMAIN_MIGRATE_START_POST_COPY, domain, 0));
    }

    /** The job under way and its progress, or with {@code COMPLETED} the newest one that ended. */
    public JobStatistics stats(JobStatsFlag... flags) {
        int bits = Flag.union(flags);
        return withArena((domain, arena) -> {
            var type = arena.allocate(JAVA_INT);
            var parameters = arena.allocate(ADDRESS);
            var count = arena.allocate(JAVA_INT);
            Call.number(JobFunctions.DOMAIN_GET_JOB_STATS, domain, type, parameters, count, bits);
            return new JobStatistics(
                    JobType.of(type.get(JAVA_INT, 0)),
                    ParameterArray.take(parameters.get(ADDRESS, 0), count.get(JAVA_INT, 0)));
        });
    }

    /** Aborts the job; a migration's machine goes on here. */
    public void abort(AbortJobFlag... flags) {
        int bits = Flag.union(flags);
        handle.use(domain -> bits == 0
                ? Call.number(JobFunctions.DOMAIN_ABORT_JOB, domain)
                : Call.number(JobFunctions.DOMAIN_ABORT_JOB_FLAGS, domain, bits));
    }

    private <T> T withArena(BiFunction<MemorySegment, Arena, T> body) {
        return handle.use(Arenas.each(body));
    }
}
