package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw disk …}. */
@Command(description = DiskCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class DiskCommands {

    static final String DESCRIPTION = "Disks, of machines or on their own.";

    private static final String DISK = "Its name or id.";

    private final Session session;

    DiskCommands(Session session) {
        this.session = session;
    }

    private Entity disk(String nameOrId) {
        return session.lookup().find(Kind.DISK, nameOrId);
    }

    @Command(description = "Lists disks.")
    void list() {
        var disks = session.engine().list("/disks");
        var printer = session.printer();
        Map<String, String> domains =
                printer.asJson() ? Map.of() : session.lookup().names(Kind.STORAGE_DOMAIN);
        printer.list(
                disks,
                Column.of("NAME", "name"),
                Column.of("STATUS", "status"),
                new Column("SIZE", disk -> Text.size(disk.number("provisioned_size"))),
                new Column("USED", disk -> Text.size(disk.number("actual_size"))),
                Column.of("FORMAT", "format"),
                new Column("STORAGE", disk -> storage(disk, domains)),
                Column.of("ID", "id"));
    }

    @Command(description = "Shows a disk.")
    void show(@Parameters(paramLabel = "DISK", description = DISK) String name) {
        var found = disk(name);
        session.printer()
                .show(
                        found,
                        disk -> new Sheet()
                                .line("Name", disk.name())
                                .line("Id", disk.id())
                                .line("Description", disk.text("description"))
                                .line("Status", disk.status())
                                .line("Size", Text.size(disk.number("provisioned_size")))
                                .line("Used", Text.size(disk.number("actual_size")))
                                .line("Format", disk.text("format") + (disk.flag("sparse") ? ", thin" : ""))
                                .line("Storage", storage(disk, session.lookup().names(Kind.STORAGE_DOMAIN)))
                                .line("LUN", lun(disk)));
    }

    @Command(description = "Makes an empty disk.")
    void create(
            @Parameters(paramLabel = "NAME", description = "Its name.") String name,
            @Option(names = "--size", paramLabel = "SIZE", required = true, description = "Such as 10G.") String size,
            @Option(
                            names = "--storage",
                            paramLabel = "STORAGE",
                            required = true,
                            description = "The storage domain it is made on.")
                    String storage,
            @Option(
                            names = "--format",
                            paramLabel = "FORMAT",
                            defaultValue = "cow",
                            description = "cow (qcow2, the default) or raw.")
                    String format,
            @Option(names = "--preallocated", description = "Take all its space at once.") boolean preallocated,
            @Mixin DiskOptions options,
            @Mixin WaitOptions waiting) {
        ObjectNode disk = Json.object()
                .put("name", name)
                .put("format", format)
                .put("sparse", Boolean.toString(!preallocated))
                .put("provisioned_size", Long.toString(Text.bytes(size, "size")));
        options.over(disk);
        disk.putObject("storage_domains").putArray("storage_domain").add(Json.reference(storage));
        var made = session.engine().post("/disks", disk);
        session.printer().done(ready(made, name, waiting), "Disk " + name + " is made");
    }

    @Command(description = "Changes a disk.")
    void update(
            @Parameters(paramLabel = "DISK", description = DISK) String name,
            @Option(names = "--name", paramLabel = "NAME", description = "Its new name.") @Nullable String newName,
            @Mixin DiskOptions options,
            @Mixin WaitOptions waiting) {
        var disk = disk(name);
        ObjectNode change = Json.object();
        if (newName != null) {
            change.put("name", newName);
        }
        options.over(change);
        session.engine().put(Kind.DISK.path(disk), change);
        var now = session.engine().get(Kind.DISK.path(disk));
        session.printer().done(ready(now, now.name(), waiting), "Disk " + now.name() + " is changed");
    }

    @Command(description = "Makes a disk larger.")
    void resize(
            @Parameters(paramLabel = "DISK", description = DISK) String name,
            @Parameters(paramLabel = "SIZE", description = "Its new size, such as 20G.") String size,
            @Mixin WaitOptions waiting) {
        var disk = disk(name);
        long bytes = Text.bytes(size, "size");
        session.engine().put(Kind.DISK.path(disk), Json.object().put("provisioned_size", Long.toString(bytes)));
        var now = waiting.wait
                ? session.waiting(waiting)
                        .until(
                                Kind.DISK.path(disk),
                                "disk " + disk.name() + " to have " + Text.size(java.util.OptionalLong.of(bytes)),
                                each -> each.status().equals("ok")
                                        && each.number("provisioned_size").orElse(0) >= bytes)
                : session.engine().get(Kind.DISK.path(disk));
        session.printer().done(now, "Disk " + disk.name() + " has " + Text.size(now.number("provisioned_size")));
    }

    @Command(description = "Moves a disk to another storage domain, also while its machine runs.")
    void move(
            @Parameters(paramLabel = "DISK", description = DISK) String name,
            @Parameters(paramLabel = "STORAGE", description = "The storage domain it goes to.") String storage,
            @Mixin WaitOptions waiting) {
        var disk = disk(name);
        ObjectNode move = Json.object();
        move.set("storage_domain", Json.reference(storage));
        acted(disk, "move", move, "moved to " + storage, waiting);
    }

    @Command(description = "Makes a new disk of all that is on another one, whose machine is down.")
    void copy(
            @Parameters(paramLabel = "DISK", description = DISK) String name,
            @Parameters(paramLabel = "NAME", description = "The copy's name.") String copy,
            @Option(names = "--storage", paramLabel = "STORAGE", required = true, description = "Where the copy goes.")
                    String storage,
            @Mixin WaitOptions waiting) {
        var disk = disk(name);
        ObjectNode wish = Json.object();
        wish.putObject("disk").put("name", copy);
        wish.set("storage_domain", Json.reference(storage));
        acted(disk, "copy", wish, "copied to " + copy, waiting);
    }

    @Command(description = "Gives back the space of what was zeroed on a disk, whose machine is down.")
    void sparsify(@Parameters(paramLabel = "DISK", description = DISK) String name, @Mixin WaitOptions waiting) {
        acted(disk(name), "sparsify", Json.object(), "sparsified", waiting);
    }

    @Command(description = "Gives a disk another format; its machine is down.")
    void convert(
            @Parameters(paramLabel = "DISK", description = DISK) String name,
            @Option(names = "--format", paramLabel = "FORMAT", required = true, description = "cow (qcow2) or raw.")
                    String format,
            @Option(names = "--preallocated", description = "Take all its space at once.") boolean preallocated,
            @Mixin WaitOptions waiting) {
        ObjectNode wish = Json.object();
        wish.putObject("disk").put("format", format).put("sparse", Boolean.toString(!preallocated));
        acted(disk(name), "convert", wish, "converted to " + format, waiting);
    }

    private void acted(Entity disk, String action, ObjectNode wish, String done, WaitOptions waiting) {
        session.engine().post(Kind.DISK.path(disk) + "/" + action, wish);
        if (waiting.wait) {
            session.waiting(waiting).untilJobsEnd("disk " + disk.name() + " to be " + done);
        }
        session.printer()
                .done(
                        session.engine().get(Kind.DISK.path(disk)),
                        "Disk " + disk.name() + " is " + (waiting.wait ? "" : "being ") + done);
    }

    @Command(description = "Removes a disk and what is on it.")
    void remove(@Parameters(paramLabel = "DISK", description = DISK) String name, @Mixin WaitOptions waiting) {
        var disk = disk(name);
        session.engine().delete(Kind.DISK.path(disk));
        if (waiting.wait) {
            session.waiting(waiting).untilGone(Kind.DISK.path(disk), "disk " + disk.name());
        }
        session.printer().gone(disk, "Disk " + disk.name() + " is " + (waiting.wait ? "removed" : "being removed"));
    }

    @Command(description = "Brings a disk's content into a new file.")
    void download(
            @Parameters(paramLabel = "DISK", description = DISK) String name,
            @Parameters(paramLabel = "FILE", description = "The file to be made.") Path file,
            @Option(
                            names = "--format",
                            paramLabel = "FORMAT",
                            description = "raw for all that a guest sees; the disk's own unless told.")
                    @Nullable
                    String format,
            @Mixin WaitOptions waiting) {
        if (!waiting.wait) {
            throw CommandFailure.usage("A download cannot go on without the command: leave out --no-wait.");
        }
        var disk = disk(name);
        new DiskDownload(session, waiting).download(disk, file, Optional.ofNullable(format));
        session.printer().done(disk, "Disk " + disk.name() + " is in " + file);
    }

    @Command(description = "Makes a disk from an image file: raw, qcow2 or an ISO image.")
    void upload(
            @Parameters(paramLabel = "FILE", description = "The image.") Path file,
            @Option(names = "--name", paramLabel = "NAME", description = "The disk's name; the file's unless told.")
                    @Nullable
                    String name,
            @Option(
                            names = "--storage",
                            paramLabel = "STORAGE",
                            required = true,
                            description = "The storage domain it is made on.")
                    String storage,
            @Option(
                            names = "--resumable",
                            description =
                                    "If it is interrupted, what was sent stays, and the same command goes on with it."
                                            + " Until then, or until bw disk cancel-upload, the disk is locked.")
                    boolean resumable,
            @Mixin WaitOptions waiting) {
        if (!waiting.wait) {
            throw CommandFailure.usage("An upload cannot go on without the command: leave out --no-wait.");
        }
        var image = ImageFile.of(file);
        var called = name == null ? image.name() : name;
        var upload = new DiskUpload(session, waiting);
        var made = resumable ? upload.resumable(image, called, storage) : upload.upload(image, called, storage);
        session.printer().done(made, "Disk " + made.name() + " holds " + file);
    }

    @Command(name = "cancel-upload", description = "Gives up a resumable upload that was interrupted, with its disk.")
    void cancelUpload(
            @Parameters(paramLabel = "FILE", description = "The image.") Path file, @Mixin WaitOptions waiting) {
        var disk = new DiskUpload(session, waiting).giveUp(file);
        session.printer().done(disk, "The upload of " + file + " is given up; disk " + disk.name() + " is removed");
    }

    private Entity ready(Entity disk, String name, WaitOptions waiting) {
        return waiting.wait ? session.waiting(waiting).untilStatus(Kind.DISK.path(disk), "disk " + name, "ok") : disk;
    }

    /** Empty for a disk on a storage domain. */
    private static String lun(Entity disk) {
        return disk.list("lun_storage.logical_units.logical_unit").stream()
                .map(unit -> unit.text("id"))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static String storage(Entity disk, Map<String, String> domains) {
        return disk.list("storage_domains").stream()
                .map(domain -> domains.getOrDefault(domain.id(), domain.id()))
                .collect(Collectors.joining(", "));
    }
}
