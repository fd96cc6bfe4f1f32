package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bellwether.api.types.Bios;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.storage.DiskWishes;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.NewDisks;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.storage.VmLeases;
import org.bellwether.engine.template.InstanceTypes;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.template.Templates;
import org.jspecify.annotations.Nullable;

/** Machines as they are added and changed. */
final class NewVms {

    private final Vms vms;
    private final Clusters clusters;
    private final Templates templates;
    private final InstanceTypes instanceTypes;
    private final Disks disks;
    private final Operations operations;
    private final AddVm addVm;
    private final FollowTemplate follow;
    private final VmPools pools;
    private final StorageDomains domains;
    private final NewDisks rooms;
    private final Offspring offspring;
    private final VmLeases leases;
    private final Events events;
    private final Clock clock;

    NewVms(
            Vms vms,
            Clusters clusters,
            Templates templates,
            InstanceTypes instanceTypes,
            Disks disks,
            StorageDomains domains,
            NewDisks rooms,
            Operations operations,
            AddVm addVm,
            FollowTemplate follow,
            VmPools pools,
            VmLeases leases,
            Events events,
            Clock clock) {
        this.vms = vms;
        this.clusters = clusters;
        this.templates = templates;
        this.instanceTypes = instanceTypes;
        this.disks = disks;
        this.operations = operations;
        this.addVm = addVm;
        this.follow = follow;
        this.pools = pools;
        this.domains = domains;
        this.rooms = rooms;
        this.offspring = new Offspring(disks, clock);
        this.leases = leases;
        this.events = events;
        this.clock = clock;
    }

    record Added(Id<Vm> vm, Job job) {}

    /** @param clone whether its disks are copies of the template's; else they stand on them */
    Added add(org.bellwether.api.types.Vm request, boolean clone, Asker asker) {
        return add(request, clone, Optional.empty(), asker);
    }

    /** Another machine for a pool, as all of its machines are. */
    Added addTo(VmPool pool, String name, Asker asker) {
        var request = org.bellwether.api.types.Vm.builder()
                .name(name)
                .cluster(org.bellwether.api.types.Cluster.builder()
                        .id(pool.cluster().toString())
                        .build())
                .template(org.bellwether.api.types.Template.builder()
                        .id(pool.template().toString())
                        .build())
                .useLatestTemplateVersion(pool.spec().useLatestTemplateVersion())
                .soundcardEnabled(pool.spec().soundcardEnabled())
                .rngDevice(pool.spec().rngDevice())
                .instanceType(pool.spec().instanceType())
                .build();
        return add(request, false, Optional.of(pool), asker);
    }

    private Added add(org.bellwether.api.types.Vm request, boolean clone, Optional<VmPool> pool, Asker asker) {
        var name = Names.checked(request.name(), "a machine");
        var cluster = cluster(request.cluster());
        var template = template(request);
        var base = instanceTypes.over(
                onBoard(
                        template,
                        cluster,
                        org.bellwether.api.types.Vm.TYPE.merge(VmSpecs.defaults(), templates.vmSpec(template))),
                request.instanceType());
        Id<Vm> id = Id.random();
        var born = offspring.of(
                disks.ofTemplate(template.id()),
                template.name(),
                id,
                name,
                cluster,
                new DiskWishes(domains, rooms, request.diskAttachments(), request.storageDomain()),
                !clone);
        return begin(
                id,
                name,
                cluster,
                template.id(),
                LeaseWish.with(
                        pool.map(each -> VmSpecs.over(base, request).toBuilder()
                                        .vmPool(org.bellwether.api.types.VmPool.builder()
                                                .id(each.id().toString())
                                                .build())
                                        .build())
                                .orElseGet(() -> VmSpecs.over(base, request)),
                        LeaseWish.of(request, leases, cluster.id(), name).domain()),
                born,
                Optional.empty(),
                clone && !template.id().equals(Template.BLANK),
                vms.nicsOfTemplate(template.id()),
                reachable(templates.cd(template), cluster),
                asker);
    }

    /** What is made of nothing has the firmware that its cluster gives; a template knows the one its disks were made for. */
    private static org.bellwether.api.types.Vm onBoard(
            Template template, Cluster cluster, org.bellwether.api.types.Vm spec) {
        var type = cluster.spec().biosType();
        if (type == null || !template.id().equals(Template.BLANK)) {
            return spec;
        }
        var bios = spec.bios() == null ? Bios.builder() : spec.bios().toBuilder();
        return spec.toBuilder().bios(bios.type(type).build()).build();
    }

    /** A machine like another one that is down, with copies of its disks and MAC addresses of its own. */
    Added clone(
            Vm source,
            org.bellwether.api.types.Vm request,
            org.bellwether.api.types.@Nullable StorageDomain storageDomain,
            Asker asker) {
        operations.requireFree(source.id(), "cloning VM " + source.name());
        var name = Names.checked(request.name(), "a machine");
        var cluster = request.cluster() == null ? clusters.get(source.cluster()) : cluster(request.cluster());
        Id<Vm> id = Id.random();
        var born = offspring.of(
                disks.ofVm(source.id()),
                source.name(),
                id,
                name,
                cluster,
                new DiskWishes(domains, rooms, request.diskAttachments(), storageDomain),
                false);
        return begin(
                id,
                name,
                cluster,
                Template.BLANK,
                LeaseWish.with(
                        VmSpecs.over(source.spec(), request).toBuilder()
                                .vmPool(null)
                                .build(),
                        LeaseWish.of(request, leases, cluster.id(), name).domain()),
                born,
                Optional.of(source.id()),
                false,
                vms.nicsOf(source.id()),
                reachable(source.cd(), cluster),
                asker);
    }

    /**
     * Before a start: whether a machine that forgets, and follows its template, is of an older version than the newest, and if
     * so the job that makes it one of the newest.
     */
    Optional<Job> follow(Vm vm, Asker asker) {
        if (!Boolean.TRUE.equals(vm.spec().useLatestTemplateVersion())
                || vm.template().equals(Template.BLANK)
                || !pools.stateless(vm)) {
            return Optional.empty();
        }
        var latest = templates.latest(templates.get(vm.template()));
        boolean whole = disks.ofTemplate(latest.id()).stream()
                .allMatch(attachment ->
                        disks.get(attachment.disk()).state() == org.bellwether.engine.storage.Disk.State.OK);
        if (latest.id().equals(vm.template()) || !whole) {
            return Optional.empty();
        }
        var born = offspring.of(
                disks.ofTemplate(latest.id()),
                latest.name(),
                vm.id(),
                vm.name(),
                clusters.get(vm.cluster()),
                new DiskWishes(domains, rooms, null, null),
                true);
        var old = disks.ofVm(vm.id()).stream()
                .map(org.bellwether.engine.storage.DiskAttachment::disk)
                .toList();
        var wanted = new FollowTemplate.Request(vm.id(), vm.name(), latest.id(), latest.version(), born, old, asker);
        return Optional.of(operations.begin(follow, wanted, asker));
    }

    private Added begin(
            Id<Vm> id,
            String name,
            Cluster cluster,
            Id<Template> template,
            org.bellwether.api.types.Vm spec,
            List<Offspring.Born> born,
            Optional<Id<Vm>> cloned,
            boolean independent,
            Collection<Nic> nics,
            @Nullable String cd,
            Asker asker) {
        var vm = new Vm(id, name, cluster.id(), template, null, 0, clock.instant(), null, null, null, spec).cd(cd);
        var wanted = new AddVm.Request(
                id,
                name,
                cluster.name(),
                born.stream().map(Offspring.Born::source).toList(),
                cloned,
                independent,
                asker);
        var job = operations.begin(addVm, wanted, asker, tx -> {
            // With the other machine's lock in hand: nothing can start it between this look and the copy.
            cloned.ifPresent(this::requireDown);
            vms.insert(tx, vm);
            offspring.insert(tx, born);
            for (var nic : nics) {
                Id<Nic> nicId = Id.random();
                vms.insertNic(
                        tx,
                        new Nic(
                                nicId,
                                nic.name(),
                                id,
                                null,
                                nic.profile(),
                                vms.freeMac(vm.cluster(), nicId),
                                nic.spec()));
            }
            events.add(
                    tx,
                    EventCode.VM_ADD_STARTED,
                    asker,
                    Concerns.NOTHING.withVm(id).withCluster(cluster.id()),
                    "VM " + name + " is being created by " + asker.name() + ".");
        });
        return new Added(id, job);
    }

    /** The CD, if the machine could read it: a drive stays empty rather than keep its machine from starting. */
    private @Nullable String reachable(@Nullable String cd, Cluster cluster) {
        return Optional.ofNullable(cd)
                .flatMap(id -> disks.model().find(Id.of(id)))
                .flatMap(disk -> disk.domainId())
                .filter(domain -> domains.get(domain).cluster().equals(cluster.id()))
                .map(domain -> cd)
                .orElse(null);
    }

    private void requireDown(Id<Vm> source) {
        var now = vms.get(source);
        if (now.host() != null) {
            throw Failure.conflict("VM " + now.name() + " cannot be cloned now")
                    .because("it runs, and its disks change while they would be copied")
                    .undone("Nothing was changed")
                    .next("Shut it down first");
        }
    }

    /** The template that is meant; its newest version, when the machine is to follow that. */
    private Template template(org.bellwether.api.types.Vm request) {
        var named = templates.referred(request.template());
        return Boolean.TRUE.equals(request.useLatestTemplateVersion()) ? templates.latest(named) : named;
    }

    private Cluster cluster(org.bellwether.api.types.@Nullable Cluster reference) {
        return clusters.referred(reference);
    }
}
