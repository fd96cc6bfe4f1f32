package org.bellwether.engine.vm;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.placement.Affinity;
import org.bellwether.engine.placement.Policy;
import org.bellwether.engine.platform.Id;

/**
 * What features above machines have to say about them.
 *
 * @param room refuses, in words, a machine that there is no room for in its quota
 * @param allowedHosts the only hosts that a machine's labels let it run on; absent when they do not say
 * @param cpuProfile the CPU profile of machines of a cluster that name none
 * @param quota the quota of machines of a cluster that name none
 * @param policy by what machines of a cluster are placed
 * @param groups the affinity groups of a cluster
 * @param licence what licences bind machines to
 * @param properties the custom properties that machines may have
 */
public record VmRules(
        Consumer<Vm> room,
        Function<Id<Vm>, Optional<Set<UUID>>> allowedHosts,
        Function<Id<Cluster>, Optional<UUID>> cpuProfile,
        Function<Id<Cluster>, Optional<UUID>> quota,
        Function<Id<Cluster>, Policy> policy,
        Function<Id<Cluster>, List<Affinity>> groups,
        LicenceRule licence,
        CustomProperties properties) {}
