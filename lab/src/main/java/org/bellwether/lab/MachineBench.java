package org.bellwether.lab;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Machines started and moved through the engine, beside raw virsh doing the same on the same hosts. */
final class MachineBench {
    private static final int ROUNDS = 7;
    /** Rounds that do not count: engine and agent are to be as those that have run for a while. */
    private static final int WARM_UP = 2;

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private MachineBench() {}

    static void run(Testbed testbed, Measures measures) {
        ApiClient api = testbed.engine().client();
        ObjectNode fresh = Inventory.object().put("name", "bench");
        fresh.putObject("cluster").put("name", Testbed.CLUSTER);
        fresh.putObject("template").put("name", Testbed.TEMPLATE);
        String vm = api.post("/vms", fresh).path("id").asText();
        api.awaitStatus("/vms/" + vm, "down", PATIENCE);
        LabHost one = testbed.hosts().get(0);
        LabHost two = testbed.hosts().get(1);

        Progress.say("starting a machine through the engine, %d times".formatted(ROUNDS));
        List<Long> ours = new ArrayList<>();
        String xml = "";
        for (int round = 0; round < ROUNDS; round++) {
            ours.add(Measures.nanoseconds(() -> {
                api.post("/vms/" + vm + "/start", on(one));
                return awaitRunning(api, vm);
            }));
            xml = one.virsh("dumpxml", "--security-info", vm);
            api.awaitStatus("/vms/" + vm, "up", PATIENCE);
            awaitGuest(one, vm);
            if (round < ROUNDS - 1) {
                api.post("/vms/" + vm + "/stop", Inventory.object());
                api.awaitStatus("/vms/" + vm, "down", PATIENCE);
            }
        }

        Progress.say("migrating it through the engine, %d times".formatted(ROUNDS));
        List<Long> moves = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            LabHost target = round % 2 == 0 ? two : one;
            ObjectNode request = Inventory.object();
            request.putObject("host").put("name", target.name());
            String id = api.named("/hosts", target.name()).path("id").asText();
            moves.add(Measures.nanoseconds(() -> {
                api.post("/vms/" + vm + "/migrate", request);
                api.await(
                        "/vms/" + vm,
                        PATIENCE,
                        now -> now.path("status").asText().equals("up")
                                && now.path("host").path("id").asText().equals(id));
                return 0;
            }));
        }
        api.post("/vms/" + vm + "/stop", Inventory.object());
        api.awaitStatus("/vms/" + vm, "down", PATIENCE);

        Progress.say("the same with virsh");
        Path definition = write(testbed, xml);
        List<Long> theirs = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            theirs.add(Measures.nanoseconds(() -> {
                one.virsh("create", definition.toString());
                return 0;
            }));
            if (round < ROUNDS - 1) {
                one.virsh("destroy", vm);
            }
        }
        List<Long> theirMoves = new ArrayList<>();
        // The guest must have come as far as when the engine moved it.
        awaitGuest(one, vm);
        for (int round = 0; round < ROUNDS; round++) {
            LabHost source = round % 2 == 0 ? one : two;
            LabHost target = round % 2 == 0 ? two : one;
            theirMoves.add(Measures.nanoseconds(() -> {
                source.migrateWithVirsh(vm, target);
                return 0;
            }));
        }
        (ROUNDS % 2 == 0 ? one : two).virsh("destroy", vm);

        measures.compare("machine start, API call to QEMU running", warm(ours), "virsh", warm(theirs), "1.10");
        measures.compare(
                "live migration, API call to up on the other host", warm(moves), "virsh", warm(theirMoves), "1.10");
    }

    private static List<Long> warm(List<Long> times) {
        return times.subList(WARM_UP, times.size());
    }

    private static ObjectNode on(LabHost host) {
        ObjectNode request = Inventory.object();
        request.putObject("vm")
                .putObject("placement_policy")
                .putObject("hosts")
                .putArray("host")
                .addObject()
                .put("name", host.name());
        return request;
    }

    /** Until the engine says that QEMU runs. Asking libvirt in a loop would take the processor from the start itself. */
    private static long awaitRunning(ApiClient api, String vm) {
        api.await(
                "/vms/" + vm,
                PATIENCE,
                now -> List.of("powering_up", "up").contains(now.path("status").asText()));
        return 0;
    }

    private static void awaitGuest(LabHost host, String vm) {
        String ping = "{\"execute\":\"guest-ping\"}";
        if (!Await.holds(
                PATIENCE,
                () -> host.attempt(Duration.ofSeconds(10), "virsh", "qemu-agent-command", vm, ping)
                        .succeeded())) {
            throw new LabFailure("the guest of machine " + vm + " did not come up on " + host.name());
        }
    }

    private static Path write(Testbed testbed, String xml) {
        try {
            Path file = testbed.lab().directory().resolve("bench.xml");
            Files.writeString(file, xml);
            return file;
        } catch (IOException e) {
            throw new LabFailure("cannot write the machine's definition: " + e.getMessage(), e);
        }
    }
}
