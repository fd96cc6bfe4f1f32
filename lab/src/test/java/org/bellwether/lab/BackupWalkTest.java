package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Backups of a machine whose guest writes: what is restored has the guest's own checksum, whatever happened to the machine
 * in between; and whoever dies during one, nothing is left behind.
 */
@ExtendWith(World.Extension.class)
final class BackupWalkTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration QUICK = Duration.ofSeconds(20);
    private static final String SCRATCH = "/var/lib/libvirt/bellwether-scratch";

    private final World world;

    @TempDir
    Path directory;

    BackupWalkTest(World world) {
        this.world = world;
    }

    @Test
    @InTurn(of = 2, on = 0)
    void what_is_restored_is_what_the_guest_had_written_whether_it_ran_moved_or_was_off() throws IOException {
        String vm = machineWithData("backup-walk");
        start(vm);
        write(vm, world.one, 8, 0);
        bw("vm", "backup", "backup-walk", "--dir", directory.toString());
        assertThat(mode("0001")).isEqualTo("full");

        write(vm, world.one, 2, 20);
        String sum = sum(vm, world.one);
        bw("vm", "backup", "backup-walk", "--dir", directory.toString());
        assertThat(mode("0002")).isEqualTo("incremental");
        assertThat(changedBytes("0002")).isBetween(2L << 20, 8L << 20);
        assertThat(restored("again")).as("while it runs").isEqualTo(sum);

        // Bitmaps go along to another host,
        world.migrate(vm, world.two);
        assertThat(Await.holds(World.BOOT, () -> world.hostOf(vm).equals("host2")))
                .isTrue();
        world.awaitStatus(vm, "up", World.BOOT);
        write(vm, world.two, 1, 40);
        String moved = sum(vm, world.two);
        bw("vm", "backup", "backup-walk", "--dir", directory.toString());
        assertThat(mode("0003")).as("after a migration: " + events()).isEqualTo("incremental");

        // and survive the machine's end, after which its volumes are read without it.
        world.stop(vm);
        bw("vm", "backup", "backup-walk", "--dir", directory.toString());
        assertThat(mode("0004")).as("while it is off: " + events()).isEqualTo("incremental");
        assertThat(restored("moved")).isEqualTo(moved);
        assertThat(api().list("/vms/" + vm + "/checkpoints")).hasSize(4);
        for (JsonNode checkpoint : api().list("/vms/" + vm + "/checkpoints")) {
            if (!checkpoint
                    .path("id")
                    .asText()
                    .equals(manifest("0004").path("checkpoint").asText())) {
                api().delete("/vms/" + vm + "/checkpoints/"
                        + checkpoint.path("id").asText());
                world.awaitQuiet();
            }
        }
        assertThat(api().list("/vms/" + vm + "/checkpoints")).hasSize(1);

        // A machine that ends without order leaves a bitmap that cannot be trusted.
        start(vm);
        world.one.attempt(QUICK, "pkill", "-KILL", "-f", "qemu-system.*backup-walk");
        world.awaitStatus(vm, "down", World.SOON);
        bw("vm", "backup", "backup-walk", "--dir", directory.toString());
        assertThat(mode("0005")).isEqualTo("full");
        assertThat(events()).contains("is backed up in full, not by what changed");
        assertNothingLeft();
    }

    @Test
    @InTurn(of = 2, on = 1)
    void whoever_dies_during_a_backup_leaves_nothing_behind() {
        String vm = machineWithData("backup-dies");
        start(vm);
        String backup = begin(vm);
        world.one.killAgent();
        world.one.startAgent();
        world.engine.kill();
        world.engine.start();
        new Inventory(api()).awaitHost("host1");
        assertThat(phase(backup)).isEqualTo("ready");
        assertThat(world.one.attempt(QUICK, "find", SCRATCH, "-type", "f").output())
                .as("it is kept")
                .isNotBlank();
        api().post(backup + "/finalize", Inventory.object());
        awaitPhase(backup, "succeeded");
        assertNothingLeft();

        // The machine stops: there is nothing any more to be fetched.
        List<String> before = checkpoints(vm);
        assertThat(before).as("that of the first").hasSize(1);
        String broken = begin(vm);
        world.stop(vm);
        awaitPhase(broken, "failed");
        assertThat(checkpoints(vm)).as("it leaves none").isEqualTo(before);
        assertNothingLeft();

        // The whole host goes.
        start(vm);
        String lost = begin(vm);
        world.one.powerOff();
        world.one.powerOn();
        world.one.startLibvirt();
        world.one.startAgent();
        awaitPhase(lost, "failed");
        assertThat(Await.holds(World.SOON, () -> nothingLeft().isBlank())).isTrue();
    }

    private String begin(String vm) {
        ObjectNode wish = Inventory.object();
        ArrayNode disks = wish.putObject("disks").putArray("disk");
        api().list("/vms/" + vm + "/diskattachments")
                .forEach(attachment ->
                        disks.addObject().put("id", attachment.path("id").asText()));
        String path = "/vms/" + vm + "/backups/"
                + api().post("/vms/" + vm + "/backups", wish).path("id").asText();
        awaitPhase(path, "ready");
        return path;
    }

    private List<String> checkpoints(String vm) {
        return api().list("/vms/" + vm + "/checkpoints").stream()
                .map(each -> each.path("id").asText())
                .toList();
    }

    private String phase(String backup) {
        return api().get(backup).path("phase").asText();
    }

    private void awaitPhase(String backup, String phase) {
        assertThat(Await.holds(World.BOOT, () -> phase(backup).equals(phase)))
                .as(() -> backup + " is " + phase(backup) + ", not " + phase + ": " + events())
                .isTrue();
    }

    /** A machine with a second disk of 64 MiB that notes its changes. */
    private String machineWithData(String name) {
        String vm = world.machine(name);
        bw("disk", "create", name + "-data", "--size", "64M", "--storage", "shared");
        // The guest's own writer writes to vdb.
        bw("vm", "disk", "attach", name, name + "-data", "--interface", "virtio_scsi");
        String disk = api().named("/disks", name + "-data").path("id").asText();
        api().call(
                        "PUT",
                        "/disks/" + disk,
                        Inventory.object().put("backup", "incremental").toString());
        world.awaitQuiet();
        assertThat(api().get("/disks/" + disk).path("backup").asText()).isEqualTo("incremental");
        return vm;
    }

    private void start(String vm) {
        ObjectNode on = Inventory.object();
        on.putObject("vm")
                .putObject("placement_policy")
                .putObject("hosts")
                .putArray("host")
                .addObject()
                .put("name", "host1");
        api().post("/vms/" + vm + "/start", on);
        world.awaitStatus(vm, "up", World.BOOT);
        world.guestAddress(vm);
    }

    /** Random bytes onto the data disk, in MiB, safe when this returns. */
    private void write(String vm, LabHost host, int count, int at) {
        inGuest(vm, host, "dd if=/dev/urandom of=/dev/sda bs=1M count=" + count + " seek=" + at + " && sync");
    }

    private String sum(String vm, LabHost host) {
        return inGuest(vm, host, "sha256sum </dev/sda").split(" ")[0];
    }

    /** Runs a line in the guest by its agent. */
    private String inGuest(String vm, LabHost host, String line) {
        ObjectNode exec = JSON.createObjectNode().put("execute", "guest-exec");
        ObjectNode arguments =
                exec.putObject("arguments").put("path", "/bin/sh").put("capture-output", true);
        arguments.putArray("arg").add("-c").add("export PATH=/bin:/sbin; " + line);
        long pid = ask(vm, host, exec).path("return").path("pid").asLong();
        JsonNode[] last = {JSON.createObjectNode()};
        ObjectNode status = JSON.createObjectNode().put("execute", "guest-exec-status");
        status.putObject("arguments").put("pid", pid);
        assertThat(Await.holds(World.SOON, () -> {
                    last[0] = ask(vm, host, status).path("return");
                    return last[0].path("exited").asBoolean();
                }))
                .as(line)
                .isTrue();
        assertThat(last[0].path("exitcode").asInt()).as(line + ": " + last[0]).isZero();
        return new String(Base64.getDecoder().decode(last[0].path("out-data").asText("")), StandardCharsets.UTF_8);
    }

    private static JsonNode ask(String vm, LabHost host, ObjectNode question) {
        try {
            return JSON.readTree(host.virsh("qemu-agent-command", vm, question.toString()));
        } catch (IOException e) {
            throw new LabFailure("the guest agent's answer cannot be read: " + e.getMessage(), e);
        }
    }

    /** The checksum of the data disk of a machine that is made from the newest backup. */
    private String restored(String name) throws IOException {
        bw("vm", "restore", name, "--dir", directory.toString(), "--storage", "shared");
        Path file = directory.resolve(name + ".raw");
        bw("disk", "download", name + "-backup-walk-data", file.toString(), "--format", "raw");
        String sum = sha256(file);
        Files.delete(file);
        world.remove(api().named("/vms", name).path("id").asText());
        world.awaitQuiet();
        return sum;
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[1 << 20];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                digest.update(piece, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode manifest(String number) throws IOException {
        return JSON.readTree(directory.resolve(number).resolve("manifest.json").toFile());
    }

    private JsonNode dataDisk(String number) throws IOException {
        for (JsonNode disk : manifest(number).path("disks")) {
            if (disk.path("name").asText().endsWith("-data")) {
                return disk;
            }
        }
        throw new LabFailure("backup " + number + " has no data disk");
    }

    private String mode(String number) throws IOException {
        return dataDisk(number).path("mode").asText();
    }

    private long changedBytes(String number) throws IOException {
        long bytes = 0;
        for (JsonNode run : dataDisk(number).path("changed")) {
            bytes += run.path(1).asLong();
        }
        return bytes;
    }

    private void assertNothingLeft() {
        assertThat(nothingLeft()).isBlank();
    }

    private String nothingLeft() {
        StringBuilder left = new StringBuilder();
        for (LabHost host : world.hosts()) {
            left.append(host.attempt(
                            QUICK,
                            "sh",
                            "-c",
                            // What the agent keeps of its networks, and where it serves images and Cockpit, is not of a
                            // backup.
                            "find " + SCRATCH
                                    + " /run/bellwether-agent ! -name networks-made ! -name images ! -name places ! -name 'engine-ha.*' ! -path '*/cockpit/*'"
                                    + " '(' -type f -o -type s ')' 2>/dev/null; pgrep -l qemu-nbd;"
                                    + " virsh list --all --name | grep . | xargs -rn1 virsh checkpoint-list --name")
                    .output()
                    .strip());
        }
        return left.toString();
    }

    private String events() {
        StringBuilder all = new StringBuilder();
        api().list("/events?max=30")
                .forEach(event -> all.append(event.path("description").asText()).append('\n'));
        return all.toString();
    }

    private String bw(String... words) {
        return CommandLineRun.bw(world.engine, words);
    }

    private ApiClient api() {
        return world.api();
    }
}
