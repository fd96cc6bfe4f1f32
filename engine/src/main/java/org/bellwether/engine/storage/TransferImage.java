package org.bellwether.engine.storage;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.protocol.OpenTransferRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a client send or fetch a disk's content, from the wish to the end. The bytes go between the client and a host; this
 * engine may die meanwhile and goes on with it afterwards. An upload that did not come to its end leaves nothing usable, so
 * its disk is removed, or, where a machine has it, marked illegal.
 */
public final class TransferImage implements Operation<TransferImage.Request> {

    public static final String KIND = "transfer-image";
    private static final String PASSING = "let the bytes pass";
    private static final Logger log = LoggerFactory.getLogger(TransferImage.class);
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(30);
    /** The engine asks after it every second; so long a client may go on while there is no engine. */
    private static final int LIFE_SECONDS = 300;

    private static final String CANCELLED = "was cancelled";
    private static final String IDLE = "was given up";

    private final Database database;
    private final ImageTransfers transfers;
    private final TransferSessions sessions;
    private final Disks disks;
    private final StorageDomains domains;
    private final Volumes volumes;
    private final Agents agents;
    private final Events events;
    private final TransferTickets tickets;
    private final BackupBytes backups;

    public TransferImage(
            Database database,
            ImageTransfers transfers,
            TransferSessions sessions,
            Disks disks,
            StorageDomains domains,
            Volumes volumes,
            Agents agents,
            Events events,
            TransferTickets tickets,
            BackupBytes backups) {
        this.database = database;
        this.transfers = transfers;
        this.sessions = sessions;
        this.disks = disks;
        this.domains = domains;
        this.volumes = volumes;
        this.agents = agents;
        this.events = events;
        this.tickets = tickets;
        this.backups = backups;
    }

    /** @param backup the backup that is fetched; null: the disk itself, which nobody else changes meanwhile */
    public record Request(
            Id<ImageTransfer> transfer,
            Id<Disk> disk,
            String name,
            boolean upload,
            @Nullable UUID backup,
            Asker asker) {}

    record Chosen(Id<Host> id, String name) {}

    record Passed(long bytes) {}

    record Seen(long provisionedBytes, long actualBytes) {}

    static Failure cancelled(String disk) {
        return Failure.conflict("The transfer of the disk " + disk + " " + CANCELLED);
    }

    static Failure idle(String disk, long seconds) {
        return Failure.conflict("The transfer of the disk " + disk + " " + IDLE)
                .because("no byte came or went for " + seconds + " s");
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return (request.upload() ? "Uploading to" : "Downloading") + " Disk " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return request.backup() == null
                ? Set.of(request.disk().value(), request.transfer().value())
                : Set.of(request.transfer().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        var host = journal.step("choose a host", Chosen.class, () -> {
            if (request.backup() != null) {
                return new Chosen(backups.host(request.backup()), "");
            }
            var chosen = volumes.hostFor(disks.get(request.disk()));
            return new Chosen(chosen.id(), chosen.name());
        });
        if (!request.upload() && request.backup() == null) {
            journal.step("see that it can be read alone", () -> requireWhole(request));
        }
        boolean before = journal.begun(PASSING);
        journal.step(PASSING, Passed.class, () -> pass(request, host.id(), before));
        if (request.backup() != null) {
            return;
        }
        var seen = journal.step("look at the disk", Seen.class, () -> {
            var volume = volumes.inspect(disks.get(request.disk()));
            if (!volume.getTrouble().isEmpty()) {
                throw Failure.conflict("What was sent into the disk " + request.name() + " cannot be used")
                        .because(volume.getTrouble());
            }
            return new Seen(volume.getCapacityBytes(), volume.getAllocatedBytes());
        });
        journal.commit("unlock the disk", tx -> {
            disks.update(
                    tx,
                    request.disk(),
                    disk -> disk.sized(seen.provisionedBytes(), seen.actualBytes())
                            .in(Disk.State.OK));
            if (request.upload()) {
                disks.written(tx, request.disk());
            }
        });
    }

    /** A thin disk stands on another; its own file alone is not its content. */
    private void requireWhole(Request request) {
        var disk = disks.get(request.disk());
        if (!transfers.get(request.transfer()).rawView()
                && !volumes.inspect(disk).getParentVolumeId().isEmpty()) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be downloaded as it is")
                    .because("it stands on another volume, and its own file holds only what was changed")
                    .next("Ask for the format raw, which is all that a guest sees");
        }
    }

    private Passed pass(Request request, Id<Host> host, boolean resumed) {
        var transfer = transfers.get(request.transfer());
        var disk = disks.get(request.disk());
        var wish = OpenTransferRequest.newBuilder()
                .setTransferId(transfer.id().toString())
                .setTicket(tickets.of(transfer.id()).reveal())
                .setUpload(request.upload())
                .setRawView(transfer.rawView() || disk.format() == Disk.Format.RAW)
                .setConnection(Volumes.connection(domains.get(disk.domainId().orElseThrow())))
                .setVolume(Volumes.reference(disk))
                .setLivesSeconds(LIFE_SECONDS)
                .setResumed(resumed);
        transfer.backupId().ifPresent(backup -> wish.setBackupId(backup.toString()));
        var session = TransferSession.open(agents, host, HOST_PATIENCE, wish.build());
        sessions.opened(transfer.id(), session);
        try {
            if (transfer.phase() == ImageTransfer.Phase.INITIALIZING) {
                transfers.enter(transfer.id(), ImageTransfer.Phase.TRANSFERRING);
            }
            session.follow(
                    () -> transfers.get(transfer.id()),
                    () -> transfers.enter(transfer.id(), ImageTransfer.Phase.TRANSFERRING),
                    this::idle);
            session.complete(() -> !request.upload() || legal(disk));
            return new Passed(session.transferred());
        } finally {
            sessions.closed(transfer.id());
        }
    }

    private void idle(ImageTransfer transfer) {
        boolean pauses = transfer.policy() == ImageTransfer.Idle.PAUSE;
        transfers.enter(
                transfer.id(), pauses ? ImageTransfer.Phase.PAUSED_SYSTEM : ImageTransfer.Phase.CANCELLED_SYSTEM);
        if (pauses) {
            database.change(tx -> events.add(
                    tx,
                    EventCode.TRANSFER_TIMED_OUT,
                    Asker.engine(),
                    Concerns.NOTHING,
                    "The transfer of the disk " + transfer.name() + " is paused: no byte came or went for "
                            + transfer.idleSeconds() + " s."));
        }
    }

    /** A host that cannot be asked lets go of it by itself when the ticket's life is over. */
    private void letGo(Request request, Journal journal) {
        journal.outcome("choose a host", Chosen.class).ifPresent(chosen -> {
            try {
                TransferSession.close(
                        agents.of(chosen.id().value(), HOST_PATIENCE),
                        request.transfer().toString(),
                        false);
            } catch (Failure unheard) {
                log.info("The transfer of the disk {} stays open for now: {}", request.name(), unheard.detail());
            }
        });
    }

    /**
     * Looks at what was done to the disk and says so in its row: OK when nothing was, ILLEGAL when its image is deleted;
     * it stays locked when neither is known.
     */
    @Override
    public void undo(Request request, Journal journal) {
        if (journal.begun(PASSING)) {
            letGo(request, journal);
        }
        if (request.backup() != null) {
            return;
        }
        var disk = disks.model().find(request.disk());
        if (disk.isEmpty()) {
            return;
        }
        boolean untouched = !request.upload() || !journal.begun(PASSING) || legal(disk.get());
        if (untouched) {
            database.change(tx -> disks.update(tx, request.disk(), now -> now.in(Disk.State.OK)));
        } else if (!kept(request)) {
            volumes.delete(disk.get());
            database.change(tx -> disks.update(tx, request.disk(), now -> now.in(Disk.State.ILLEGAL)));
        }
    }

    /** The host marks a volume as illegal before the first byte is written, and legal again after the last. */
    private boolean legal(Disk disk) {
        try {
            return volumes.inspect(disk).getLegal();
        } catch (Failure gone) {
            if (gone.kind() == Failure.Kind.NOT_FOUND || gone.kind() == Failure.Kind.CONFLICT) {
                return false;
            }
            throw gone;
        }
    }

    /** Whether a machine has the disk, so that it cannot just vanish. */
    private boolean kept(Request request) {
        return !disks.ofDisk(request.disk()).isEmpty();
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        transfers.end(tx, request.transfer(), ImageTransfer.Phase.FINISHED_SUCCESS);
        events.add(
                tx,
                EventCode.TRANSFER_ENDED,
                request.asker(),
                Concerns.NOTHING,
                "The " + (request.upload() ? "upload to" : "download of") + " the disk " + request.name()
                        + " is complete.");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        var state = request.backup() == null
                ? disks.model().find(request.disk()).map(Disk::state)
                : Optional.<Disk.State>empty();
        boolean removed = state.equals(Optional.of(Disk.State.ILLEGAL)) && !kept(request);
        boolean spoiled = removed || state.equals(Optional.of(Disk.State.LOCKED));
        // After a restart only the words are left of why it failed.
        boolean cancelled = failure.what().contains(CANCELLED);
        boolean idle = failure.what().contains(IDLE);
        transfers.end(
                tx,
                request.transfer(),
                cancelled
                        ? ImageTransfer.Phase.CANCELLED_USER
                        : idle ? ImageTransfer.Phase.CANCELLED_SYSTEM : ImageTransfer.Phase.FINISHED_FAILURE);
        if (removed) {
            disks.delete(tx, request.disk());
        } else if (spoiled) {
            disks.update(tx, request.disk(), disk -> disk.in(Disk.State.ILLEGAL));
        }
        events.add(
                tx,
                cancelled
                        ? EventCode.TRANSFER_CANCELLED
                        : idle ? EventCode.TRANSFER_TIMED_OUT : EventCode.TRANSFER_FAILED,
                request.asker(),
                Concerns.NOTHING,
                failure.detail()
                        + (removed
                                ? " The half-filled disk was removed."
                                : spoiled ? " The disk is illegal until it is uploaded again." : ""));
    }
}
