package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bellwether.api.types.VmSummary;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.host.SoftFence;
import org.bellwether.engine.host.UpgradeFeature;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.StatisticsApi;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.power.HostPower;
import org.bellwether.engine.storage.DirectLuns;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.ImageCopies;
import org.bellwether.engine.storage.NewDisks;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.storage.VmLeases;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.engine.template.InstanceTypes;
import org.bellwether.engine.template.Templates;
import org.jspecify.annotations.Nullable;

/** Puts the machines' parts together; what {@code EngineMain} needs of them is here. */
public final class VmFeature {

    private final Vms vms;
    private final VmLifecycle lifecycle;
    private final VmsApi api;
    private final GuestReports guests;
    private final DeviceApis devices;
    private final VmConsolesApi consoles;
    private final Function<Gate, Consoles> consolesBehind;
    private volatile @Nullable VncDoor vncDoor;
    private final SnapshotsApi snapshotsApi;
    private final DiskSnapshotsApi diskSnapshots;
    private final ArchivesApi archives;
    private final VmPoolsApi poolsApi;
    private final KeepPools poolKeeper;
    private final HighAvailability availability;
    private final HostFenceApi fenceApi;
    private final FenceWatch fencing;
    private final SaveHosts saving;
    private final TellHeirs heirs;
    private final TellMemory memory;
    private final ScheduleFeature schedules;
    private final SearchSchema<Vm> schema;
    private final PlacementFeature placement;
    private final ReturningLease returningLease;

    public VmFeature(
            Database database,
            Operations operations,
            Agents agents,
            Events events,
            Clock clock,
            Clusters clusters,
            Hosts hosts,
            Networks networks,
            StorageDomains domains,
            Disks disks,
            NewDisks newDisks,
            DirectLuns luns,
            Volumes volumes,
            ImageCopies copies,
            Templates templates,
            InstanceTypes instanceTypes,
            Vms vms,
            Snapshots snapshots,
            VmPools pools,
            ObservedMachines observed,
            Function<Id<Host>, Optional<String>> migrationAddress,
            VmRules rules,
            SearchSchema<Host> hostSchema,
            HostPower power,
            Predicate<Host> leaseAlive,
            SoftFence softFence,
            UpgradeFeature shell,
            Predicate<Host> dumping,
            Duration quiet,
            Duration empty,
            String externalName) {
        this.vms = vms;
        var kept = new KeptStates(database, agents, clusters);
        this.placement = new PlacementFeature(
                database, operations, events, clock, clusters, hosts, domains, vms, observed, rules, power);
        var place = placement.place();
        var chains = new SnapshotChains(database, vms, snapshots, disks, volumes, agents, observed, events);
        var unsettled = new UnsettledSnapshots(database, operations, snapshots, chains, disks, volumes);
        var stateless = new StatelessDisks(database, disks, volumes);
        stateless.load();
        var start = operations.known(new StartVm(
                vms, unsettled, place, disks, luns, volumes, kept, agents, observed, stateless, events, clock));
        var stop = operations.known(new StopVm(vms, agents, observed, kept, events));
        var migrate = operations.known(
                new MigrateVm(vms, place, disks, luns, agents, observed, migrationAddress, clusters, events));
        var leases = new VmLeases(domains, volumes, agents);
        var remove = operations.known(new RemoveVm(vms, snapshots, disks, volumes, leases, events));
        var changeLease = operations.known(new ChangeLease(vms, leases, events));
        this.returningLease = new ReturningLease(leases, operations, changeLease);
        var restart = operations.known(new RestartVm(vms, place, start, stateless, leases, agents, events, clock));
        this.availability =
                new HighAvailability(database, vms, pools, hosts, operations, start, restart, events, clock);
        var gone = new HostGone(vms, observed, agents, operations, availability, events, clock);
        var fence = operations.known(new FenceHost(hosts, power, gone, observed, agents, events, clock));
        this.fenceApi = new HostFenceApi(
                hosts, power, operations, operations.known(new ConfirmReboot(agents, gone, events)), fence, shell);
        this.saving = new SaveHosts(clusters, hosts, vms, placement.view(), power, operations, fence, empty, clock);
        this.fencing = new FenceWatch(
                database, hosts, clusters, power, softFence, leaseAlive, dumping, operations, fence, quiet, clock);
        this.memory = new TellMemory(clusters, hosts, vms, agents);
        this.heirs = new TellHeirs(
                database,
                clusters,
                hosts,
                domains,
                vms,
                new Bequests(
                        vms,
                        disks,
                        pools,
                        observed,
                        operations,
                        agents,
                        kept,
                        placement.view(),
                        placement.foresight(),
                        clock),
                rules.policy(),
                agents,
                events);
        var follow = operations.known(new FollowTemplate(vms, disks, volumes, new Offspring(disks, clock), events));
        var add = operations.known(new AddVm(vms, disks, volumes, copies, leases, events));
        var newVms = new NewVms(
                vms,
                clusters,
                templates,
                instanceTypes,
                disks,
                domains,
                newDisks,
                operations,
                add,
                follow,
                pools,
                leases,
                events,
                clock);
        this.lifecycle = new VmLifecycle(
                database,
                vms,
                snapshots,
                disks,
                agents,
                observed,
                operations,
                events,
                pools,
                place,
                start,
                stop,
                migrate,
                remove,
                operations.known(new SuspendVm(vms, disks, volumes, agents, observed, events, clock)),
                operations.known(new DropState(vms, disks, volumes, events)),
                clock,
                newVms::follow,
                rules.room());
        var changes = new VmChanges(
                database,
                vms,
                clusters,
                operations,
                operations.known(new GrowVm(vms, agents, events)),
                changeLease,
                leases,
                rules.licence(),
                events);
        var poolActions = new Pools(
                database,
                pools,
                vms,
                templates,
                clusters,
                lifecycle,
                operations,
                operations.known(new FillPool(vms, pools, newVms, operations, events)),
                operations.known(new RemovePool(vms, pools, lifecycle, operations, events)),
                events,
                clock);
        this.poolsApi = new VmPoolsApi(pools, poolActions, vms, clusters);
        this.poolKeeper = new KeepPools(
                database,
                vms,
                pools,
                stateless,
                lifecycle,
                operations,
                operations.known(new UncoverVm(vms, stateless, events)),
                events,
                clock);
        this.guests = new GuestReports(vms, observed);
        this.schema = new VmSearch(vms, observed, guests)
                .schema(clusters, hosts, templates, pools, disks, networks, hostSchema, clock);
        this.api = new VmsApi(
                vms,
                new VmDocuments(vms, observed, rules),
                lifecycle,
                newVms,
                new SnapshotClones(
                        vms,
                        disks,
                        domains,
                        clusters,
                        snapshots,
                        unsettled,
                        operations,
                        operations.known(new CloneSnapshot(vms, disks, volumes, copies, events)),
                        events,
                        clock),
                changes,
                hosts,
                disks,
                domains,
                schema,
                rules.properties());
        this.devices = new DeviceApis(
                database,
                operations,
                agents,
                events,
                hosts,
                networks,
                domains,
                disks,
                newDisks,
                luns,
                templates,
                vms,
                snapshots,
                guests);
        var tickets = new ConsoleTickets(clock);
        this.consoles = new VmConsolesApi(vms, observed, tickets, agents, externalName, this::vncPort);
        this.consolesBehind = gate -> new Consoles(vms, agents, tickets, gate, database, events);
        var saved = new SavedMachines(vms, disks, networks);
        var abandoned = new Abandoned(snapshots, chains, disks, volumes);
        this.diskSnapshots = new DiskSnapshotsApi(disks, snapshots);
        var snapshotActions = new SnapshotActions(
                vms,
                disks,
                snapshots,
                new SnapshotConditions(vms, disks, snapshots, stateless, unsettled, operations),
                abandoned,
                operations,
                operations.known(new TakeSnapshot(database, snapshots, chains, disks, volumes, agents, events)),
                operations.known(new RemoveSnapshot(database, snapshots, chains, disks, volumes, events)),
                operations.known(new GoBackToSnapshot(snapshots, saved, abandoned, disks, volumes, events)),
                operations.known(new LeavePreview(snapshots, saved, abandoned, disks, events)),
                events,
                clock);
        this.schedules =
                new ScheduleFeature(database, operations, vms, lifecycle, snapshots, snapshotActions, events, clock);
        this.snapshotsApi = new SnapshotsApi(
                vms,
                disks,
                snapshots,
                snapshotActions,
                new SnapshotConfigurations(new OvfDocuments(vms, templates, disks, clusters, networks), clusters, vms));
        var hostArchives = new HostArchives(agents, disks, domains, volumes, copies);
        this.archives = new ArchivesApi(
                new ImportMachines(
                        vms,
                        templates,
                        disks,
                        newDisks,
                        volumes,
                        hostArchives,
                        networks,
                        new OvfSpecs(rules.properties()),
                        operations,
                        operations.known(new ImportMachine(vms, templates, disks, volumes, hostArchives, events)),
                        events,
                        clock),
                new ExportMachines(
                        vms,
                        disks,
                        newDisks,
                        volumes,
                        operations,
                        operations.known(new ExportMachine(
                                vms,
                                templates,
                                disks,
                                volumes,
                                new OvfDocuments(vms, templates, disks, clusters, networks),
                                hostArchives,
                                events)),
                        events,
                        clock),
                vms,
                templates,
                hosts,
                clusters,
                domains,
                disks,
                networks);
    }

    public ReturningLease returningLease() {
        return returningLease;
    }

    public VmLifecycle lifecycle() {
        return lifecycle;
    }

    /** Lets native VNC clients in too, by the same gate. */
    public VncDoor letVncIn(String address, int port, Gate gate) {
        var door = VncDoor.open(address, port, consoles(gate));
        vncDoor = door;
        return door;
    }

    private int vncPort() {
        var door = vncDoor;
        return door == null ? 0 : door.port();
    }

    /** Where clients reach consoles, let in by that gate. */
    public Consoles consoles(Gate gate) {
        return consolesBehind.apply(gate);
    }

    /** Why machines are where they are, and what would follow if hosts failed. */
    public PlacementFeature placement() {
        return placement;
    }

    /** Begins to watch over hosts that are silent, and over the machines that they had. */
    public void watch() {
        availability.start();
        fencing.start();
        saving.start();
        heirs.start();
        memory.start();
        placement.watch(lifecycle);
    }

    /** Ends what {@link #watch} began. */
    public void stopWatching() {
        placement.stopWatching();
        fencing.close();
        saving.close();
        heirs.close();
        memory.close();
        availability.close();
    }

    public HighAvailability availability() {
        return availability;
    }

    public SearchSchema<Vm> schema() {
        return schema;
    }

    public SearchSchema<VmPool> poolSchema() {
        return poolsApi.schema();
    }

    /** What looks after pools and stateless machines, to be started when the engine acts. */
    public KeepPools poolKeeper() {
        return poolKeeper;
    }

    public ScheduleFeature schedules() {
        return schedules;
    }

    /** Counts of a host's machines. */
    public VmSummary summary(Id<Host> host) {
        var here = vms.on(host);
        long migrating =
                here.stream().filter(vm -> vms.status(vm) == VmStatus.MIGRATING).count();
        long active =
                here.stream().filter(vm -> vms.status(vm) != VmStatus.DOWN).count();
        return VmSummary.builder()
                .active(active)
                .migrating(migrating)
                .total((long) here.size())
                .build();
    }

    /** The memory that a host's machines may come to take, in bytes. */
    public long committed(Id<Host> host) {
        return vms.on(host).stream().mapToLong(vms::memoryBytes).sum();
    }

    /** How many machines are not down. */
    public long active() {
        return vms.model().all().stream().filter(vm -> vm.host() != null).count();
    }

    public void serve(ApiRoutes routes, StatisticsApi statistics) {
        api.serve(routes);
        devices.serve(routes);
        guests.serve(routes, statistics);
        consoles.serve(routes);
        snapshotsApi.serve(routes);
        diskSnapshots.serve(routes);
        archives.serve(routes);
        poolsApi.serve(routes);
        fenceApi.serve(routes);
    }
}
