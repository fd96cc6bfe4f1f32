package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes a new machine from backups: each disk is put together from the full backup and what changed, and sent. */
final class VmRestore {

    private static final int BUFFER = 1 << 20;

    private final Session session;
    private final WaitOptions waiting;

    VmRestore(Session session, WaitOptions waiting) {
        this.session = session;
        this.waiting = waiting;
    }

    Entity restore(
            BackupDirectory directory, Optional<String> number, String name, String storage, @Nullable String cluster) {
        var chain = directory.chain(number);
        var newest = chain.getLast().manifest();
        var settings = new VmSettings();
        settings.memory = newest.find("vm.memory").orElse(null);
        settings.cpus = newest.find("vm.cpus").orElse(null);
        var made = new VmDraft(session)
                .create(name, "Blank", cluster, settings, new FirstBootOptions(), new VmDraft.DiskOptions(), waiting);
        for (var json : newest.json().path("disks")) {
            var disk = new Entity(json);
            try {
                var whole = wholeDisk(directory, chain, disk.id());
                try {
                    attach(made, disk, whole, storage, name);
                } finally {
                    Files.deleteIfExists(whole);
                }
            } catch (IOException e) {
                throw directory.unreadable(e);
            }
        }
        return session.engine().get(Kind.VM.path(made));
    }

    private void attach(Entity vm, Entity disk, Path whole, String storage, String name) {
        var image = ImageFile.raw(whole);
        var format = disk.find("format").orElse("raw");
        var sent = new DiskUpload(session, waiting).upload(image, name + "-" + disk.name(), storage, format);
        ObjectNode attachment = Json.object()
                .put("interface", disk.find("interface").orElse("virtio"))
                .put("bootable", Boolean.toString(disk.flag("bootable")))
                .put("active", "true");
        attachment.putObject("disk").put("id", sent.id());
        session.engine().post(Kind.VM.path(vm) + "/diskattachments", attachment);
    }

    /** The disk as it was, in a file of its own beside the backups. */
    private static Path wholeDisk(BackupDirectory directory, List<BackupDirectory.Taken> chain, String id)
            throws IOException {
        var file = directory.path().resolve(".restore-" + id + ".img");
        Files.deleteIfExists(file);
        boolean begun = false;
        try (var out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (var taken : chain) {
                for (var json : taken.manifest().json().path("disks")) {
                    var disk = new Entity(json);
                    if (!disk.id().equals(id)) {
                        continue;
                    }
                    var from = taken.place()
                            .resolve(String.valueOf(Path.of(disk.text("file")).getFileName()));
                    if (disk.text("mode").equals("full")) {
                        out.truncate(0);
                        begun = true;
                        copyAll(from, out);
                    } else if (begun) {
                        copyChanged(disk, from, out);
                    }
                }
            }
        }
        if (!begun) {
            throw CommandFailure.usage(
                    "The backups in " + directory.path() + " have no full one of the disk " + id + ".");
        }
        return file;
    }

    private static void copyAll(Path from, FileChannel out) throws IOException {
        try (var in = FileChannel.open(from)) {
            for (var run : SparseFile.runs(from)) {
                if (!run.hole()) {
                    copy(in, out, run.start(), run.length());
                }
            }
            if (in.size() > out.size()) {
                out.write(ByteBuffer.allocate(1), in.size() - 1);
            }
        }
    }

    private static void copyChanged(Entity disk, Path from, FileChannel out) throws IOException {
        try (var in = FileChannel.open(from)) {
            for (var run : disk.json().path("changed")) {
                // What is zero there is a hole, and reads as zeroes.
                copy(in, out, run.path(0).asLong(), run.path(1).asLong());
            }
        }
    }

    private static void copy(FileChannel in, FileChannel out, long start, long length) throws IOException {
        var buffer = ByteBuffer.allocate(BUFFER);
        for (long at = start; at < start + length; ) {
            buffer.clear().limit((int) Math.min(BUFFER, start + length - at));
            if (in.read(buffer, at) < 0) {
                throw new IOException("a backup's file is shorter than it should be");
            }
            buffer.flip();
            int count = buffer.remaining();
            ImageFetch.write(out, buffer, at);
            at += count;
        }
    }
}
