package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A machine with a second disk that its guest writes to all the time. */
final class SnapshotMachine {
    private final World world;
    private final String id;
    private final String disk;

    private SnapshotMachine(World world, String id, String disk) {
        this.world = world;
        this.id = id;
        this.disk = disk;
    }

    /** A snapshot, and the numbers between which the last block lies that it holds. */
    record Taken(String id, String name, long atLeast, long atMost) {}

    static SnapshotMachine make(World world, String name) {
        String vm = world.machine(name);
        ObjectNode attachment = Inventory.object()
                .put("interface", "virtio")
                .put("bootable", "false")
                .put("active", "true");
        ObjectNode wish = attachment
                .putObject("disk")
                .put("name", name + "-written")
                .put("format", "cow")
                .put("provisioned_size", Long.toString(8L << 20));
        wish.putObject("storage_domains").putArray("storage_domain").addObject().put("name", "shared");
        String disk = world.api()
                .post("/vms/" + vm + "/diskattachments", attachment)
                .path("id")
                .asText();
        world.awaitQuiet();
        world.awaitStatus(vm, "down", World.SOON);
        return new SnapshotMachine(world, vm, disk);
    }

    String id() {
        return id;
    }

    WrittenDisk disk() {
        return new WrittenDisk(world, disk);
    }

    String diskId() {
        return disk;
    }

    String top() {
        return world.api().get("/disks/" + disk).path("image_id").asText();
    }

    String address() {
        return world.guestAddress(id);
    }

    void start(LabHost host) {
        ObjectNode on = Inventory.object();
        on.putObject("vm")
                .putObject("placement_policy")
                .putObject("hosts")
                .putArray("host")
                .addObject()
                .put("name", host.name());
        world.api().post("/vms/" + id + "/start", on);
        world.awaitStatus(id, "up", World.BOOT);
        address();
    }

    void stop() {
        world.stop(id);
        world.awaitQuiet();
    }

    boolean runs() {
        return world.status(id).equals("up");
    }

    List<JsonNode> snapshots() {
        return world.api().list("/vms/" + id + "/snapshots");
    }

    private String path(Taken taken) {
        return "/vms/" + id + "/snapshots/" + taken.id();
    }

    Taken take(String name) {
        return take(name, false);
    }

    /** @param memory whether the guest's memory is kept too */
    Taken take(String name, boolean memory) {
        long from = last();
        String made = world.api()
                .post(
                        "/vms/" + id + "/snapshots",
                        Inventory.object()
                                .put("description", name)
                                .put("persist_memorystate", memory ? "true" : "false"))
                .path("id")
                .asText();
        world.api()
                .await(
                        "/vms/" + id + "/snapshots/" + made,
                        World.SOON,
                        each -> each.path("snapshot_status").asText().equals("ok"));
        world.awaitQuiet();
        return new Taken(made, name, from, last());
    }

    /** What the guest has written last, and a little more, for it writes on while it is asked. */
    private long last() {
        return runs() ? WrittenDisk.written(address()) : disk().lastBlock(top());
    }

    String volume(Taken taken) {
        for (JsonNode each : world.api().list(path(taken) + "/disks")) {
            if (each.path("id").asText().equals(disk)) {
                return each.path("image_id").asText();
            }
        }
        throw new LabFailure("the snapshot " + taken + " does not have the disk " + disk);
    }

    /** What it holds is what had been written when it was taken. */
    void verify(Taken taken) {
        long last = disk().lastBlock(volume(taken));
        assertThat(last).as("last block in " + taken).isBetween(taken.atLeast(), taken.atMost() + 1);
    }

    void delete(Taken taken) {
        world.api().delete(path(taken));
        world.awaitQuiet();
        assertThat(world.api().call("GET", path(taken), "").status())
                .as("snapshot " + taken + " is gone")
                .isEqualTo(404);
    }

    void restore(Taken taken) {
        act(path(taken) + "/restore", Inventory.object());
    }

    /** The next start goes on with the memory that was kept. */
    void restoreWithMemory(Taken taken) {
        act(path(taken) + "/restore", Inventory.object().put("restore_memory", "true"));
    }

    /** Another machine like this one was then; the disk that is written. */
    WrittenDisk cloneOf(Taken taken, String name) {
        ObjectNode wish = Inventory.object().put("name", name);
        wish.putObject("cluster").put("name", "Default");
        wish.putObject("snapshots").putArray("snapshot").addObject().put("id", taken.id());
        String made = world.api().post("/vms", wish).path("id").asText();
        world.awaitQuiet();
        world.awaitStatus(made, "down", World.SOON);
        for (JsonNode each : world.api().list("/vms/" + made + "/diskattachments?follow=disk")) {
            if (each.path("disk").path("name").asText().endsWith("-written")) {
                return new WrittenDisk(world, each.path("id").asText());
            }
        }
        throw new LabFailure("the clone " + name + " has no disk that was written");
    }

    void preview(Taken taken) {
        ObjectNode action = Inventory.object();
        action.putObject("snapshot").put("id", taken.id());
        act("/vms/" + id + "/previewsnapshot", action);
        assertThat(world.api().get(path(taken)).path("snapshot_status").asText())
                .isEqualTo("in_preview");
    }

    /** @param how commitsnapshot or undosnapshot */
    void leave(String how) {
        act("/vms/" + id + "/" + how, Inventory.object());
    }

    private void act(String path, ObjectNode action) {
        world.api().post(path, action);
        world.awaitQuiet();
        world.awaitStatus(id, "down", World.SOON);
    }
}
