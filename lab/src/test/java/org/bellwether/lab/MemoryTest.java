package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A host whose memory is low takes back what a guest does not use, and gives it back when there is enough again. */
@ExtendWith(World.Extension.class)
@InTurn(of = 6, on = 0)
final class MemoryTest {
    private static final long GUARANTEED = 96L << 20;
    private static final Duration LONG = Duration.ofMinutes(3);

    private final World world;

    MemoryTest(World world) {
        this.world = world;
    }

    @AfterEach
    void asUsual() {
        world.one.stopAgent();
        world.one.startAgent();
    }

    /** This machine's memory is all hosts', so a host is told what it is to take for low. */
    private void low(int percent) throws IOException {
        Path config = world.one.directory().resolve("low.properties");
        Files.writeString(config, Files.readString(world.one.agentConfig()) + "memory-low-percent=" + percent + "\n");
        world.one.stopAgent();
        world.one.startAgent(AgentFiles.command(config));
        new Inventory(world.api()).awaitHost(world.one.name());
    }

    private long balloon(String vm) {
        return world.one
                        .virsh("dommemstat", vm)
                        .lines()
                        .filter(line -> line.startsWith("actual "))
                        .mapToLong(line -> Long.parseLong(line.substring("actual ".length())))
                        .findFirst()
                        .orElseThrow()
                << 10;
    }

    @Test
    void a_guest_gives_back_what_it_does_not_use_and_gets_it_again() throws IOException {
        String vm = world.machine("roomy");
        ObjectNode wish = Inventory.object().put("memory", Long.toString(256L << 20));
        wish.putObject("memory_policy")
                .put("guaranteed", Long.toString(GUARANTEED))
                .put("max", Long.toString(256L << 20))
                .put("ballooning", "true");
        world.api().put("/vms/" + vm, wish.toString());
        world.api().post("/vms/" + vm + "/start", onFirst());
        world.awaitStatus(vm, "up", World.BOOT);
        String address = world.guestAddress(vm);
        World.Heartbeat before = world.heartbeat(address);
        long whole = balloon(vm);
        assertThat(whole).isEqualTo(256L << 20);

        low(100);
        assertThat(Await.holds(LONG, () -> balloon(vm) < whole * 7 / 10))
                .as("it is shrunk")
                .isTrue();
        assertThat(balloon(vm)).as("but not below what it is guaranteed").isGreaterThanOrEqualTo(GUARANTEED);
        assertThat(world.heartbeat(address).boot()).isEqualTo(before.boot());

        CommandLineRun.bw(world.engine, "cluster", "update", "Default", "--no-ballooning");
        long then = balloon(vm);
        low(1);
        assertThat(Await.holds(LONG, () -> balloon(vm) == whole))
                .as("from " + then + " it grows again")
                .isTrue();
        CommandLineRun.bw(world.engine, "cluster", "update", "Default", "--ballooning");
        assertThat(world.heartbeat(address).boot()).isEqualTo(before.boot());
        world.stop(vm);
    }

    private ObjectNode onFirst() {
        ObjectNode start = Inventory.object();
        start.putObject("vm")
                .putObject("placement_policy")
                .putObject("hosts")
                .putArray("host")
                .addObject()
                .put("name", world.one.name());
        return start;
    }
}
