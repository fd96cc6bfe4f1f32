package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;

/** Brings an image into a new disk. What does not come to its end leaves no disk behind. */
final class DiskUpload {

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
        var made = disk(image, name, storage, format);
        try {
            fill(made, image, name);
        } catch (CommandFailure failure) {
            throw withoutDisk(made, name, failure);
        }
        return session.engine().get(Kind.DISK.path(made));
    }

    private Entity disk(ImageFile image, String name, String storage, String format) {
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
        return made;
    }

    /** As {@link #upload}, but what was interrupted stays, and the same command goes on with it. */
    Entity resumable(ImageFile image, String name, String storage) {
        var engine = session.engine();
        var left = UploadNote.left(image.path(), engine.url().toString());
        if (left.isPresent()) {
            var note = left.get();
            note.requireSame(image);
            if (goesOn(note)) {
                return goOn(image, note);
            }
            note.remove();
        }
        var made = disk(image, name, storage, image.format());
        UploadNote note;
        try {
            note = UploadNote.begin(image, engine.url().toString(), made.id(), begin(made, image, "pause"));
        } catch (CommandFailure failure) {
            throw withoutDisk(made, name, failure);
        }
        return goOn(image, note);
    }

    private boolean goesOn(UploadNote note) {
        try {
            var transfer = session.engine().get("/imagetransfers/" + note.transfer());
            var phase = transfer.text("phase");
            if (phase.startsWith("paused")) {
                session.engine().post("/imagetransfers/" + note.transfer() + "/resume", Json.object());
                return true;
            }
            return phase.equals("transferring") || phase.equals("initializing") || phase.equals("resuming");
        } catch (CommandFailure failure) {
            if (failure.notFound()) {
                return false;
            }
            throw failure;
        }
    }

    private Entity goOn(ImageFile image, UploadNote note) {
        var path = "/disks/" + note.disk();
        var disk = session.engine().get(path);
        try {
            fill(disk, image, disk.name(), "/imagetransfers/" + note.transfer(), Optional.of(note));
        } catch (CommandFailure failure) {
            if (failure.kind() == CommandFailure.Kind.REFUSED) {
                cancel("/imagetransfers/" + note.transfer());
                note.remove();
                throw withoutDisk(disk, disk.name(), failure);
            }
            throw failure;
        }
        note.remove();
        return session.engine().get(path);
    }

    /** Gives up what a resumable upload left. */
    Entity giveUp(Path image) {
        var note = UploadNote.left(image, session.engine().url().toString())
                .orElseThrow(() -> CommandFailure.usage("No upload of " + image + " was left unfinished."));
        var path = "/disks/" + note.disk();
        Entity disk;
        try {
            disk = session.engine().get(path);
        } catch (CommandFailure failure) {
            if (failure.notFound()) {
                note.remove();
            }
            throw failure;
        }
        cancel("/imagetransfers/" + note.transfer());
        try {
            session.waiting(waiting).untilQuiet(path, "the disk to be free");
            session.engine().delete(path);
        } catch (CommandFailure failure) {
            if (!failure.notFound()) { // the engine takes away what was not filled
                throw failure;
            }
        }
        note.remove();
        return disk;
    }

    private String begin(Entity disk, ImageFile image, String whenIdle) {
        ObjectNode wish = Json.object().put("direction", "upload").put("format", image.format());
        wish.put("timeout_policy", whenIdle);
        wish.putObject("disk").put("id", disk.id());
        return session.engine().post("/imagetransfers", wish).id();
    }

    /** Fills a disk that is there and as large as the image. */
    void fill(Entity disk, ImageFile image, String name) {
        var transfer = "/imagetransfers/" + begin(disk, image, "cancel");
        try {
            fill(disk, image, name, transfer, Optional.empty());
        } catch (CommandFailure failure) {
            cancel(transfer);
            throw failure;
        }
    }

    private void fill(Entity disk, ImageFile image, String name, String transfer, Optional<UploadNote> note) {
        var open = session.waiting(waiting)
                .until(
                        transfer,
                        "the engine to take the bytes of " + name,
                        each -> each.text("phase").equals("transferring"));
        var work = new ImageWork(session, transfer, open);
        send(work, image, note);
        work.finish();
        // The disk's status alone does not tell: it may be as before when what was sent turned out to be of no use.
        var wait = session.waiting(waiting);
        wait.untilJobsEnd("the bytes of " + name + " to be safe");
        wait.untilStatus(Kind.DISK.path(disk), "disk " + name, "ok");
    }

    /** In pieces, several at once; holes are told and not sent. */
    private static void send(ImageWork work, ImageFile image, Optional<UploadNote> note) {
        work.connect(true);
        try (var channel = FileChannel.open(image.path())) {
            var parts = new ArrayList<ImageWork.Part>();
            for (var run : SparseFile.runs(image.path())) {
                if (run.hole()) {
                    parts.add(part(work, run.start(), run.length(), note, connection -> {
                        connection.zero(run.start(), run.length());
                    }));
                } else {
                    ImageWork.pieces(
                            run.start(),
                            run.length(),
                            piece -> parts.add(part(
                                    work,
                                    piece[0],
                                    piece[1],
                                    note,
                                    connection -> connection.put(image.path(), channel, piece[0], piece[1]))));
                }
            }
            work.all(image.bytes(), parts);
            work.once(ImageConnection::flush);
        } catch (IOException e) {
            throw CommandFailure.usage("The file " + image.path() + " cannot be read: " + e.getMessage() + ".");
        }
    }

    /** What has arrived for good is not sent again. */
    private static ImageWork.Part part(
            ImageWork work, long start, long length, Optional<UploadNote> note, ImageWork.Part sending) {
        if (note.filter(known -> known.has(start, length)).isPresent()) {
            return connection -> work.moved(length, "sent");
        }
        return connection -> {
            sending.with(connection);
            work.moved(length, "sent");
            if (note.isPresent()) {
                note.get().sent(start, length, connection);
            }
        };
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
