package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Takes a backup of a machine, running or not: an instant of its disks, fetched over several connections at once. */
final class VmBackup {

    private final Session session;
    private final WaitOptions waiting;

    VmBackup(Session session, WaitOptions waiting) {
        this.session = session;
        this.waiting = waiting;
    }

    /** @param noting have its disks note what changes, so that the next backup need not be full */
    BackupDirectory.Taken take(Entity vm, BackupDirectory directory, boolean full, boolean noting) {
        var engine = session.engine();
        if (noting) {
            noteChanges(vm);
        }
        var before = directory.newest();
        before.ifPresent(newest -> requireSame(vm, newest, directory));
        var from = full ? Optional.<String>empty() : before.flatMap(newest -> usable(vm, newest));
        ObjectNode wish = Json.object();
        from.ifPresent(checkpoint -> wish.put("from_checkpoint_id", checkpoint));
        var attachments = engine.list(Kind.VM.path(vm) + "/diskattachments?follow=disk");
        var wished = wish.putObject("disks").putArray("disk");
        attachments.stream()
                .filter(VmBackup::isOwn)
                .forEach(attachment -> wished.addObject().put("id", attachment.id()));
        if (wished.isEmpty()) {
            throw CommandFailure.usage("VM " + vm.name() + " has no disk of its own to back up.");
        }
        var place = directory.next();
        var path = Kind.VM.path(vm) + "/backups/"
                + engine.post(Kind.VM.path(vm) + "/backups", wish).id();
        try {
            var ready = untilPhase(path, "ready", "the backup of " + vm.name() + " to begin");
            ObjectNode manifest = manifest(vm, ready, from);
            var disks = manifest.putArray("disks");
            for (var disk : engine.list(path + "/disks")) {
                fetch(ready, disk, place, attachments, disks);
            }
            end(path, vm);
            return directory.complete(place, manifest);
        } catch (CommandFailure failure) {
            giveUp(path);
            throw failure;
        } catch (IOException e) {
            giveUp(path);
            throw directory.unreadable(e);
        }
    }

    /** Whether the machine alone writes it: what others write, or nobody, is not of its state. */
    private static boolean isOwn(Entity attachment) {
        return !attachment.text("read_only").equals("true")
                && !attachment.one("disk").text("shareable").equals("true");
    }

    private static void requireSame(Entity vm, BackupDirectory.Taken newest, BackupDirectory directory) {
        if (!newest.manifest().text("vm.id").equals(vm.id())) {
            throw CommandFailure.usage("The directory " + directory.path() + " holds backups of another machine, "
                    + Text.clean(newest.manifest().text("vm.name")) + ": give each machine its own.");
        }
    }

    /** Changes are noted by qcow2 disks only; others are taken whole each time. */
    private void noteChanges(Entity vm) {
        for (var attachment : session.engine().list(Kind.VM.path(vm) + "/diskattachments?follow=disk")) {
            var disk = attachment.one("disk");
            if (disk.text("format").equals("cow") && !disk.text("backup").equals("incremental")) {
                session.engine().put("/disks/" + attachment.id(), Json.object().put("backup", "incremental"));
            }
        }
    }

    /** The checkpoint of the newest backup, if the engine still knows it. */
    private Optional<String> usable(Entity vm, BackupDirectory.Taken newest) {
        var checkpoint = newest.manifest().find("checkpoint");
        var known = session.engine().list(Kind.VM.path(vm) + "/checkpoints").stream()
                .map(Entity::id)
                .toList();
        if (checkpoint.isPresent() && !known.contains(checkpoint.get())) {
            session.remark("The engine does not know the newest backup's checkpoint any more: this one is full.");
        }
        return checkpoint.filter(known::contains);
    }

    private static ObjectNode manifest(Entity vm, Entity backup, Optional<String> from) {
        ObjectNode manifest = Json.object();
        manifest.putObject("vm")
                .put("id", vm.id())
                .put("name", vm.name())
                .put("memory", vm.text("memory"))
                .put("cpus", VmSheet.cpus(vm));
        manifest.put("backup", backup.id()).put("taken", backup.text("creation_date"));
        from.ifPresent(checkpoint -> manifest.put("from", checkpoint));
        backup.find("to_checkpoint_id").ifPresent(checkpoint -> manifest.put("checkpoint", checkpoint));
        return manifest;
    }

    private void fetch(Entity backup, Entity disk, Path place, List<Entity> attachments, ArrayNode into)
            throws IOException {
        var engine = session.engine();
        boolean incremental = disk.text("backup_mode").equals("incremental");
        ObjectNode wish = Json.object().put("direction", "download").put("format", "raw");
        wish.putObject("disk").put("id", disk.id());
        wish.putObject("backup").put("id", backup.id());
        var transfer = "/imagetransfers/" + engine.post("/imagetransfers", wish).id();
        var file = disk.id() + ".img";
        var attachment = attachments.stream()
                .filter(each -> each.id().equals(disk.id()))
                .findFirst()
                .orElse(new Entity(Json.object()));
        var described = into.addObject()
                .put("id", disk.id())
                .put("name", disk.name())
                .put("size", disk.text("provisioned_size"))
                .put("format", disk.text("format"))
                .put("interface", attachment.find("interface").orElse("virtio"))
                .put("bootable", attachment.flag("bootable"))
                .put("mode", incremental ? "incremental" : "full")
                .put("file", file);
        try {
            var open = session.waiting(waiting)
                    .until(
                            transfer,
                            "the bytes of " + disk.name() + " to be served",
                            each -> each.text("phase").equals("transferring"));
            var work = new ImageWork(session, transfer, open);
            var runs = ImageFetch.into(work, place.resolve(file), incremental);
            work.finish();
            if (incremental) {
                var changed = described.putArray("changed");
                runs.forEach(run ->
                        changed.addArray().add(run.start()).add(run.length()).add(run.zero()));
            }
        } catch (CommandFailure | IOException failure) {
            quietly(transfer + "/cancel");
            throw failure;
        }
        session.waiting(waiting)
                .until(
                        transfer,
                        "the bytes of " + disk.name() + " to be let go",
                        each -> each.text("phase").equals("finished_success"));
    }

    private Entity untilPhase(String path, String phase, String what) {
        return session.waiting(waiting).until(path, what, each -> {
            if (each.text("phase").equals("failed")) {
                new Outcome(session.engine()).requireNoFailure();
                throw CommandFailure.refused(0, "The backup has failed. See why with: bw event list");
            }
            return each.text("phase").equals(phase);
        });
    }

    private void end(String path, Entity vm) {
        session.engine().post(path + "/finalize", Json.object());
        untilPhase(path, "succeeded", "the backup of " + vm.name() + " to end");
    }

    private void giveUp(String path) {
        quietly(path + "/finalize");
    }

    private void quietly(String action) {
        try {
            session.engine().post(action, Json.object());
        } catch (CommandFailure unheard) {
            // The first failure is what people must know.
        }
    }
}
