package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;

/** Brings an image into a new disk. What does not come to its end leaves no disk behind. */
final class DiskUpload {

    private static final int BUFFER = 256 * 1024;

    private final Session session;
    private final WaitOptions waiting;

    DiskUpload(Session session, WaitOptions waiting) {
        this.session = session;
        this.waiting = waiting;
    }

    Entity upload(ImageFile image, String name, String storage) {
        return upload(image, name, storage, image.format());
    }

    /** @param format of the disk; what is sent into a cow disk may be raw */
    Entity upload(ImageFile image, String name, String storage, String format) {
        var engine = session.engine();
        ObjectNode disk = Json.object()
                .put("name", name)
                .put("format", format)
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
            var work = new ImageWork(session, transfer, open);
            send(work, image);
            work.finish();
        } catch (CommandFailure failure) {
            cancel(transfer);
            throw failure;
        }
        // The disk's status alone does not tell: it may be as before when what was sent turned out to be of no use.
        var wait = session.waiting(waiting);
        wait.untilJobsEnd("the bytes of " + name + " to be safe");
        wait.untilStatus(Kind.DISK.path(disk), "disk " + name, "ok");
    }

    /** In pieces, several at once; holes are told and not sent. */
    private static void send(ImageWork work, ImageFile image) {
        work.connect(true);
        try (var channel = FileChannel.open(image.path())) {
            var parts = new ArrayList<ImageWork.Part>();
            for (var run : SparseFile.runs(image.path())) {
                if (run.hole()) {
                    parts.add(connection -> {
                        connection.zero(run.start(), run.length());
                        work.moved(run.length(), "sent");
                    });
                } else {
                    ImageWork.pieces(
                            run.start(),
                            run.length(),
                            piece -> parts.add(connection -> {
                                connection.put(
                                        piece[0], piece[1], out -> copy(image, channel, piece[0], piece[1], out));
                                work.moved(piece[1], "sent");
                            }));
                }
            }
            work.all(image.bytes(), parts);
            work.once(ImageConnection::flush);
        } catch (IOException e) {
            throw CommandFailure.usage("The file " + image.path() + " cannot be read: " + e.getMessage() + ".");
        }
    }

    private static void copy(ImageFile image, FileChannel channel, long offset, long length, OutputStream out)
            throws IOException {
        var buffer = ByteBuffer.allocate(BUFFER);
        for (long at = offset; at < offset + length; ) {
            buffer.clear().limit((int) Math.min(BUFFER, offset + length - at));
            int count = channel.read(buffer, at);
            if (count < 0) {
                throw CommandFailure.usage("The file " + image.path() + " became shorter while it was sent.");
            }
            out.write(buffer.array(), 0, count);
            at += count;
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
