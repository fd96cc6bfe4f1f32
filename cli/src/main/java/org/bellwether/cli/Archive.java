package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Machines and templates that come from an archive (OVA) or go into one: on this machine, or on a host. */
final class Archive {

    private final Session session;
    private final Kind kind;
    private final WaitOptions waiting;

    Archive(Session session, Kind kind, WaitOptions waiting) {
        this.session = session;
        this.kind = kind;
        this.waiting = waiting;
    }

    /** What is said of an import. */
    static final class ImportOptions {
        @Option(
                names = "--storage",
                paramLabel = "STORAGE",
                required = true,
                description = "The storage domain for its disks.")
        String storage = "";

        @Option(names = "--cluster", paramLabel = "CLUSTER", required = true, description = "Where it may run.")
        String cluster = "";

        @Option(names = "--name", paramLabel = "NAME", description = "What the archive says unless told.")
        @Nullable
        String name;

        @Option(
                names = "--host",
                paramLabel = "HOST",
                description =
                        "The archive lies on this host, in one of its exchange directories; on this machine unless told.")
        @Nullable
        String host;

        @Option(
                names = "--network",
                paramLabel = "NAME=PROFILE",
                description =
                        "Plug the archive's network, or its interface, of that name into a vNIC profile; may be repeated.")
        List<String> networks = List.of();
    }

    /** What is said of an export. */
    static final class ExportOptions {
        @Option(names = "--ova", paramLabel = "FILE", description = "The file to be made on this machine.")
        @Nullable
        Path file;

        @Option(
                names = "--storage",
                paramLabel = "STORAGE",
                description =
                        "With --ova: the storage domain that holds the archive until it is fetched; the only one unless told.")
        @Nullable
        String storage;

        @Option(names = "--host", paramLabel = "HOST", description = "Make it on this host instead.")
        @Nullable
        String host;

        @Option(
                names = "--directory",
                paramLabel = "DIRECTORY",
                defaultValue = "/var/lib/bellwether/exchange",
                description = "With --host: one of its exchange directories; ${DEFAULT-VALUE} unless told.")
        String directory = "";
    }

    Entity take(String source, ImportOptions wish) {
        if (source.startsWith("qemu")) {
            int at = source.lastIndexOf('#');
            if (at < 1 || wish.host == null) {
                throw CommandFailure.usage(
                        "A machine of a libvirt is written as qemu+ssh://root@HOST/system#NAME, and --host says who fetches it.");
            }
            return imported(source.substring(0, at), source.substring(at + 1), wish);
        }
        if (wish.host != null) {
            return imported("ova://" + source, "", wish);
        }
        if (!waiting.wait) {
            throw CommandFailure.usage("An upload cannot go on without the command: leave out --no-wait.");
        }
        var image = ImageFile.of(Path.of(source));
        var disk = new DiskUpload(session, waiting).upload(image, image.name(), wish.storage);
        try {
            return imported("disk:" + disk.id(), "", wish);
        } finally {
            remove(disk);
        }
    }

    /** @param foreign the name of a machine of a libvirt; empty for an archive */
    private Entity imported(String url, String foreign, ImportOptions wish) {
        ObjectNode body = Json.object().put("url", url);
        if (kind == Kind.VM) {
            body.put("provider", foreign.isEmpty() ? "vmware" : "kvm");
        }
        if (!foreign.isEmpty()) {
            body.put("name", foreign);
        }
        body.set("storage_domain", Json.reference(wish.storage));
        body.set("cluster", Json.reference(wish.cluster));
        if (wish.host != null) {
            body.set("host", Json.reference(wish.host));
        }
        var what = kind == Kind.VM ? "vm" : "template";
        ObjectNode machine = body.putObject(what);
        if (wish.name != null) {
            machine.put("name", wish.name);
        }
        for (var pair : wish.networks) {
            int at = pair.lastIndexOf('=');
            if (at < 1) {
                throw CommandFailure.usage("--network is written as NAME=PROFILE, not as " + pair + ".");
            }
            ObjectNode nic = machine.withObject("/nics").withArray("nic").addObject();
            nic.put("name", pair.substring(0, at));
            nic.putObject("vnic_profile")
                    .put(
                            "id",
                            session.lookup()
                                    .find(Kind.VNIC_PROFILE, pair.substring(at + 1))
                                    .id());
        }
        var begun = session.engine().post(kind == Kind.VM ? "/externalvmimports" : "/externaltemplateimports", body);
        var path = kind.path() + "/" + begun.text(what + ".id");
        return waiting.wait
                ? session.waiting(waiting).untilStatus(path, kind.words(), kind == Kind.VM ? "down" : "ok")
                : session.engine().get(path);
    }

    /** The archive was only on its way: whatever became of the import, it goes. */
    private void remove(Entity disk) {
        try {
            session.waiting(waiting).untilQuiet(Kind.DISK.path(disk), "the uploaded archive to be free");
            session.engine().delete(Kind.DISK.path(disk));
        } catch (CommandFailure stays) {
            if (!stays.notFound()) {
                throw CommandFailure.refused(
                        0,
                        "The uploaded archive is left behind; remove it with bw disk remove " + disk.id() + ": "
                                + stays.sentence());
            }
        }
    }

    /** @return what it was written to, in words */
    String give(Entity machine, ExportOptions wish) {
        if (wish.file != null && wish.host != null) {
            throw CommandFailure.usage("Say either --ova, for this machine, or --host.");
        }
        ObjectNode action = Json.object();
        if (wish.host != null) {
            action.set("host", Json.reference(wish.host));
            action.put("directory", wish.directory).put("filename", machine.name() + ".ova");
            session.engine().post(kind.path(machine) + "/export", action);
            if (waiting.wait) {
                session.waiting(waiting).untilJobsEnd("the archive to be written");
            }
            return wish.directory + "/" + machine.name() + ".ova on " + wish.host;
        }
        var file = wish.file;
        if (file == null) {
            throw CommandFailure.usage("Say where to: --ova FILE for this machine, or --host HOST.");
        }
        if (!waiting.wait) {
            throw CommandFailure.usage("A download cannot go on without the command: leave out --no-wait.");
        }
        if (Files.exists(file)) {
            throw CommandFailure.usage("%s is there already: give another name, or take it away.".formatted(file));
        }
        action.set("storage_domain", wish.storage == null ? only() : Json.reference(wish.storage));
        var disk = session.engine().post(kind.path(machine) + "/export", action).text("disk.id");
        var archive = session.waiting(waiting).untilStatus(Kind.DISK.path() + "/" + disk, "the archive", "ok");
        try {
            new DiskDownload(session, waiting).download(archive, file, Optional.empty());
        } finally {
            remove(archive);
        }
        return file.toString();
    }

    private ObjectNode only() {
        var data = session.engine().list(Kind.STORAGE_DOMAIN.path()).stream()
                .filter(each -> each.text("type").equals("data"))
                .toList();
        if (data.size() != 1) {
            throw CommandFailure.usage("There are " + data.size()
                    + " storage domains, so say with --storage which one is to hold the archive meanwhile.");
        }
        return Json.object().put("id", data.getFirst().id());
    }
}
