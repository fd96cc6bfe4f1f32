package org.bellwether.engine.vm;

import java.util.Optional;
import java.util.function.Function;
import org.bellwether.api.types.InheritableBoolean;
import org.bellwether.api.types.MigrationBandwidth;
import org.bellwether.api.types.MigrationBandwidthAssignmentMethod;
import org.bellwether.api.types.MigrationOptions;
import org.bellwether.engine.platform.Failure;
import org.bellwether.protocol.MigrateMachineRequest;
import org.jspecify.annotations.Nullable;

/**
 * How a machine moves: what was decided for it, else for its cluster, else what its policy has.
 *
 * @param bandwidthBytes a second, of this one migration; 0: no limit
 * @param connections over which memory is sent at once; 0: one
 * @param downtimeMillis the longest that the machine may stand still, if its owner said so
 */
public record MigrationManner(
        MigrationPolicy policy,
        boolean autoConverge,
        boolean compressed,
        boolean encrypted,
        long bandwidthBytes,
        int connections,
        Optional<Integer> downtimeMillis) {

    /** Migrations that a host may be the source, and as many that it may be the destination of at once. */
    static final int AT_ONCE = 2;

    private static final long BYTES_OF_MEGABIT = 1_000_000 / 8;
    private static final int USUAL_CONNECTIONS = 4;
    private static final int FEWEST_CONNECTIONS = 2;
    private static final int MOST_CONNECTIONS = 255;
    private static final long LONGEST_DOWNTIME_MILLIS = 600_000;
    private static final String PARALLEL = "Parallel connections of a migration";

    static MigrationManner of(
            org.bellwether.api.types.Vm machine, @Nullable MigrationOptions ofCluster, boolean tunnelled) {
        var own = Optional.ofNullable(machine.migration());
        var cluster = Optional.ofNullable(ofCluster);
        var policy = own.flatMap(MigrationManner::policy)
                .or(() -> cluster.flatMap(MigrationManner::policy))
                .orElse(MigrationPolicy.MINIMAL_DOWNTIME);
        boolean encrypted = wish(own, cluster, MigrationOptions::encrypted, tunnelled);
        int connections = own.flatMap(MigrationManner::connections)
                .or(() -> cluster.flatMap(MigrationManner::connections))
                .orElse(policy.parallel() ? USUAL_CONNECTIONS : 0);
        return new MigrationManner(
                policy,
                wish(own, cluster, MigrationOptions::autoConverge, policy.autoConverge()),
                // QEMU compresses what was sent before, and does not know that with several connections.
                connections == 0 && wish(own, cluster, MigrationOptions::compressed, false),
                encrypted,
                own.flatMap(MigrationManner::bandwidth)
                        .or(() -> cluster.flatMap(MigrationManner::bandwidth))
                        .orElse(0L),
                // And it cannot go on over there before all of its memory is there when that comes over several.
                policy.postCopies() ? 0 : connections,
                Optional.ofNullable(machine.migrationDowntime())
                        .filter(millis -> millis > 0)
                        .map(Math::toIntExact));
    }

    private static Optional<MigrationPolicy> policy(MigrationOptions options) {
        return Optional.ofNullable(options.policy())
                .flatMap(link -> Optional.ofNullable(link.id()))
                .flatMap(MigrationPolicy::of);
    }

    private static boolean wish(
            Optional<MigrationOptions> own,
            Optional<MigrationOptions> cluster,
            Function<MigrationOptions, @Nullable InheritableBoolean> which,
            boolean otherwise) {
        return decided(own, which).or(() -> decided(cluster, which)).orElse(otherwise);
    }

    private static Optional<Boolean> decided(
            Optional<MigrationOptions> options, Function<MigrationOptions, @Nullable InheritableBoolean> which) {
        return options.flatMap(each -> Optional.ofNullable(which.apply(each))).flatMap(wish -> switch (wish) {
            case TRUE -> Optional.of(true);
            case FALSE -> Optional.of(false);
            case INHERIT -> Optional.empty();
        });
    }

    /** What people give is for all that a host sends at once. */
    private static Optional<Long> bandwidth(MigrationOptions options) {
        return Optional.ofNullable(options.bandwidth())
                .filter(each -> each.assignmentMethod() == MigrationBandwidthAssignmentMethod.CUSTOM)
                .flatMap(each -> Optional.ofNullable(each.customValue()))
                .map(megabits -> megabits * BYTES_OF_MEGABIT / AT_ONCE);
    }

    private static Optional<Integer> connections(MigrationOptions options) {
        return Optional.ofNullable(options.parallelMigrationsPolicy()).flatMap(policy -> switch (policy) {
            case INHERIT, AUTO -> Optional.empty();
            case AUTO_PARALLEL -> Optional.of(USUAL_CONNECTIONS);
            case DISABLED -> Optional.of(0);
            case CUSTOM ->
                Optional.of(Optional.ofNullable(options.customParallelMigrations())
                        .map(Math::toIntExact)
                        .orElse(USUAL_CONNECTIONS));
        });
    }

    /** Refuses what no migration could be told. */
    public static void check(@Nullable MigrationOptions options) {
        if (options == null) {
            return;
        }
        var policy = options.policy();
        var id = policy == null ? null : policy.id();
        // An empty one takes back what was decided before.
        if (id != null && !id.isEmpty() && MigrationPolicy.of(id).isEmpty()) {
            throw Failure.badRequest("There is no migration policy " + id)
                    .next("These are there: " + String.join(", ", MigrationPolicy.words()));
        }
        var count = options.customParallelMigrations();
        if (count != null && (count < FEWEST_CONNECTIONS || count > MOST_CONNECTIONS)) {
            throw Failure.badRequest(PARALLEL + " are " + FEWEST_CONNECTIONS + " to " + MOST_CONNECTIONS);
        }
        var bandwidth = Optional.ofNullable(options.bandwidth());
        if (bandwidth
                        .map(MigrationBandwidth::customValue)
                        .filter(value -> value < 1)
                        .isPresent()
                || bandwidth
                        .filter(each -> each.assignmentMethod() == MigrationBandwidthAssignmentMethod.CUSTOM
                                && each.customValue() == null)
                        .isPresent()) {
            throw Failure.badRequest("A migration bandwidth of one's own is a number of megabits a second");
        }
    }

    /** The same for a machine, which also says how long it may stand still. */
    static void check(org.bellwether.api.types.Vm machine) {
        check(machine.migration());
        var downtime = machine.migrationDowntime();
        if (downtime != null && (downtime < -1 || downtime > LONGEST_DOWNTIME_MILLIS)) {
            throw Failure.badRequest(
                            "A machine may stand still for 1 to " + LONGEST_DOWNTIME_MILLIS + " ms while it migrates")
                    .next("Say -1 to leave that to its migration policy");
        }
    }

    void tell(MigrateMachineRequest.Builder request) {
        request.setAutoConverge(autoConverge)
                .setCompressed(compressed)
                .setEncrypted(encrypted)
                .setPostCopy(policy.postCopies())
                .setMaxBandwidthBytesPerSecond(bandwidthBytes)
                .setParallelConnections(connections)
                .setMaxDowntimeMs(downtimeMillis
                        .map(longest -> Math.min(longest, atFirst(longest)))
                        .orElse(policy.downtimeMillis()))
                .addAllSteps(policy.steps(downtimeMillis));
    }

    /** A policy begins with a short standstill and comes to the longest only when that is needed. */
    private int atFirst(int longest) {
        return policy.downtimeMillis() == 0 ? longest : policy.downtimeMillis();
    }
}
