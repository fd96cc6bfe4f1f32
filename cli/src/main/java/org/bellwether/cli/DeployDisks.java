package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The disks of the engine's machine; one that an earlier attempt has made is taken as it is. */
final class DeployDisks {
    /** A place of 4 KiB for each host that could ever be, rounded up. */
    private static final long BOARD_BYTES = 16L << 20;

    private final Session session;
    private final WaitOptions waiting;
    private final DeployCommand.Wish wish;

    DeployDisks(Session session, WaitOptions waiting, DeployCommand.Wish wish) {
        this.session = session;
        this.waiting = waiting;
        this.wish = wish;
    }

    Entity image(String storage) {
        return disk(wish.name, () -> upload(storage));
    }

    Entity board(Entity domain) {
        return disk(wish.name + "_board", () -> newBoard(domain));
    }

    private interface Making {
        Entity make();
    }

    private Entity disk(String name, Making making) {
        var there = session.engine().list("/disks?search=name%3D" + Paths.encode(name));
        if (there.isEmpty()) {
            return making.make();
        }
        return session.waiting(waiting).untilStatus(Kind.DISK.path(there.getFirst()), "disk " + name, "ok");
    }

    /** Under another name until it is whole: an attempt that died leaves no half image that looks like one. */
    private Entity upload(String storage) {
        var engine = session.engine();
        String incoming = wish.name + "_incoming";
        for (var half : engine.list("/disks?search=name%3D" + Paths.encode(incoming))) {
            session.remark("An earlier attempt left half of the image; it is removed.");
            giveUp(half);
        }
        session.remark("Uploading " + wish.image + ".");
        var disk = new DiskUpload(session, waiting).upload(ImageFile.of(wish.image), incoming, storage);
        engine.put(Kind.DISK.path(disk), Json.object().put("name", wish.name));
        return session.waiting(waiting).untilStatus(Kind.DISK.path(disk), "disk " + wish.name, "ok");
    }

    private void giveUp(Entity half) {
        var engine = session.engine();
        var path = Kind.DISK.path(half);
        engine.list("/imagetransfers").stream()
                .filter(transfer -> transfer.text("disk.id").equals(half.id()))
                .filter(transfer -> !transfer.text("phase").matches("(finished|cancelled)_.*"))
                .forEach(transfer -> engine.post("/imagetransfers/" + transfer.id() + "/cancel", Json.object()));
        try {
            session.waiting(waiting).untilQuiet(path, "the half image to be free");
            engine.delete(path);
        } catch (CommandFailure failure) {
            if (!failure.notFound()) { // the engine takes away what was not filled
                throw failure;
            }
        }
        session.waiting(waiting).untilGone(path, "the half image");
    }

    private Entity newBoard(Entity domain) {
        return raw(
                wish.name + "_board",
                "where the hosts tell each other how the engine's machine is",
                "false",
                BOARD_BYTES,
                domain.id());
    }

    Entity raw(String name, String description, String sparse, long bytes, String storage) {
        ObjectNode disk = Json.object()
                .put("name", name)
                .put("description", description)
                .put("format", "raw")
                .put("sparse", sparse)
                .put("provisioned_size", Long.toString(bytes));
        disk.putObject("storage_domains").putArray("storage_domain").add(Json.reference(storage));
        var made = session.engine().post("/disks", disk);
        return session.waiting(waiting).untilStatus(Kind.DISK.path(made), "disk " + name, "ok");
    }
}
