package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.network.MacPools;
import org.bellwether.engine.placement.CpuPlan;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.template.Template;
import org.bellwether.protocol.MachineDefinition;
import org.jspecify.annotations.Nullable;

/** All machines: what was decided of them, and the status that follows from it and from what hosts say. */
public final class Vms {

    private final Database database;
    private final Agents agents;
    private final Operations operations;
    private final ObservedMachines observed;
    private final Disks disks;
    private final MachineDefinitions definitions;
    private final MacPools macs;
    private final Clock clock;
    private final ObjectTable<Vm> table = new ObjectTable<>("vms", "virtual machine", Vm.class, Vms::columns);
    private final ObjectTable<Nic> nics = new ObjectTable<>("nics", "network interface", Nic.class, this::columns);
    private final Lookup<Id<Host>, Vm> byHost = table.model().indexedBy(Vm::hostId);
    private final Lookup<Id<Cluster>, Vm> byCluster = table.model().indexedBy(vm -> Optional.of(vm.cluster()));
    private final Lookup<Id<Template>, Vm> byTemplate = table.model().indexedBy(vm -> Optional.of(vm.template()));
    private final Lookup<Id<VmPool>, Vm> byPool = table.model().indexedBy(Vms::poolOf);
    private final Lookup<Id<Vm>, Nic> nicsByVm = nics.model().indexedBy(Nic::vmId);
    private final Lookup<Id<Template>, Nic> nicsByTemplate = nics.model().indexedBy(Nic::templateId);
    /** By address, how many interfaces have it: more than one only where a MAC pool allows it. */
    private final Map<String, Integer> macsInUse = new ConcurrentHashMap<>();

    public Vms(
            Database database,
            Agents agents,
            Operations operations,
            ObservedMachines observed,
            Disks disks,
            MachineDefinitions definitions,
            MacPools macs,
            Clock clock) {
        this.database = database;
        this.agents = agents;
        this.operations = operations;
        this.observed = observed;
        this.disks = disks;
        this.definitions = definitions;
        this.macs = macs;
        this.clock = clock;
    }

    private static Map<String, Object> columns(Vm vm) {
        var columns = new HashMap<String, Object>();
        columns.put("cluster_id", vm.cluster().value());
        columns.put("template_id", vm.template().value());
        // A missing entry would leave the column as it was: the claim must also be taken back.
        columns.put("host_id", vm.hostId().map(Id::value).orElse(null));
        return columns;
    }

    private Map<String, Object> columns(Nic nic) {
        var columns = new HashMap<String, Object>();
        columns.put("vm_id", nic.vmId().map(Id::value).orElse(null));
        columns.put("template_id", nic.templateId().map(Id::value).orElse(null));
        columns.put("vnic_profile_id", nic.profileId().map(Id::value).orElse(null));
        // The column is unique; an address that several may have does not stand in it a second time.
        columns.put("mac", sharesMac(nic) ? null : nic.mac());
        return columns;
    }

    public void load() {
        table.load(database);
        nics.load(database);
        nics.model().all().forEach(this::macTaken);
    }

    public ReadModel<Vm> model() {
        return table.model();
    }

    /** The machine, or a failure that says that there is none. */
    public Vm get(Id<Vm> id) {
        return table.get(id);
    }

    /** The machines a host may have running. */
    public Collection<Vm> on(Id<Host> host) {
        return byHost.of(host);
    }

    public Collection<Vm> ofCluster(Id<Cluster> cluster) {
        return byCluster.of(cluster);
    }

    public Collection<Vm> ofTemplate(Id<Template> template) {
        return byTemplate.of(template);
    }

    public Collection<Vm> ofPool(Id<VmPool> pool) {
        return byPool.of(pool);
    }

    boolean hasDiskOn(Vm vm, Id<StorageDomain> domain) {
        return disks.ofVm(vm.id()).stream()
                .flatMap(attachment -> disks.model().find(attachment.disk()).stream())
                .anyMatch(disk -> disk.domainId().equals(Optional.of(domain)));
    }

    /** The pool that it is one of. */
    static Optional<Id<VmPool>> poolOf(Vm vm) {
        var pool = vm.spec().vmPool();
        return pool == null || pool.id() == null ? Optional.empty() : Optional.of(Id.of(pool.id()));
    }

    public Collection<Nic> nicsOf(Id<Vm> vm) {
        return nicsByVm.of(vm);
    }

    public Collection<Nic> nicsOfTemplate(Id<Template> template) {
        return nicsByTemplate.of(template);
    }

    Nic nic(Id<Nic> id) {
        return nics.get(id);
    }

    public VmStatus status(Vm vm) {
        var job = operations.holding(vm.id());
        var kind = job.map(org.bellwether.engine.platform.operation.Job::kind).orElse("");
        boolean locked = kind.equals(AddVm.KIND)
                || kind.equals(ImportMachine.KIND)
                || kind.equals(UncoverVm.KIND)
                || kind.equals(FollowTemplate.KIND)
                || kind.equals(ExportMachine.KIND)
                || disks.ofVm(vm.id()).stream()
                        .map(attachment -> disks.model().find(attachment.disk()))
                        .flatMap(Optional::stream)
                        .anyMatch(disk -> disk.state() == Disk.State.LOCKED);
        var host = vm.hostId();
        return VmStatus.of(new VmStatus.Facts(
                host.isPresent(),
                host.map(id -> agents.connected(id.value())).orElse(false),
                host.flatMap(id -> observed.on(id, vm.id())),
                vm.suspended() != null,
                kind.equals(SuspendVm.KIND),
                kind.equals(StartVm.KIND) || kind.equals(RestartVm.KIND),
                kind.equals(MigrateVm.KIND),
                locked,
                clock.instant()));
    }

    /** How agents are told what machines are made of. */
    MachineDefinitions definitions() {
        return definitions;
    }

    /** What the agent needs to run the machine, as everything stands now. */
    public MachineDefinition definition(Vm vm) {
        return definitions.of(vm, disks.ofVm(vm.id()), nicsOf(vm.id()));
    }

    /** The engine's own machine says so by its origin, as in the field's API. */
    public void markEngineMachine(Transaction tx, Id<Vm> id, boolean own) {
        update(
                tx,
                id,
                vm -> vm.specified(vm.spec().toBuilder()
                        .origin(own ? Vm.ENGINE_ORIGIN : null)
                        .build()));
    }

    long memoryBytes(Vm vm) {
        return MachineDefinitions.memoryBytes(vm);
    }

    /** The machine as this transaction has made it. */
    public Optional<Vm> asChanged(Transaction tx, Id<Vm> id) {
        return table.asChanged(tx, id);
    }

    void insert(Transaction tx, Vm vm) {
        table.insert(
                tx,
                Principal.current().map(creator -> vm.createdBy(creator.id())).orElse(vm));
    }

    /** Many machines at once, for measuring. */
    public void insertAll(Transaction tx, List<Vm> vms) {
        table.insertAll(tx, vms);
    }

    Vm update(Transaction tx, Id<Vm> id, Function<Vm, Vm> change) {
        return table.update(tx, id, change);
    }

    void delete(Transaction tx, Id<Vm> id) {
        nicsOf(id).forEach(nic -> deleteNic(tx, nic));
        table.delete(tx, id);
    }

    void insertNic(Transaction tx, Nic nic) {
        nics.insert(tx, nic);
        tx.onCommit(() -> macTaken(nic));
    }

    Nic updateNic(Transaction tx, Nic nic, Function<Nic, Nic> change) {
        // What is changed may be newer than what the caller knows.
        var before = new ArrayList<Nic>();
        var changed = nics.update(tx, nic.id(), now -> {
            before.add(now);
            return change.apply(now);
        });
        tx.onCommit(() -> {
            before.forEach(this::macFree);
            macTaken(changed);
        });
        return changed;
    }

    void deleteNic(Transaction tx, Nic nic) {
        nics.delete(tx, nic.id());
        tx.onCommit(() -> macFree(nic));
    }

    /** A MAC address nobody has; two who ask at once may get the same, and the database refuses the second. */
    String freeMac(Id<Cluster> cluster, Id<Nic> forNic) {
        return macs.free(cluster, macsInUse::containsKey, forNic.value().hashCode());
    }

    boolean macIsFree(String mac) {
        return !macsInUse.containsKey(mac);
    }

    private boolean sharesMac(Nic nic) {
        return nic.mac() != null
                && nic.vmId()
                        .flatMap(table.model()::find)
                        .filter(vm -> macs.duplicates(vm.cluster()))
                        .isPresent()
                && nics.model().all().stream()
                        .anyMatch(other ->
                                nic.mac().equals(other.mac()) && !other.id().equals(nic.id()));
    }

    private void macTaken(Nic nic) {
        if (nic.mac() != null) {
            macsInUse.merge(nic.mac(), 1, Integer::sum);
        }
    }

    private void macFree(Nic nic) {
        if (nic.mac() != null) {
            macsInUse.computeIfPresent(nic.mac(), (_, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Writes down that the machine runs nowhere; only with the proof in hand that it does not run on that host. */
    void release(Id<Vm> id, Id<Host> host, String reason) {
        database.change(tx -> release(tx, id, host, reason));
    }

    void release(Transaction tx, Id<Vm> id, Id<Host> host, String reason) {
        table.update(tx, id, vm -> vm.hostId().equals(Optional.of(host)) ? vm.off(clock.instant(), reason) : vm);
    }

    /** Writes down that the machine may still run where it ran before, with what it ran with there. */
    void moved(Id<Vm> id, Id<Host> host, @Nullable Running running) {
        database.change(tx -> table.update(tx, id, vm -> {
            var back = vm.movedTo(host);
            return running == null ? back : back.running(running);
        }));
    }

    /** Writes down that a migration brought the machine there, to these processors. */
    void moved(Id<Vm> id, Id<Host> host, @Nullable CpuPlan cpus) {
        database.change(tx -> table.update(tx, id, vm -> vm.movedTo(host, cpus)));
    }
}
