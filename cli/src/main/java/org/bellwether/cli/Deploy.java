package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Moves the engine, step by step. Each step looks first whether it is done, so that the whole may be begun again after any
 * failure.
 */
final class Deploy {
    private static final Duration APPEARS = Duration.ofMinutes(20);
    private static final long LOOK_MILLIS = 2_000;
    private static final long MIB = 1 << 20;

    private final Session session;
    private final WaitOptions waiting;
    private final DeployCommand.Wish wish;
    private final EngineProgram program;
    private final DeployDisks disks;

    Deploy(Session session, WaitOptions waiting, DeployCommand.Wish wish, EngineProgram program) {
        this.session = session;
        this.waiting = waiting;
        this.wish = wish;
        this.program = program;
        this.disks = new DeployDisks(session, waiting, wish);
    }

    /** @return where the engine is then */
    String move() {
        String storage = said(wish.storage, "--storage");
        String address = said(wish.address, "--address");
        var bare = address.replaceFirst("/.*", "");
        var name = Optional.ofNullable(wish.externalName).orElse(bare);
        var url = "https://" + name + (wish.port == 443 ? "" : ":" + wish.port) + "/ovirt-engine";
        var moved = program.movedTo();
        if (moved.isPresent()) {
            session.remark("This engine has moved to " + moved.get() + " already; waiting for it there.");
            leave(moved.get());
            return moved.get();
        }
        var domain = session.lookup().find(Kind.STORAGE_DOMAIN, storage);
        var disk = disks.image(storage);
        var board = disks.board(domain);
        var vm = vm(domain, disk);
        session.remark("The engine begins nothing new from now on.");
        program.run(
                "maintenance",
                "on",
                "--reason",
                "it moves into a machine on its own hosts",
                "--except",
                session.engine().correlation());
        try {
            if (!vm.status().equals("down")) {
                // Of an attempt that died before this engine ended: what its machine was given is old by now. It is
                // ended in
                // this quiet, because that attempt's own may still keep everybody else from beginning anything.
                release();
            }
            register(vm, board, bare);
            awaitQuiet();
            seed(vm, storage, address, name);
            start(vm);
        } catch (RuntimeException e) {
            program.run("maintenance", "off");
            throw e;
        }
        session.remark("The machine boots; the engine ends here and goes on there.");
        leave(url);
        return url;
    }

    private void leave(String url) {
        program.run("retire", "--to", url);
        settle(url);
    }

    static String said(@Nullable String value, String option) {
        if (value == null || value.isBlank()) {
            throw CommandFailure.usage("Say " + option + "; see bellwether deploy --help.");
        }
        return value;
    }

    private Entity vm(Entity domain, Entity disk) {
        var engine = session.engine();
        var there = engine.list("/vms?search=name%3D" + Paths.encode(wish.name));
        var vm = there.isEmpty() ? create(domain) : there.getFirst();
        var path = Kind.VM.path(vm);
        session.waiting(waiting).untilQuiet(path, "the machine to be free");
        if (engine.list(path + "/diskattachments").stream()
                .noneMatch(each -> each.id().equals(disk.id()))) {
            attach(path, disk, true);
        }
        if (engine.list(path + "/nics").isEmpty()) {
            ObjectNode nic = Json.object().put("name", "nic1").put("interface", "virtio");
            nic.putObject("vnic_profile")
                    .put(
                            "id",
                            session.lookup()
                                    .find(Kind.VNIC_PROFILE, wish.profile)
                                    .id());
            engine.post(path + "/nics", nic);
        }
        session.waiting(waiting).untilJobsEnd("the machine to be made");
        return engine.get(path);
    }

    private Entity create(Entity domain) {
        var cluster = cluster(domain);
        ObjectNode vm = Json.object()
                .put("name", wish.name)
                .put("description", "this engine runs in it")
                .put("type", "server")
                .put("memory", Long.toString(wish.memory * MIB))
                .put("delete_protected", "true");
        vm.putObject("cluster").put("id", cluster);
        vm.putObject("template").put("name", "Blank");
        vm.putObject("bios").put("type", "q35_sea_bios");
        vm.putObject("cpu")
                .putObject("topology")
                .put("sockets", Integer.toString(wish.cpus))
                .put("cores", "1")
                .put("threads", "1");
        vm.putObject("lease").putObject("storage_domain").put("id", domain.id());
        var made = session.engine().post("/vms", vm);
        return session.waiting(waiting).untilStatus(Kind.VM.path(made), "the machine", "down");
    }

    /** The one that its hosts are in: a domain belongs to one cluster. */
    private String cluster(Entity domain) {
        var centers = domain.list("data_centers").stream().map(Entity::id).toList();
        return session.engine().list("/clusters").stream()
                .filter(each -> centers.contains(each.text("data_center.id")))
                .filter(each -> session.engine().list("/hosts").stream()
                        .anyMatch(host -> host.text("cluster.id").equals(each.id())
                                && host.status().equals("up")))
                .map(Entity::id)
                .findFirst()
                .orElseThrow(() -> CommandFailure.refused(
                        0, "No host that is up reaches the storage domain " + domain.name() + ". Add one first."));
    }

    private void attach(String vm, Entity disk, boolean bootable) {
        ObjectNode attachment = Json.object()
                .put("bootable", String.valueOf(bootable))
                .put("interface", "virtio")
                .put("active", "true");
        attachment.putObject("disk").put("id", disk.id());
        session.engine().post(vm + "/diskattachments", attachment);
        session.waiting(waiting).untilJobsEnd("the disk to be attached");
    }

    private void register(Entity vm, Entity board, String address) {
        var engine = session.engine();
        var known = engine.get(EngineMachineCommands.PATH);
        if (known.flag("configured") && !known.text("vm").equals(vm.id())) {
            throw CommandFailure.refused(
                    409, "The hosts keep another machine of this engine already. See: bw engine-machine show");
        }
        if (!known.flag("configured")) {
            engine.post(
                    EngineMachineCommands.PATH,
                    Json.object()
                            .put("vm", vm.id())
                            .put("board", board.id())
                            .put("address", (address.contains(":") ? "[" + address + "]" : address) + ":" + wish.port)
                            .put("held", "true"));
        }
    }

    private void awaitQuiet() {
        long end = System.nanoTime() + waiting.limit().toNanos();
        while (session.engine().list("/jobs?max=1000").stream()
                .anyMatch(job -> job.status().equals("started"))) {
            if (System.nanoTime() > end) {
                throw CommandFailure.inVain(
                        "Operations of this engine have not ended: bw job list shows them. It takes "
                                + "orders again; say deploy again when they have.");
            }
            pause();
        }
    }

    private void seed(Entity vm, String storage, String address, String name) {
        var engine = session.engine();
        String called = wish.name + "_seed";
        var path = Kind.VM.path(vm);
        // One of an earlier attempt holds an older state of the engine.
        for (var old : engine.list("/disks?search=name%3D" + Paths.encode(called))) {
            engine.delete(Kind.DISK.path(old));
            session.waiting(waiting).untilGone(Kind.DISK.path(old), "the old seed");
        }
        try (SeedRoom room = SeedRoom.take()) {
            Path directory = room.directory();
            // The backup must know the seed's disk, or nobody would ever remove that: so the first only tells how large
            // it is.
            Path backup = Seed.members(directory).resolve("backup");
            program.run("backup", backup.toString());
            long bytes = Seed.bytesFor(Files.size(backup));
            Files.delete(backup);
            var seed = disks.raw(called, "what the engine's machine is told at its first boot", "true", bytes, storage);
            attach(path, seed, false);
            program.run("backup", backup.toString());
            Map<String, String> settings = new LinkedHashMap<>();
            settings.put("hostname", wish.name);
            settings.put("address", address);
            Optional.ofNullable(wish.gateway).ifPresent(gateway -> settings.put("gateway", gateway));
            Optional.ofNullable(wish.dns).ifPresent(dns -> settings.put("dns", dns));
            settings.put("external-name", name);
            settings.put("https-port", Integer.toString(wish.port));
            settings.put("previous-engine", seenFrom(address.replaceFirst("/.*", "")));
            new DiskUpload(session, waiting).fill(seed, ImageFile.of(Seed.pack(directory, settings, bytes)), called);
        } catch (IOException e) {
            throw CommandFailure.refused(0, "The seed of the engine's machine could not be made: " + e.getMessage());
        }
    }

    /** This engine's address as the machine sees it: what people say here may be this computer's name for itself. */
    private String seenFrom(String machine) {
        URI url = session.engine().url();
        try (var socket = new DatagramSocket()) {
            if (!InetAddress.getByName(url.getHost().replaceAll("[\\[\\]]", "")).isLoopbackAddress()) {
                return url.toString();
            }
            // Nothing is sent: the kernel says which of its addresses it would use.
            socket.connect(new InetSocketAddress(InetAddress.getByName(machine), url.getPort()));
            String own = socket.getLocalAddress().getHostAddress();
            return "https://" + (own.contains(":") ? "[" + own + "]" : own) + ":" + url.getPort() + url.getPath();
        } catch (IOException e) {
            throw CommandFailure.refused(
                    0,
                    "How the machine would reach this engine is not known: " + e.getMessage()
                            + ". Look at this computer's networks.");
        }
    }

    private void start(Entity vm) {
        var path = Kind.VM.path(vm);
        if (session.engine().get(path).status().equals("down")) {
            session.engine().post(path + "/start", Json.object());
            session.waiting(waiting)
                    .until(
                            path,
                            "the machine to boot",
                            machine -> !List.of("down", "wait_for_launch").contains(machine.status()));
        }
    }

    /** Waits for the engine where it is now, and hands it to the hosts. */
    private void settle(String url) {
        var login = session.login().at(URI.create(url));
        long end = System.nanoTime() + APPEARS.toNanos();
        boolean handed = false;
        while (true) {
            try (var engine = EngineClient.signOn(login)) {
                engine.put(EngineMachineCommands.PATH, Json.object().put("held", "false"));
                handed = true;
                dropSeed(engine);
                return;
            } catch (CommandFailure notYet) {
                if (System.nanoTime() > end && handed) {
                    session.remark("The disk " + wish.name + "_seed holds the engine's secrets and was not removed: "
                            + notYet.sentence() + " Remove it with bw disk remove.");
                    return;
                }
                if (System.nanoTime() > end) {
                    throw CommandFailure.inVain("The engine has not answered at " + url + " within "
                            + APPEARS.toMinutes() + " minutes: " + notYet.sentence()
                            + " Look at the console of the machine " + wish.name
                            + " with virsh on its host; bellwether deploy --undo brings the engine back here.");
                }
                pause();
            }
        }
    }

    /** It holds all secrets of the engine. While the restored engine hears its hosts it begins nothing: then again. */
    private void dropSeed(EngineClient engine) {
        String vm = engine.get(EngineMachineCommands.PATH).text("vm");
        for (var seed : engine.list("/disks?search=name%3D" + Paths.encode(wish.name + "_seed"))) {
            engine.delete(Kind.VM.path() + "/" + vm + "/diskattachments/" + seed.id() + "?detach_only=false");
        }
    }

    void undo() {
        program.run("retire", "--undo");
        program.run("start");
        program.run("maintenance", "off");
        release();
    }

    /** The hosts let go of the machine, and it is off. */
    private void release() {
        var engine = session.engine();
        var known = engine.get(EngineMachineCommands.PATH);
        if (!known.flag("configured")) {
            return;
        }
        engine.delete(EngineMachineCommands.PATH);
        var path = Kind.VM.path() + "/" + known.text("vm");
        // What just begins cannot be ended before it has begun.
        var machine = session.waiting(waiting)
                .until(
                        path,
                        "the machine to be off or to run",
                        each -> !List.of("wait_for_launch", "image_locked").contains(each.status()));
        if (!machine.status().equals("down")) {
            engine.post(path + "/stop", Json.object());
            session.waiting(waiting).untilStatus(path, "the machine", "down");
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.inVain("Interrupted while the engine moved. Say deploy again to go on.");
        }
    }
}
