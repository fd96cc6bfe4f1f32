package org.bellwether.agent.vm;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bellwether.agent.host.Qemu;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Notes;
import org.bellwether.agent.storage.Merges;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.agent.watch.Reports;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.DomainEvent;
import org.bellwether.libvirt.DomainEventType;
import org.bellwether.libvirt.IoErrorAction;
import org.bellwether.libvirt.LifecycleDetail;
import org.bellwether.protocol.BackupState;
import org.bellwether.protocol.BeginBackupRequest;
import org.bellwether.protocol.ChangeCdRequest;
import org.bellwether.protocol.Checkpoint;
import org.bellwether.protocol.ConsoleData;
import org.bellwether.protocol.ConsoleRequest;
import org.bellwether.protocol.CpuAffinity;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.GrowMachineRequest;
import org.bellwether.protocol.KeptState;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.MachineDiskRequest;
import org.bellwether.protocol.MachineNote;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MachineStatistics;
import org.bellwether.protocol.MigrateMachineRequest;
import org.bellwether.protocol.MirrorDiskRequest;
import org.bellwether.protocol.MirrorState;
import org.bellwether.protocol.Picture;
import org.bellwether.protocol.PlugDiskRequest;
import org.bellwether.protocol.PrepareIncomingReply;
import org.bellwether.protocol.SaveMachineRequest;
import org.bellwether.protocol.SetNicRequest;
import org.bellwether.protocol.StartMachineRequest;
import org.bellwether.protocol.VolumeReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machine room's door. */
public final class VirtualMachines implements LibvirtLink.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(VirtualMachines.class);

    private final Machines machines;
    private final MachineCalls calls;
    private final MachineStarts starts;
    private final DiskCalls disks;
    private final SnapshotCalls snapshots;
    private final BackupJobs backups;
    private final Migrations migrations;
    private final GuestPoller guests;
    private final PortMirrors mirrors = new PortMirrors();
    private final Consoles consoles;
    private final StorageAgain storageAgain;
    private final HotChanges hot;
    private final Reports reports;
    private final MachineMeasures measures;
    private final VanishedQemus vanished;
    private final OutrunMachines outrun;
    private final CpuAffinities affinities;

    /**
     * What migration needs to know of this host.
     *
     * @param address where other hosts reach it
     * @param pki certificates in libvirt's names
     */
    public record MigrationDoor(String address, int libvirtTlsPort, Path pki) {}

    /**
     * The room; it is empty until {@link #connected}.
     *
     * @param storage finds the file of a volume on this host, or refuses in words
     * @param disks finds what a machine's disk is on this host
     * @param retire marks a volume that a machine has left for its mirror
     * @param merges marks what was merged, and brings images in line with it
     * @param leases of machines that have one
     */
    public VirtualMachines(
            LibvirtLink link,
            Path stateDirectory,
            Lanes lanes,
            Reports reports,
            Clock clock,
            Qemu qemu,
            Function<VolumeReference, PreparedVolume> storage,
            Function<DiskDevice, PreparedVolume> disks,
            Consumer<VolumeReference> retire,
            Merges merges,
            LeaseDoor leases,
            MigrationDoor door)
            throws IOException {
        this.reports = reports;
        this.machines = new Machines(
                link,
                new Notes<>(stateDirectory.resolve("machines"), MachineNote.getDefaultInstance()),
                lanes,
                reports,
                clock,
                leases::hostId);
        this.measures = new MachineMeasures(link, machines, lanes.threads());
        this.vanished = new VanishedQemus(machines::vanished, System::nanoTime);
        this.affinities = new CpuAffinities(machines, Path.of("/proc"));
        this.calls = new MachineCalls(link, machines, lanes, clock, storage, leases);
        this.outrun = new OutrunMachines(
                lanes.threads(),
                machine -> LeaseDoor.Held.of(machine).flatMap(leases::lostTo).isPresent(),
                calls::endOutrun,
                System::nanoTime);
        MachineNeeds needs = new MachineNeeds(storage, disks, leases);
        this.starts = new MachineStarts(link, machines, calls, needs, leases, qemu);
        this.disks = new DiskCalls(calls, storage, disks, retire);
        this.snapshots = new SnapshotCalls(calls, machines, storage, merges);
        this.backups = new BackupJobs(calls, qemu);
        this.migrations =
                new Migrations(link, machines, calls, needs, lanes, door.address, door.libvirtTlsPort, door.pki);
        this.guests = new GuestPoller(link, machines, lanes, clock);
        this.consoles = new Consoles(machines);
        this.hot = new HotChanges(calls, storage);
        // Not at the first start of a machine only: an incoming one needs it too.
        Files.createDirectories(DomainXml.CONSOLES);
        this.storageAgain = new StorageAgain(lanes.threads(), calls::resume, calls::endForStorage, System::nanoTime);
    }

    @Override
    public void connected(Connection connection) {
        connection.subscribe(
                this::happened,
                DomainEventType.LIFECYCLE,
                DomainEventType.REBOOT,
                DomainEventType.IO_ERROR_REASON,
                DomainEventType.CONTROL_ERROR,
                DomainEventType.AGENT_LIFECYCLE);
        machines.readAll(connection);
        migrations.recover();
        snapshots.recover(connection);
        for (Machine machine : machines.all()) {
            DomainView view = machine.view;
            if (view != null && !view.foreign() && view.agentConnected()) {
                guests.connected(machine.id);
            }
        }
        reports.trouble("");
    }

    @Override
    public void lost(String why) {
        reports.trouble(why);
    }

    /** Whether libvirt was read since the agent started. */
    public boolean read() {
        return machines.read();
    }

    public List<MachineState> states() {
        return machines.states();
    }

    /** Whether a machine that is on, of whoever made it, has a file with this in its path. */
    public boolean usesPath(String part) {
        return machines.all().stream()
                .filter(machine -> MachineStates.on(machine.state.getPower()))
                .map(machine -> machine.view)
                .anyMatch(view -> view != null && view.files().stream().anyMatch(file -> file.contains(part)));
    }

    public MachineState start(StartMachineRequest request) {
        return starts.start(request);
    }

    public MachineState shutdown(String id) {
        return calls.shutdown(id);
    }

    /** @param atOnce without letting it write what it has in its caches */
    public MachineState stop(String id, boolean atOnce) {
        return calls.stop(id, atOnce);
    }

    public MachineState reboot(String id, boolean force) {
        return calls.reboot(id, force);
    }

    public MachineState pause(String id) {
        return calls.pause(id);
    }

    public MachineState resume(String id) {
        return calls.resume(id);
    }

    /** What libvirt keeps of a machine here beside its definition. */
    public KeptState kept(String id) {
        KeptState[] kept = {KeptState.getDefaultInstance()};
        calls.onDomain(id, "read what is kept of", (machine, domain) -> {
            kept[0] = DomainView.parse(domain.xml())
                    .definition()
                    .map(KeptFiles::read)
                    .orElse(kept[0]);
        });
        return kept[0];
    }

    public void forget(String id) {
        calls.forget(id);
    }

    public void resizeDisk(String id, String imageId, long bytes) {
        calls.resizeDisk(id, imageId, bytes);
    }

    public MachineState plugDisk(PlugDiskRequest request) {
        return disks.plug(request);
    }

    public MachineState unplugDisk(MachineDiskRequest request) {
        return disks.unplug(request);
    }

    public MirrorState mirrorDisk(MirrorDiskRequest request) {
        return disks.mirror(request);
    }

    public MirrorState inspectMirror(MachineDiskRequest request) {
        return disks.inspect(request);
    }

    public MirrorState switchMirror(MachineDiskRequest request) {
        return disks.pivot(request);
    }

    public MirrorState cancelMirror(MachineDiskRequest request) {
        return disks.cancel(request);
    }

    public MachineState save(SaveMachineRequest request) {
        return calls.save(request);
    }

    public MachineState freeze(String id) {
        return calls.freeze(id);
    }

    public MachineState thaw(String id) {
        return calls.thaw(id);
    }

    public MachineState setNic(SetNicRequest request) {
        return hot.setNic(request);
    }

    public MachineState changeCd(ChangeCdRequest request) {
        return hot.changeCd(request);
    }

    public MachineState grow(GrowMachineRequest request) {
        return hot.grow(request);
    }

    /** A console's bytes, in both directions; {@code words} makes the status of a failure. */
    public StreamObserver<ConsoleRequest> console(
            ServerCallStreamObserver<ConsoleData> caller, Function<Throwable, StatusRuntimeException> words) {
        return consoles.open(caller, words);
    }

    public Picture screenshot(String id) {
        Picture[] taken = {Picture.getDefaultInstance()};
        calls.onDomain(id, "take a picture of the screen of", (machine, domain) -> {
            MachineCalls.requireActive(machine, domain.status(), "take a picture of the screen of");
            taken[0] = Pictures.of(domain.screenshot(0));
        });
        return taken[0];
    }

    /** Snapshots, and merging their volumes. */
    public SnapshotCalls snapshots() {
        return snapshots;
    }

    /** Begins a backup of a running machine, served on the socket. */
    public BackupState beginBackup(BeginBackupRequest request, Path socket, Path scratch) {
        return backups.begin(request, socket, scratch);
    }

    /** Whether a running machine's backup is served on the socket. */
    public boolean backupGoesOn(String machineId, Path socket) {
        return backups.goesOn(machineId, socket);
    }

    /** Ends the backup that is served on the socket, and takes its checkpoint back if there is one to be taken. */
    public void endBackup(String machineId, Path socket, Optional<Checkpoint> taken) {
        backups.end(machineId, socket, taken);
    }

    public void removeCheckpoint(String machineId, Checkpoint checkpoint) {
        backups.removeCheckpoint(machineId, checkpoint);
    }

    public PrepareIncomingReply prepareIncoming(MachineDefinition definition) {
        return migrations.prepare(definition);
    }

    public MachineState migrate(MigrateMachineRequest request) {
        return migrations.begin(request);
    }

    public MachineState cancelMigration(String id) {
        return migrations.cancel(id);
    }

    /** What is due every second: guest agents whose turn it is, shutdowns that the guest has ignored. Does not wait. */
    public void pulse() {
        guests.askDue();
        mirrors.look(machines.all());
        vanished.look(machines.all());
        outrun.look(machines.all());
        for (Machine machine : machines.all()) {
            storageAgain.look(machine);
            if (machine.state.getPower() == org.bellwether.protocol.PowerState.SHUTTING_DOWN) {
                machines.observeSoon(machine.id);
            }
        }
    }

    /** Ends machines with leases on that domain that are paused here and have run elsewhere since; may wait for the storage. */
    public void endOutrun(String domainId) {
        outrun.lookNow(domainId, machines.all());
    }

    /** One question to libvirt for all machines; empty while it does not answer. */
    public List<MachineStatistics> statistics() {
        return measures.now();
    }

    /** Where the threads of those machines may run that were told where. */
    public List<CpuAffinity> affinities() {
        return affinities.look();
    }

    private void happened(DomainEvent event) {
        switch (event) {
            case DomainEvent.Lost lost -> {
                LOG.warn("{} events of libvirt were missed: reading all machines anew", lost.count());
                machines.all().forEach(machine -> machines.observeSoon(machine.id));
            }
            case DomainEvent.IoError error -> storageFailed(error);
            case DomainEvent.AgentLifecycle agent -> {
                String id = agent.domain().uuid().toString();
                machines.observeSoon(id);
                if (agent.connected()) {
                    guests.connected(id);
                } else {
                    guests.disconnected(id);
                }
            }
            case DomainEvent.Lifecycle change -> {
                Machine machine = machines.of(change.domain().uuid().toString());
                if (change.detail() == LifecycleDetail.SHUTDOWN_HOST) {
                    machine.endedFromOutside = true;
                }
                machines.observeSoon(machine.id);
            }
            case DomainEvent.OfDomain other ->
                machines.observeSoon(other.domain().uuid().toString());
        }
    }

    private void storageFailed(DomainEvent.IoError error) {
        Machine machine = machines.of(error.domain().uuid().toString());
        boolean full = error.reason().equals("enospc");
        LOG.warn(
                "{}: {} of {} failed{}",
                machine.called(),
                error.device(),
                error.path(),
                full ? ", the storage is full" : "");
        if (error.action() == IoErrorAction.PAUSE) {
            machines.note(
                    machine,
                    note -> note.setNoSpace(full)
                            .setError("Disk " + error.device() + " at " + error.path()
                                    + (full ? " found its storage full" : " could not be read or written")));
        }
        machines.observeSoon(machine.id);
    }
}
