package org.bellwether.engine.vm;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.bellwether.api.types.VirtualNumaNode;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.placement.CpuPlan;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.template.Template;
import org.jspecify.annotations.Nullable;

/**
 * What people decided of a virtual machine, and where the engine let it run.
 *
 * @param host the one host that may have it running; set before it is started there and cleared only on proof that it
 *     does not run there any more
 * @param generation grows with every start, so that an old definition on a host is told from the new one
 * @param spec the rest, as the API's own document: what it has at its next start
 * @param cd the disk that is in its CD drive at its next start
 * @param running what it runs with, while a host has it
 * @param suspended what it goes on from at its next start
 * @param numaNodes those that its guest sees from its next start on; null: none
 * @param creator the user at whose wish it was made; null: the engine's own, or not known any more
 */
public record Vm(
        Id<Vm> id,
        String name,
        Id<Cluster> cluster,
        Id<Template> template,
        @Nullable Id<Host> host,
        long generation,
        Instant created,
        @Nullable Instant started,
        @Nullable Instant stopped,
        @Nullable String stopReason,
        org.bellwether.api.types.Vm spec,
        @Nullable String cd,
        @Nullable Running running,
        @Nullable Suspended suspended,
        @Nullable List<VirtualNumaNode> numaNodes,
        @Nullable UUID creator)
        implements Stored<Vm> {

    static final String ENGINE_ORIGIN = "managed_hosted_engine";

    /**
     * A machine that was written to storage while it ran.
     *
     * @param state the disk that holds its memory
     * @param running what it ran with, and will go on with
     */
    public record Suspended(Id<Disk> state, Running running) {}

    /** A machine with an empty CD drive, of which nothing more is known. */
    public Vm(
            Id<Vm> id,
            String name,
            Id<Cluster> cluster,
            Id<Template> template,
            @Nullable Id<Host> host,
            long generation,
            Instant created,
            @Nullable Instant started,
            @Nullable Instant stopped,
            @Nullable String stopReason,
            org.bellwether.api.types.Vm spec) {
        this(
                id,
                name,
                cluster,
                template,
                host,
                generation,
                created,
                started,
                stopped,
                stopReason,
                spec,
                null,
                null,
                null,
                null,
                null);
    }

    /** In the order of their numbers. */
    List<VirtualNumaNode> numa() {
        return numaNodes == null ? List.of() : numaNodes;
    }

    Vm numa(List<VirtualNumaNode> nodes) {
        return with(change -> change.numaNodes = nodes.isEmpty() ? null : nodes);
    }

    public Optional<Id<Host>> hostId() {
        return Optional.ofNullable(host);
    }

    /** The storage domain with its lease, when it has one. */
    public Optional<Id<StorageDomain>> leaseDomain() {
        var lease = spec.lease();
        return lease == null
                        || lease.storageDomain() == null
                        || lease.storageDomain().id() == null
                ? Optional.empty()
                : Optional.of(Id.of(lease.storageDomain().id()));
    }

    /** Whether this engine runs in it. */
    public boolean engineMachine() {
        return ENGINE_ORIGIN.equals(spec.origin());
    }

    /** Whether it is to be running again after its host failed. */
    public boolean highlyAvailable() {
        var availability = spec.highAvailability();
        return availability != null && Boolean.TRUE.equals(availability.enabled());
    }

    Vm specified(org.bellwether.api.types.Vm newSpec) {
        return named(name, newSpec);
    }

    /** What it runs with now, or would be started with. */
    public org.bellwether.api.types.Vm effective() {
        return running != null
                ? running.spec()
                : suspended != null ? suspended.running().spec() : spec;
    }

    /** What it would go on with, or run with. */
    Running startedWith() {
        return running != null ? running : suspended != null ? suspended.running() : Running.asDecided(this);
    }

    Vm startingOn(Id<Host> chosen, Instant now, Running with) {
        return with(change -> {
            change.host = chosen;
            change.generation = generation + 1;
            change.started = now;
            change.stopReason = null;
            change.running = with;
        });
    }

    /** Goes on as the same run: of the same generation, with what it ran with, on the processors that it gets there. */
    Vm resumingOn(Id<Host> chosen, Instant now, @Nullable CpuPlan cpus) {
        return with(change -> {
            change.host = chosen;
            change.started = now;
            change.stopReason = null;
            change.running = startedWith().on(cpus);
        });
    }

    Vm createdBy(UUID user) {
        return with(change -> change.creator = user);
    }

    Vm movedTo(Id<Host> destination) {
        return foundOn(destination, generation);
    }

    /** Somebody else started it there, as that start. */
    Vm foundOn(Id<Host> destination, long start) {
        return with(change -> {
            change.host = destination;
            change.generation = Math.max(generation, start);
            change.stopReason = null;
        });
    }

    /** Where a migration brought it, on the processors that were decided for it there. */
    Vm movedTo(Id<Host> destination, @Nullable CpuPlan cpus) {
        var moved = movedTo(destination);
        return running == null ? moved : moved.running(running.on(cpus));
    }

    Vm off(Instant now, String reason) {
        return with(change -> {
            change.host = null;
            change.stopped = now;
            change.stopReason = reason;
            change.running = null;
        });
    }

    Vm suspendedIn(@Nullable Id<Disk> state) {
        return with(change -> change.suspended = state == null ? null : new Suspended(state, startedWith()));
    }

    Vm named(String newName, org.bellwether.api.types.Vm newSpec) {
        return with(change -> {
            change.name = newName;
            change.spec = newSpec;
        });
    }

    Vm running(Running now) {
        return with(change -> change.running = now);
    }

    Vm cd(@Nullable String disk) {
        return with(change -> change.cd = disk);
    }

    /** The same machine, made from another template. */
    Vm madeFrom(Id<Template> other) {
        return with(change -> change.template = other);
    }

    /** It stands on no template any more; which one it was made from stays written down. */
    Vm independent() {
        var original = spec.originalTemplate() != null
                ? spec.originalTemplate()
                : org.bellwether.api.types.Template.builder()
                        .id(template.toString())
                        .build();
        return with(change -> {
            change.template = Template.BLANK;
            change.spec = spec.toBuilder().originalTemplate(original).build();
        });
    }

    /** The same machine with what is changed in a copy of its fields. */
    private Vm with(Consumer<Change> changing) {
        var change = new Change(this);
        changing.accept(change);
        return change.made();
    }

    private static final class Change {
        private final Id<Vm> id;
        private String name;
        private final Id<Cluster> cluster;
        private Id<Template> template;
        private @Nullable Id<Host> host;
        private long generation;
        private final Instant created;
        private @Nullable Instant started;
        private @Nullable Instant stopped;
        private @Nullable String stopReason;
        private org.bellwether.api.types.Vm spec;
        private @Nullable String cd;
        private @Nullable Running running;
        private @Nullable Suspended suspended;
        private @Nullable List<VirtualNumaNode> numaNodes;
        private @Nullable UUID creator;

        Change(Vm vm) {
            id = vm.id;
            name = vm.name;
            cluster = vm.cluster;
            template = vm.template;
            host = vm.host;
            generation = vm.generation;
            created = vm.created;
            started = vm.started;
            stopped = vm.stopped;
            stopReason = vm.stopReason;
            spec = vm.spec;
            cd = vm.cd;
            running = vm.running;
            suspended = vm.suspended;
            numaNodes = vm.numaNodes;
            creator = vm.creator;
        }

        Vm made() {
            return new Vm(
                    id,
                    name,
                    cluster,
                    template,
                    host,
                    generation,
                    created,
                    started,
                    stopped,
                    stopReason,
                    spec,
                    cd,
                    running,
                    suspended,
                    numaNodes,
                    creator);
        }
    }
}
