package org.bellwether.agent.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bellwether.agent.backup.Backups;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.ImageCalls;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.agent.storage.VolumeUpload;
import org.bellwether.protocol.CloseTransferRequest;
import org.bellwether.protocol.OpenTransferRequest;
import org.bellwether.protocol.TransferRequest;
import org.bellwether.protocol.TransferState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The transfers that are open on this host: opened, asked after and closed by the engine, used by whoever has their ticket. */
public final class Transfers {
    private static final Logger LOG = LoggerFactory.getLogger(Transfers.class);
    private static final Duration OPENING = Duration.ofSeconds(90);
    private static final Duration COMPLETING = Duration.ofMinutes(10);
    private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");
    private static final int LEAST_TICKET = 20;
    private static final String SOCKET = ".sock";

    private final ImageCalls images;
    private final Backups backups;
    private final Lanes lanes;
    private final Path sockets;
    private final IntSupplier port;
    private final Map<String, Transfer> open = new ConcurrentHashMap<>();
    private volatile @Nullable Path local;

    /**
     * None is open.
     *
     * @param sockets a directory of this agent alone, for the servers of this host's volumes
     * @param port where they are served
     */
    public Transfers(ImageCalls images, Backups backups, Lanes lanes, Path sockets, IntSupplier port)
            throws IOException {
        this.images = images;
        this.backups = backups;
        this.lanes = lanes;
        this.sockets = Files.createDirectories(
                sockets, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        this.port = port;
    }

    /** Clients on this host may use a socket. */
    void servedAt(Path socket) {
        local = socket;
    }

    /** Where clients on this host find transfers without encryption. */
    Optional<Path> local() {
        return Optional.ofNullable(local);
    }

    /** Ends what an agent that died here has left. Does not wait. */
    public void recover() {
        lanes.threads().execute(() -> {
            try (Stream<Path> left = Files.list(sockets)) {
                left.filter(file -> file.toString().endsWith(SOCKET)).forEach(QemuNbd::dismiss);
            } catch (IOException e) {
                LOG.warn("{} cannot be read: {}", sockets, e.toString());
            }
        });
    }

    /** Opens it, or takes note of it being paused or not when it is open. */
    public TransferState open(OpenTransferRequest request) {
        String id = checked(request.getTransferId());
        if (request.getTicket().length() < LEAST_TICKET) {
            throw Refusal.badRequest("The ticket of transfer " + id + " can be guessed: it is too short");
        }
        if (port.getAsInt() == 0) {
            throw Refusal.wrongState("This host does not listen for transfers")
                    .next("Look at the agent's log; its transfer-port may be taken by another program.");
        }
        return onLane(id, "open transfer " + id, OPENING, () -> {
            Transfer transfer = open.get(id);
            if (transfer == null) {
                transfer = begin(request);
                open.put(id, transfer);
                LOG.info("{} {} is open", request.getUpload() ? "upload" : "download", id);
            }
            transfer.askedAfter();
            transfer.pause(request.getPaused());
            return transfer.state(port.getAsInt());
        });
    }

    private Transfer begin(OpenTransferRequest request) throws IOException {
        Path socket = sockets.resolve(request.getTransferId() + SOCKET);
        if (request.getUpload()) {
            VolumeUpload upload = images.upload(request);
            ImageBytes bytes = upload.qcow2() && request.getRawView()
                    ? QemuNbd.serve(socket, upload.file(), true, upload.direct(), true, Optional.empty())
                    : FileBytes.writable(upload);
            return new Transfer(request, bytes, Optional.of(upload));
        }
        if (!request.getBackupId().isEmpty()) {
            return new Transfer(request, backup(request, socket), Optional.empty());
        }
        PreparedVolume volume = images.download(request);
        ImageBytes bytes = volume.qcow2() && request.getRawView()
                ? QemuNbd.serve(socket, volume.path(), true, volume.direct(), false, Optional.empty())
                : FileBytes.readable(volume.path());
        return new Transfer(request, bytes, Optional.empty());
    }

    private ImageBytes backup(OpenTransferRequest request, Path socket) throws IOException {
        Backups.Source source =
                backups.source(request.getBackupId(), request.getVolume().getImageId());
        if (source.socket().isPresent()) {
            return new NbdBytes(source.socket().get(), source.export(), source.bitmap(), () -> {});
        }
        PreparedVolume volume = source.volume().orElseThrow();
        return volume.qcow2()
                ? QemuNbd.serve(socket, volume.path(), true, volume.direct(), false, source.bitmap())
                : FileBytes.readable(volume.path());
    }

    public TransferState inspect(TransferRequest request) {
        Transfer transfer = open.get(request.getTransferId());
        if (transfer == null) {
            throw Refusal.notFound("This host has no transfer " + request.getTransferId() + " open");
        }
        transfer.askedAfter();
        try {
            return transfer.state(port.getAsInt());
        } catch (IOException e) {
            throw Refusal.broken("The transfer " + transfer.id() + " has ended: " + e.getMessage());
        }
    }

    /** Closes it; when it is to be complete, what came is safe, examined and legal when this returns. */
    public TransferState close(CloseTransferRequest request) {
        String id = checked(request.getTransferId());
        return onLane(id, "close transfer " + id, COMPLETING, () -> {
            Transfer transfer = open.remove(id);
            if (transfer == null) {
                if (request.getComplete()) {
                    throw Refusal.notFound("This host has no transfer " + id + " open");
                }
                return TransferState.newBuilder().setTransferId(id).build();
            }
            TransferState last = transfer.state(port.getAsInt());
            transfer.end(request.getComplete());
            lanes.forget("transfer " + id);
            LOG.info("transfer {} is closed{}", id, request.getComplete() ? " and complete" : "");
            return last;
        });
    }

    /** The transfer that a client may use with the ticket. */
    Optional<Transfer> withTicket(String ticket) {
        return open.values().stream()
                .filter(transfer -> transfer.opensWith(ticket))
                .findFirst();
    }

    /** Lets go of those that the engine has forgotten. Does not wait. */
    public void sweep() {
        for (Transfer transfer : List.copyOf(open.values())) {
            if (transfer.expired() && open.remove(transfer.id(), transfer)) {
                LOG.info("the engine has not asked after transfer {} for long: it is closed", transfer.id());
                lanes.threads().execute(() -> {
                    try {
                        transfer.end(false);
                    } catch (IOException e) {
                        LOG.warn("closing transfer {}: {}", transfer.id(), e.toString());
                    }
                });
            }
        }
    }

    private interface Action {
        TransferState run() throws IOException;
    }

    private TransferState onLane(String id, String what, Duration deadline, Action action) {
        return lanes.of("transfer " + id).call(what, deadline, () -> {
            try {
                return action.run();
            } catch (IOException e) {
                throw Refusal.broken("Could not " + what).because(String.valueOf(e.getMessage()));
            }
        });
    }

    private static String checked(String id) {
        if (!ID.matcher(id).matches()) {
            throw Refusal.badRequest("'" + id + "' is no id of a transfer");
        }
        return id;
    }
}
