package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/** A machine within the host that is a machine: emulation within emulation, so there is one, and it does all. */
final class KernelMachine {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ANSWER = Duration.ofSeconds(60);

    /** Runs $1, or waits for whoever has begun to; $0 is where the result is. */
    private static final String ONCE = """
            export PATH=/bin:/sbin
            if mkdir "$0.begun" 2>/dev/null; then
                (eval "$1") >"$0.out"
                echo $? >"$0.part"
                mv "$0.part" "$0"
            fi
            while [ ! -e "$0" ]; do sleep 1; done
            cat "$0.out"
            exit "$(cat "$0")"
            """;

    private final World world;
    private final VmHost host;
    private int lines;
    final String id;

    /** Down, with the tiny guest on a disk of that domain, in the cluster of that host alone. */
    KernelMachine(World world, VmHost host, String cluster, String name, String domain) {
        this.world = world;
        this.host = host;
        ObjectNode vm = Inventory.object().put("name", name).put("memory", Long.toString(Testbed.TINY_MEMORY));
        vm.putObject("cluster").put("name", cluster);
        // A board with few devices: each costs its firmware seconds there.
        vm.putObject("bios").put("type", "i440fx_sea_bios");
        vm.putObject("usb").put("enabled", "false");
        vm.putObject("template").put("name", "Blank");
        this.id = api().post("/vms", vm).path("id").asText();
        world.awaitStatus(id, "down", World.SOON);
        attach(new Inventory(api()).upload("boot", GuestImages.tiny(), domain), true);
    }

    private ApiClient api() {
        return world.api();
    }

    /** As sda, sdb …: the guest's own writer writes to vdb. */
    void attach(String disk, boolean bootable) {
        ObjectNode attachment = Inventory.object()
                .put("interface", bootable ? "virtio" : "virtio_scsi")
                .put("bootable", Boolean.toString(bootable))
                .put("active", "true");
        attachment.putObject("disk").put("id", disk);
        api().post("/vms/" + id + "/diskattachments", attachment);
    }

    void detach(String disk) {
        api().delete("/vms/" + id + "/diskattachments/" + disk + "?detach_only=true");
        gone("/vms/" + id + "/diskattachments/" + disk);
    }

    void start() {
        begin();
        awaitGuest();
    }

    /** Starts it, and leaves it to boot. */
    void begin() {
        api().post("/vms/" + id + "/start", Inventory.object());
        world.awaitStatus(id, "up", KernelSite.SLOW);
    }

    void awaitGuest() {
        assertThat(Await.holds(
                        KernelSite.SLOW,
                        () -> ask("{\"execute\":\"guest-ping\"}").succeeded()))
                .as("the guest in the machine in the machine answers")
                .isTrue();
    }

    private Command.Outcome ask(String command) {
        return host.attempt(ANSWER, "virsh", "qemu-agent-command", id, command);
    }

    /**
     * Runs a line in the guest and answers what it wrote. When the answer to the first asking is lost it is asked for again, and the
     * second asking waits for the first one's result: six at once of what takes minutes end the patience of everybody.
     */
    String run(String line) {
        ObjectNode exec = JSON.createObjectNode().put("execute", "guest-exec");
        ObjectNode arguments =
                exec.putObject("arguments").put("path", "/bin/busybox").put("capture-output", true);
        arguments
                .putArray("arg")
                .add("sh")
                .add("-c")
                .add(ONCE)
                .add("/run/line-" + ++lines)
                .add(line);
        ObjectNode status = JSON.createObjectNode().put("execute", "guest-exec-status");
        status.putObject("arguments")
                .put("pid", answer(exec).path("return").path("pid").asLong());
        JsonNode[] last = {JSON.createObjectNode()};
        assertThat(Await.holds(KernelSite.SLOW, () -> {
                    last[0] = answer(status).path("return");
                    return last[0].path("exited").asBoolean();
                }))
                .as(line)
                .isTrue();
        assertThat(last[0].path("exitcode").asInt()).as(line + ": " + last[0]).isZero();
        return new String(Base64.getDecoder().decode(last[0].path("out-data").asText("")), StandardCharsets.UTF_8)
                .strip();
    }

    private JsonNode answer(ObjectNode question) {
        Command.Outcome[] outcome = {ask(question.toString())};
        // The host asks it too, and under emulation within emulation it is slow to be ready for the next: then it did
        // nothing.
        Await.holds(KernelSite.SLOW, () -> {
            if (outcome[0].output().contains("not available for now")) {
                outcome[0] = ask(question.toString());
            }
            return outcome[0].succeeded() || !outcome[0].output().contains("not available for now");
        });
        assertThat(outcome[0].succeeded()).as(outcome[0].output()).isTrue();
        try {
            return JSON.readTree(outcome[0].output());
        } catch (JsonProcessingException e) {
            throw new LabFailure("the guest agent's answer cannot be read: " + outcome[0].output(), e);
        }
    }

    String snapshot(String name, boolean memory) {
        ObjectNode wish =
                Inventory.object().put("description", name).put("persist_memorystate", Boolean.toString(memory));
        String path = "/vms/" + id + "/snapshots/"
                + api().post("/vms/" + id + "/snapshots", wish).path("id").asText();
        api().await(
                        path,
                        KernelSite.SLOW,
                        now -> now.path("snapshot_status").asText().equals("ok"));
        return path;
    }

    void removeSnapshot(String path) {
        api().delete(path);
        gone(path);
        world.awaitQuiet();
    }

    private void gone(String path) {
        assertThat(Await.holds(
                        KernelSite.SLOW, () -> api().call("GET", path, "").status() == 404))
                .as(path + " is gone")
                .isTrue();
    }
}
