package org.bellwether.engine.storage;

import static org.bellwether.engine.platform.Permit.EDIT_DISK_PROPERTIES;

import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.bellwether.api.types.DiskFormat;
import org.bellwether.api.types.ImageTransferDirection;
import org.bellwether.api.types.ImageTransferPhase;
import org.bellwether.api.types.ImageTransferTimeoutPolicy;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/** Image transfers on the wire: begun, looked at, finalized and cancelled. The bytes go elsewhere: {@link TransferBytes}. */
public final class ImageTransfersApi {

    private static final long USUAL_IDLE_SECONDS = 300;
    private static final long MOST_IDLE_SECONDS = 3600;
    /** So long the answer to a new transfer is held back for its ticket; clients may also poll for it. */
    private static final Duration OPENING = Duration.ofSeconds(10);

    private final ImageTransfers transfers;
    private final TransferSessions sessions;
    private final TransferImage transfer;
    private final Disks disks;
    private final DiskUsers users;
    private final Operations operations;
    private final Events events;
    private final Clock clock;
    private final BackupBytes backups;
    private final Supplier<String> origin;

    /** @param origin how clients reach this engine: scheme, name and port, such as https://engine.example:443 */
    public ImageTransfersApi(
            ImageTransfers transfers,
            TransferSessions sessions,
            TransferImage transfer,
            Disks disks,
            DiskUsers users,
            Operations operations,
            Events events,
            Clock clock,
            BackupBytes backups,
            Supplier<String> origin) {
        this.transfers = transfers;
        this.sessions = sessions;
        this.transfer = transfer;
        this.disks = disks;
        this.users = users;
        this.operations = operations;
        this.events = events;
        this.clock = clock;
        this.backups = backups;
        this.origin = origin;
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "image_transfers",
                "list",
                request -> Reply.list(transfers.all().stream()
                        .sorted(Comparator.comparing(ImageTransfer::created))
                        .map(this::document)));
        routes.on("image_transfers", "add", EDIT_DISK_PROPERTIES, this::add);
        routes.read("image_transfer", "get", request -> Reply.of(document(wanted(request))));
        routes.on(
                "image_transfer",
                "finalize",
                EDIT_DISK_PROPERTIES,
                request -> wish(request, ImageTransfer.Phase.FINALIZING_SUCCESS));
        routes.on(
                "image_transfer",
                "cancel",
                EDIT_DISK_PROPERTIES,
                request -> wish(request, ImageTransfer.Phase.CANCELLED_USER));
        routes.on(
                "image_transfer",
                "pause",
                EDIT_DISK_PROPERTIES,
                request -> wish(request, ImageTransfer.Phase.PAUSED_USER));
        routes.on(
                "image_transfer",
                "resume",
                EDIT_DISK_PROPERTIES,
                request -> wish(request, ImageTransfer.Phase.RESUMING));
        routes.on("image_transfer", "extend", EDIT_DISK_PROPERTIES, this::extend);
    }

    private ImageTransfer wanted(ApiRequest request) {
        return transfers.get(request.<ImageTransfer>id(0));
    }

    private Reply add(ApiRequest request) {
        var body = request.body(org.bellwether.api.types.ImageTransfer.class);
        if (body.snapshot() != null || body.image() != null) {
            throw Failure.badRequest("Transfers of snapshots are not served yet")
                    .next("Transfer a disk, or one of a backup");
        }
        var disk = References.find(disks.model(), body.disk(), "disk");
        boolean upload = body.direction() != ImageTransferDirection.DOWNLOAD;
        if (disk.lun().isPresent()) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be transferred")
                    .because("it is a LUN, and what is on that is its machine's");
        }
        boolean raw = rawView(disk, body.format());
        var backup = backup(body.backup());
        if (backup == null) {
            requireFit(disk, upload);
        } else if (upload) {
            throw Failure.badRequest("A backup is downloaded; nothing can be sent into it");
        } else {
            backups.requireReady(backup, disk.id());
            raw = true;
        }
        var made = new ImageTransfer(
                Id.random(),
                disk.name(),
                disk.id(),
                upload ? ImageTransfer.Direction.UPLOAD : ImageTransfer.Direction.DOWNLOAD,
                ImageTransfer.Phase.INITIALIZING,
                idleSeconds(body.inactivityTimeout()),
                clock.instant(),
                raw,
                policy(body.timeoutPolicy(), upload),
                backup);
        var asker = Asker.of(request);
        var wish = new TransferImage.Request(made.id(), disk.id(), disk.name(), upload, backup, asker);
        operations.begin(transfer, wish, asker, tx -> {
            if (backup == null) {
                lock(tx, disk, upload);
            }
            transfers.insert(tx, made);
            events.add(
                    tx,
                    EventCode.TRANSFER_STARTED,
                    asker,
                    Concerns.NOTHING,
                    (upload ? "An upload to" : "A download of") + " the disk " + disk.name() + " was begun by "
                            + asker.name() + ".");
        });
        awaitTicket(made.id());
        return Reply.created(document(transfers.get(made.id())));
    }

    private static @Nullable UUID backup(org.bellwether.api.types.@Nullable Backup wished) {
        if (wished == null) {
            return null;
        }
        try {
            return Id.of(Objects.requireNonNullElse(wished.id(), "")).value();
        } catch (IllegalArgumentException e) {
            throw Failure.badRequest("The backup is named by its id").because("'" + wished.id() + "' is none");
        }
    }

    private void lock(Transaction tx, Disk disk, boolean upload) {
        disks.update(tx, disk.id(), now -> {
            boolean usable = now.state() == Disk.State.OK || (upload && now.state() == Disk.State.ILLEGAL);
            if (!usable) {
                throw Failure.conflict("The disk " + now.name() + " cannot be transferred now")
                        .because("it is " + DiskDocuments.status(now).wire());
            }
            return now.in(Disk.State.LOCKED);
        });
    }

    /** A qcow2 disk can be sent and fetched as what a guest sees; a raw one is nothing else. */
    private static boolean rawView(Disk disk, @Nullable DiskFormat format) {
        boolean cow = disk.format() == Disk.Format.COW;
        if (format == DiskFormat.COW && !cow) {
            throw Failure.conflict("The disk " + disk.name() + " has the format raw")
                    .because("the transfer asks for cow, and nothing is converted on the way")
                    .next("Ask for raw, and convert with qemu-img");
        }
        return !cow || format == DiskFormat.RAW;
    }

    private void requireFit(Disk disk, boolean upload) {
        var running = users.running(disk.id());
        if (!running.isEmpty()) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be transferred now")
                    .because("VM " + running.getFirst().name() + " runs with it")
                    .next("Stop the machine first, or make a backup of it");
        }
        boolean ofTemplate = disks.ofDisk(disk.id()).stream()
                .anyMatch(attachment -> attachment.templateId().isPresent());
        if (ofTemplate && upload) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be written")
                    .because("it is a template's");
        }
        if (upload) {
            users.requireNoSnapshots(disk.id(), "The disk " + disk.name() + " cannot be written");
        }
    }

    private static ImageTransfer.Idle policy(@Nullable ImageTransferTimeoutPolicy wished, boolean upload) {
        return switch (wished == null ? ImageTransferTimeoutPolicy.CANCEL : wished) {
            case CANCEL -> ImageTransfer.Idle.CANCEL;
            case PAUSE -> ImageTransfer.Idle.PAUSE;
            case LEGACY -> upload ? ImageTransfer.Idle.PAUSE : ImageTransfer.Idle.CANCEL;
        };
    }

    private static long idleSeconds(@Nullable Long wished) {
        if (wished == null || wished == 0) {
            return USUAL_IDLE_SECONDS;
        }
        if (wished < 1 || wished > MOST_IDLE_SECONDS) {
            throw Failure.badRequest("The inactivity timeout must be between 1 and " + MOST_IDLE_SECONDS + " seconds")
                    .because("it is " + wished);
        }
        return wished;
    }

    private void awaitTicket(Id<ImageTransfer> id) {
        long deadline = System.nanoTime() + OPENING.toNanos();
        while (System.nanoTime() < deadline && transfers.get(id).phase() == ImageTransfer.Phase.INITIALIZING) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** What is wished is written down; whoever looks after the transfer sees it at once, or after a restart. */
    private Reply wish(ApiRequest request, ImageTransfer.Phase wish) {
        var wanted = wanted(request);
        if (transfers.over(wanted.id())) {
            if (wish == ImageTransfer.Phase.PAUSED_USER || wish == ImageTransfer.Phase.RESUMING) {
                throw Failure.conflict("The transfer of the disk " + wanted.name() + " is over");
            }
            // Ended already: who asks twice learns so from its phase.
            return Reply.done();
        }
        if (wish == ImageTransfer.Phase.RESUMING && !wanted.paused()) {
            throw Failure.conflict("The transfer of the disk " + wanted.name() + " is not paused");
        }
        if (!wanted.ending()) {
            transfers.enter(wanted.id(), wish);
        }
        sessions.of(wanted.id()).ifPresent(TransferSession::changed);
        return Reply.done();
    }

    private Reply extend(ApiRequest request) {
        sessions.of(wanted(request).id())
                .orElseThrow(() -> Failure.conflict("This transfer is not open"))
                .touch();
        return Reply.done();
    }

    private org.bellwether.api.types.ImageTransfer document(ImageTransfer transfer) {
        var session = sessions.of(transfer.id());
        boolean usable = session.isPresent() && !transfer.paused() && !transfer.ending();
        var proxy = session.filter(open -> usable)
                .map(open ->
                        origin.get() + TransferBytes.PATH + "/" + open.ticket().reveal());
        var direct = session.filter(open -> usable).map(open -> open.address().toString());
        var format = disks.model().find(transfer.disk()).map(Disk::format);
        return org.bellwether.api.types.ImageTransfer.builder()
                .id(transfer.id().toString())
                .name(transfer.name())
                .active(usable)
                .direction(
                        switch (transfer.direction()) {
                            case UPLOAD -> ImageTransferDirection.UPLOAD;
                            case DOWNLOAD -> ImageTransferDirection.DOWNLOAD;
                        })
                .disk(org.bellwether.api.types.Disk.builder()
                        .id(transfer.disk().toString())
                        .build())
                .format(format.map(each ->
                                each == Disk.Format.COW && !transfer.rawView() ? DiskFormat.COW : DiskFormat.RAW)
                        .orElse(null))
                .inactivityTimeout(transfer.idleSeconds())
                .timeoutPolicy(
                        transfer.policy() == ImageTransfer.Idle.PAUSE
                                ? ImageTransferTimeoutPolicy.PAUSE
                                : ImageTransferTimeoutPolicy.CANCEL)
                .backup(transfer.backupId()
                        .map(backup -> org.bellwether.api.types.Backup.builder()
                                .id(backup.toString())
                                .build())
                        .orElse(null))
                .phase(phase(transfer))
                .shallow(false)
                .transferred(session.map(TransferSession::transferred).orElse(0L))
                .transferUrl(direct.orElse(null))
                .proxyUrl(proxy.orElse(null))
                .build();
    }

    private static ImageTransferPhase phase(ImageTransfer transfer) {
        return switch (transfer.phase()) {
            case INITIALIZING -> ImageTransferPhase.INITIALIZING;
            case TRANSFERRING -> ImageTransferPhase.TRANSFERRING;
            case PAUSED_USER -> ImageTransferPhase.PAUSED_USER;
            case PAUSED_SYSTEM -> ImageTransferPhase.PAUSED_SYSTEM;
            case RESUMING -> ImageTransferPhase.RESUMING;
            case FINALIZING_SUCCESS -> ImageTransferPhase.FINALIZING_SUCCESS;
            case FINISHED_SUCCESS -> ImageTransferPhase.FINISHED_SUCCESS;
            case FINISHED_FAILURE -> ImageTransferPhase.FINISHED_FAILURE;
            case CANCELLED_USER -> ImageTransferPhase.CANCELLED_USER;
            case CANCELLED_SYSTEM -> ImageTransferPhase.CANCELLED_SYSTEM;
        };
    }
}
