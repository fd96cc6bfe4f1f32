package org.bellwether.agent.vm;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.Domain;
import org.bellwether.libvirt.DomainStatus;
import org.bellwether.libvirt.ErrorCode;
import org.bellwether.libvirt.ErrorDomain;
import org.bellwether.libvirt.JobStatistics;
import org.bellwether.libvirt.JobType;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.libvirt.Migration;
import org.bellwether.libvirt.StateReason;
import org.bellwether.libvirt.TypedParameters;
import org.bellwether.libvirt.flags.JobStatsFlag;
import org.bellwether.libvirt.flags.MigrateFlag;
import org.bellwether.libvirt.flags.UndefineFlag;
import org.bellwether.libvirt.flags.XmlFlag;
import org.bellwether.protocol.CpuPlacement;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MigrateMachineRequest;
import org.bellwether.protocol.MigrationState;
import org.bellwether.protocol.PrepareIncomingReply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Live migration, steered by the source's libvirt. libvirt goes on when the agent dies; so the outcome is read from
 * libvirt wherever the agent did not hear it, and written down until the engine forgets the machine here.
 */
final class Migrations {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    private static final Duration USUAL = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int LOOKS_WITHOUT_JOB = 3;
    private static final long MIB = 1 << 20;
    private static final String SCHEME = "qemu+tls://";

    private final LibvirtLink link;
    private final Machines machines;
    private final MachineCalls calls;
    private final MachineNeeds needs;
    private final Lanes lanes;
    private final String address;
    private final int tlsPort;
    private final Path pki;
    /** Migrations that a thread of this agent waits for, by machine. */
    private final ConcurrentMap<String, AtomicBoolean> waited = new ConcurrentHashMap<>();

    Migrations(
            LibvirtLink link,
            Machines machines,
            MachineCalls calls,
            MachineNeeds needs,
            Lanes lanes,
            String address,
            int tlsPort,
            Path pki) {
        this.link = link;
        this.machines = machines;
        this.calls = calls;
        this.needs = needs;
        this.lanes = lanes;
        this.address = address;
        this.tlsPort = tlsPort;
        this.pki = pki;
    }

    /** On the destination: storage and networks are there, and nothing of the machine is in the way. */
    PrepareIncomingReply prepare(MachineDefinition wanted) {
        MachineDefinition definition = MachineNeeds.checked(wanted);
        return calls.lane(definition.getId()).call("prepare for machine " + definition.getName(), USUAL, () -> {
            Connection connection = link.connection();
            requireShared(definition, needs.volumes(definition));
            MachineNeeds.requireNetworks(definition);
            MachineNeeds.requirePages(definition);
            needs.lease(definition);
            ConfigDrives.make(definition);
            clear(connection, definition);
            String host = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
            return PrepareIncomingReply.newBuilder()
                    .setLibvirtUri(SCHEME + host + ":" + tlsPort + "/system")
                    .setMigrationUri("tcp://" + host)
                    .build();
        });
    }

    /** On the source: begins, and answers at once. */
    MachineState begin(MigrateMachineRequest request) {
        if (!request.getLibvirtUri().startsWith(SCHEME)
                || request.getLibvirtUri().indexOf('?') >= 0) {
            throw Refusal.badRequest("A machine moves over TLS only, not to \"" + request.getLibvirtUri() + "\"");
        }
        return calls.onDomain(request.getMachineId(), "migrate", (machine, domain) -> {
            MigrationState known = machine.note.getMigration();
            if (known.getMigrationId().equals(request.getMigrationId())
                    && !request.getMigrationId().isEmpty()) {
                return;
            }
            if (known.getPhase() == MigrationState.Phase.RUNNING_OUT) {
                throw Refusal.wrongState(machine.called() + " is being migrated already")
                        .next("Wait for that, or cancel it.");
            }
            requireMovable(machine, domain.status());
            MachineDefinition definition = present(DomainView.parse(domain.xml()));
            requireShared(definition, needs.volumes(definition));
            MigrationState begun = MigrationState.newBuilder()
                    .setMigrationId(request.getMigrationId())
                    .setDestinationHostId(request.getDestinationHostId())
                    .setPhase(MigrationState.Phase.RUNNING_OUT)
                    .build();
            machines.note(machine, note -> note.setMigration(begun).clearCancelAsked());
            AtomicBoolean over = new AtomicBoolean();
            MigrationSteps steps = new MigrationSteps(request.getStepsList());
            waited.put(machine.id, over);
            lanes.threads().execute(() -> migrate(machine, request, over, steps));
            lanes.threads().execute(() -> tellProgress(machine, over, steps));
        });
    }

    MachineState cancel(String id) {
        return calls.onDomain(id, "cancel the migration of", (machine, domain) -> {
            if (machine.note.getMigration().getPhase() != MigrationState.Phase.RUNNING_OUT) {
                return;
            }
            machines.note(machine, note -> note.setCancelAsked(true));
            try {
                domain.jobs().abort();
            } catch (LibvirtException e) {
                if (domain.jobs().stats().type() != JobType.NONE) {
                    throw e;
                }
                LOG.info("nothing to cancel for {}: {}", machine.called(), e.getMessage());
            }
        });
    }

    /** After a new connection: follows or settles the migrations that no thread of this agent waits for. */
    void recover() {
        for (Machine machine : machines.all()) {
            if (machine.note.getMigration().getPhase() == MigrationState.Phase.RUNNING_OUT) {
                AtomicBoolean over = new AtomicBoolean();
                if (waited.putIfAbsent(machine.id, over) == null) {
                    LOG.info("looking what became of the migration of {}", machine.called());
                    lanes.threads().execute(() -> findOut(machine, over));
                }
            }
        }
    }

    private void clear(Connection connection, MachineDefinition definition) {
        Machine machine = machines.of(definition.getId());
        Optional<Domain> present = connection.findDomain(Machines.uuid(definition.getId()));
        if (present.isPresent()) {
            try (Domain domain = present.get()) {
                if (domain.status().active()) {
                    throw Refusal.wrongState(
                            "Machine " + definition.getName() + " is already on at this host, or on its way");
                }
                if (DomainView.parse(domain.xml()).foreign()) {
                    throw Refusal.wrongState("A machine with the id of " + definition.getName()
                            + " is defined on this host and was not made by an engine");
                }
                domain.undefine(
                        UndefineFlag.MANAGED_SAVE,
                        UndefineFlag.SNAPSHOTS_METADATA,
                        UndefineFlag.NVRAM,
                        UndefineFlag.CHECKPOINTS_METADATA);
            }
        }
        machine.lock.lock();
        try {
            machines.gone(machine);
        } finally {
            machine.lock.unlock();
        }
    }

    private static void requireMovable(Machine machine, DomainStatus status) {
        if (!status.active()) {
            throw Refusal.wrongState(machine.called() + " cannot be migrated: it is off")
                    .next("Start it on the other host.");
        }
        if (status.reason() == StateReason.PAUSED_IOERROR) {
            throw Refusal.wrongState(machine.called() + " cannot be migrated: its storage failed")
                    .next("Mend the storage and resume the machine first.");
        }
    }

    /** What it was started with, without disks and CDs that were taken out since: those may not even exist any more. */
    private static MachineDefinition present(DomainView view) {
        MachineDefinition started = view.definition().orElseThrow();
        return started.toBuilder()
                .clearDisks()
                .addAllDisks(started.getDisksList().stream()
                        .filter(disk -> !disk.getCdrom() && view.diskTargets().containsValue(disk.getDiskId()))
                        .toList())
                .build();
    }

    private static void requireShared(MachineDefinition definition, Map<String, PreparedVolume> volumes) {
        for (PreparedVolume volume : volumes.values()) {
            if (volume.local()) {
                throw Refusal.wrongState("Machine " + definition.getName()
                                + " cannot be migrated: it has a disk on local storage, which only this host sees")
                        .next("Move the disk to shared storage first.");
            }
        }
    }

    private void migrate(Machine machine, MigrateMachineRequest request, AtomicBoolean over, MigrationSteps steps) {
        MigrationState.Phase phase;
        String error = "";
        try (Domain domain = machines.require(link.connection(), machine.id)) {
            if (request.getMaxDowntimeMs() > 0) {
                domain.jobs().setMaxDowntime(Duration.ofMillis(request.getMaxDowntimeMs()));
            }
            String pkipath = URLEncoder.encode(pki.toString(), StandardCharsets.UTF_8);
            LOG.info("migrating {} to {}", machine.called(), request.getLibvirtUri());
            Migration.Builder migration = migration(request);
            if (request.hasCpus()) {
                place(domain, request.getCpus(), migration);
            }
            domain.jobs().migrate(request.getLibvirtUri() + "?pkipath=" + pkipath, migration.build());
            phase = MigrationState.Phase.DONE;
        } catch (LibvirtException e) {
            if (e.domain() == ErrorDomain.RPC && !alive()) {
                LOG.warn(
                        "libvirt was lost while {} was migrated; what became of it is looked for when it is back",
                        machine.called());
                over.set(true);
                waited.remove(machine.id, over);
                return;
            }
            boolean cancelled = e.is(ErrorCode.OPERATION_ABORTED) && machine.note.getCancelAsked();
            phase = cancelled ? MigrationState.Phase.CANCELLED : MigrationState.Phase.FAILED;
            error = cancelled ? "" : steps.gaveUp().isEmpty() ? String.valueOf(e.getMessage()) : steps.gaveUp();
        } catch (Refusal e) {
            phase = MigrationState.Phase.FAILED;
            error = String.valueOf(e.getMessage());
        }
        over.set(true);
        settle(machine, phase, error);
        waited.remove(machine.id, over);
    }

    private boolean alive() {
        try {
            return link.connection().isAlive();
        } catch (Refusal | LibvirtException e) {
            return false;
        }
    }

    /** Its threads run elsewhere on the destination than here, from its first moment there on. */
    private static void place(Domain domain, CpuPlacement there, Migration.Builder migration) {
        String here = domain.xml();
        MachineDefinition placed = DomainView.parse(here).definition().orElseThrow().toBuilder()
                .setCpuSet(there.getCpuSet())
                .setExclusiveCpus(there.getExclusiveCpus())
                .clearCpuPins()
                .addAllCpuPins(there.getCpuPinsList())
                .build();
        if (SavedXml.elsewhere(here, placed)) {
            migration
                    .destinationXml(SavedXml.placed(domain.xml(XmlFlag.SECURE, XmlFlag.MIGRATABLE), placed))
                    .persistentXml(SavedXml.placed(domain.xml(XmlFlag.SECURE, XmlFlag.INACTIVE), placed));
        }
    }

    private static Migration.Builder migration(MigrateMachineRequest request) {
        // UNSAFE: libvirt cannot know which storage is shared; requireShared has proved it.
        Migration.Builder migration = Migration.builder()
                .flags(
                        MigrateFlag.LIVE,
                        MigrateFlag.PEER2PEER,
                        MigrateFlag.PERSIST_DEST,
                        MigrateFlag.UNSAFE,
                        MigrateFlag.ABORT_ON_ERROR);
        if (request.getAutoConverge()) {
            migration.flags(MigrateFlag.AUTO_CONVERGE);
        }
        if (request.getCompressed()) {
            migration.flags(MigrateFlag.COMPRESSED);
        }
        if (request.getEncrypted()) {
            migration.flags(MigrateFlag.TLS);
        }
        if (request.getPostCopy()) {
            migration.flags(MigrateFlag.POSTCOPY);
        }
        if (request.getParallelConnections() > 1) {
            migration.flags(MigrateFlag.PARALLEL).parallelConnections(request.getParallelConnections());
        }
        if (!request.getMigrationUri().isEmpty()) {
            migration.migrateUri(request.getMigrationUri());
        }
        if (request.getMaxBandwidthBytesPerSecond() > 0) {
            migration.bandwidthMebibytes(Math.max(1, request.getMaxBandwidthBytesPerSecond() / MIB));
        }
        return migration;
    }

    /** Tells the progress, and helps it, until the thread that waits for libvirt's answer says that it is over. */
    private void tellProgress(Machine machine, AtomicBoolean over, MigrationSteps steps) {
        while (!over.get()) {
            pause();
            try (Domain domain = machines.require(link.connection(), machine.id)) {
                JobStatistics job = domain.jobs().stats();
                if (running(job) && !over.get()) {
                    machines.progress(machine, progress(machine.note.getMigration(), job.values()));
                    steps.look(machine.called(), domain, job.values());
                }
            } catch (LibvirtException | Refusal e) {
                LOG.debug("the progress of {} could not be read: {}", machine.called(), e.getMessage());
            }
        }
    }

    /** Where nobody waits for libvirt's answer any more: looks until it is plain what became of the migration. */
    private void findOut(Machine machine, AtomicBoolean over) {
        int idle = 0;
        try {
            while (idle < LOOKS_WITHOUT_JOB) {
                try (Domain domain = machines.require(link.connection(), machine.id)) {
                    DomainStatus status = domain.status();
                    if (!status.active()) {
                        settleOff(machine, status);
                        return;
                    }
                    JobStatistics job = domain.jobs().stats();
                    if (running(job)) {
                        idle = 0;
                        machines.progress(machine, progress(machine.note.getMigration(), job.values()));
                    } else {
                        idle++;
                    }
                }
                pause();
            }
            boolean cancelled = machine.note.getCancelAsked();
            settle(
                    machine,
                    cancelled ? MigrationState.Phase.CANCELLED : MigrationState.Phase.FAILED,
                    cancelled
                            ? ""
                            : "It was cut off when the agent or libvirt on the source was restarted. The machine runs on where it was.");
        } catch (LibvirtException | Refusal e) {
            LOG.info("what became of the migration of {} is not known yet: {}", machine.called(), e.getMessage());
        } finally {
            waited.remove(machine.id, over);
        }
    }

    private void settleOff(Machine machine, DomainStatus status) {
        if (status.reason() == StateReason.SHUTOFF_MIGRATED) {
            settle(machine, MigrationState.Phase.DONE, "");
        } else {
            settle(
                    machine,
                    MigrationState.Phase.FAILED,
                    "The machine is off on the source and libvirt there does not know why any more: it may run on the destination. Look there before starting it.");
        }
    }

    private static boolean running(JobStatistics job) {
        return job.type() == JobType.BOUNDED || job.type() == JobType.UNBOUNDED;
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static MigrationState progress(MigrationState before, TypedParameters job) {
        long total = job.number("data_total", 0);
        long remaining = job.number("data_remaining", 0);
        MigrationState.Builder progress =
                before.toBuilder().setElapsedMs(job.number("time_elapsed", before.getElapsedMs()));
        if (total > 0) {
            progress.setBytesTotal(total)
                    .setBytesRemaining(remaining)
                    .setProgressPercent(Math.clamp(100 * (total - remaining) / total, before.getProgressPercent(), 99));
        }
        return progress.build();
    }

    private void settle(Machine machine, MigrationState.Phase phase, String error) {
        MigrationState outcome = outcome(machine, phase, error);
        machines.note(machine, note -> note.setMigration(outcome).clearCancelAsked());
        MachineState state = machines.observe(machine);
        LOG.info(
                "migration of {}: {} {}(it is {} here)",
                machine.called(),
                phase,
                error.isEmpty() ? "" : error + " ",
                state.getPower());
    }

    private MigrationState outcome(Machine machine, MigrationState.Phase phase, String error) {
        MigrationState.Builder outcome =
                machine.note.getMigration().toBuilder().setPhase(phase).setError(error);
        if (phase == MigrationState.Phase.DONE) {
            outcome.setProgressPercent(100).setBytesRemaining(0);
            try (Domain domain = machines.require(link.connection(), machine.id)) {
                TypedParameters job =
                        domain.jobs().stats(JobStatsFlag.COMPLETED).values();
                outcome.setDowntimeMs(job.number("downtime_net", job.number("downtime", 0)))
                        .setElapsedMs(job.number("time_elapsed", outcome.getElapsedMs()))
                        .setBytesTotal(job.number("data_total", outcome.getBytesTotal()));
            } catch (LibvirtException | Refusal e) {
                LOG.debug("no statistics of the migration of {}: {}", machine.called(), e.getMessage());
            }
        }
        return outcome.build();
    }
}
