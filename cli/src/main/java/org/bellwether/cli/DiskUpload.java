package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.OptionalLong;

/** Brings an image into a new disk. What does not come to its end leaves no disk behind. */
final class DiskUpload {

    private static final int PIECE = 4 << 20;

    private final Session session;
    private final WaitOptions waiting;
    private final Progress progress;
    private long said;

    DiskUpload(Session session, WaitOptions waiting) {
        this.session = session;
        this.waiting = waiting;
        this.progress = session.progress();
    }

    Entity upload(ImageFile image, String name, String storage) {
        var engine = session.engine();
        ObjectNode disk = Json.object()
                .put("name", name)
                .put("format", image.format())
                .put("sparse", "true")
                .put("provisioned_size", Long.toString(image.virtualBytes()))
                .put("initial_size", Long.toString(image.bytes()));
        if (image.iso()) {
            disk.put("content_type", "iso");
        }
        disk.putObject("storage_domains").putArray("storage_domain").add(Json.reference(storage));
        var made = engine.post("/disks", disk);
        session.waiting(waiting).untilStatus(Kind.DISK.path(made), "disk " + name, "ok");
        try {
            fill(made, image, name);
        } catch (CommandFailure failure) {
            throw withoutDisk(made, name, failure);
        }
        return engine.get(Kind.DISK.path(made));
    }

    private void fill(Entity disk, ImageFile image, String name) {
        var engine = session.engine();
        ObjectNode wish = Json.object().put("direction", "upload").put("format", image.format());
        wish.putObject("disk").put("id", disk.id());
        var transfer = "/imagetransfers/" + engine.post("/imagetransfers", wish).id();
        try {
            var open = session.waiting(waiting)
                    .until(
                            transfer,
                            "the engine to take the bytes of " + name,
                            each -> each.text("phase").equals("transferring"));
            send(address(open), image);
        } catch (CommandFailure failure) {
            cancel(transfer);
            throw failure;
        } finally {
            progress.clear();
        }
        engine.post(transfer + "/finalize", Json.object());
        // The disk's status alone does not tell: it may be as before when what was sent turned out to be of no use.
        var wait = session.waiting(waiting);
        wait.untilJobsEnd("the bytes of " + name + " to be safe");
        wait.untilStatus(Kind.DISK.path(disk), "disk " + name, "ok");
    }

    private static URI address(Entity transfer) {
        return transfer.find("transfer_url")
                .or(() -> transfer.find("proxy_url"))
                .map(URI::create)
                .orElseThrow(() -> CommandFailure.refused(
                        0, "The engine opened the transfer but did not say where the bytes go. Try it again."));
    }

    /** Piece by piece; runs of zeroes are told and not sent. */
    private void send(URI address, ImageFile image) {
        var engine = session.engine();
        var piece = ByteBuffer.allocate(PIECE);
        long at = 0;
        long zeroes = 0;
        try (var channel = FileChannel.open(image.path())) {
            while (at + zeroes < image.bytes()) {
                piece.clear();
                while (piece.hasRemaining() && channel.read(piece, at + zeroes + piece.position()) > 0) {
                    // A read may bring less than asked for.
                }
                piece.flip();
                if (!piece.hasRemaining()) {
                    throw CommandFailure.usage("The file " + image.path() + " became shorter while it was sent.");
                }
                if (piece.remaining() == PIECE && zero(piece)) {
                    zeroes += PIECE;
                    continue;
                }
                if (zeroes > 0) {
                    engine.zero(address, at, zeroes);
                    at += zeroes;
                    zeroes = 0;
                }
                engine.upload(address, at, piece);
                at += piece.remaining();
                say(at, image.bytes());
            }
            if (zeroes > 0) {
                engine.zero(address, at, zeroes);
            }
        } catch (IOException e) {
            throw CommandFailure.usage("The file " + image.path() + " cannot be read: " + e.getMessage() + ".");
        }
    }

    private static boolean zero(ByteBuffer piece) {
        for (int i = piece.position(); i + Long.BYTES <= piece.limit(); i += Long.BYTES) {
            if (piece.getLong(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private void say(long sent, long total) {
        long now = System.nanoTime();
        if (now - said > 200_000_000L) {
            said = now;
            progress.say("sent %s of %s (%d %%)"
                    .formatted(
                            Text.size(OptionalLong.of(sent)), Text.size(OptionalLong.of(total)), 100 * sent / total));
        }
    }

    private void cancel(String transfer) {
        try {
            session.engine().post(transfer + "/cancel", Json.object());
        } catch (CommandFailure unheard) {
            // The first failure is what people must know; a transfer without bytes is given up by the engine itself.
        }
    }

    /** The disk holds nothing of use: it is taken away, as far as that can be done. */
    private CommandFailure withoutDisk(Entity disk, String name, CommandFailure why) {
        String left;
        try {
            // The end of a transfer frees the disk a moment later.
            session.waiting(waiting).untilQuiet(Kind.DISK.path(disk), "disk " + name + " to be free");
            session.engine().delete(Kind.DISK.path(disk));
            left = "The disk " + name + " was removed again.";
        } catch (CommandFailure stays) {
            left = stays.notFound()
                    ? "There is no disk " + name + " now."
                    : "The disk " + name + " is left behind: remove it with bw disk remove " + disk.id() + ".";
        }
        String words = Text.sentence(why.sentence()) + " " + left;
        return switch (why.kind()) {
            case REFUSED -> CommandFailure.refused(0, words);
            case USAGE -> CommandFailure.usage(words);
            case UNREACHABLE -> CommandFailure.unreachable(words, why);
            case IN_VAIN -> CommandFailure.inVain(words);
        };
    }
}
