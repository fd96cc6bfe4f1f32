package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How machines move when their guests change their memory faster than it is sent, and how many at once. */
@ExtendWith(World.Extension.class)
@InTurn(of = 6, on = 2)
final class MigrationPolicyTest {
    private static final Duration LONG = Duration.ofMinutes(4);

    private final World world;

    MigrationPolicyTest(World world) {
        this.world = world;
    }

    @AfterEach
    void asUsual() {
        cluster("--migration-policy", "minimal-downtime", "--migration-bandwidth", "auto", "--no-encrypt");
    }

    @Test
    void a_guest_that_writes_faster_than_is_sent_stays_goes_after_a_standstill_or_goes_on_over_there() {
        String vm = world.runningMachine("busy", world.one);
        String address = world.guestAddress(vm);
        World.Heartbeat before = world.heartbeat(address);
        busy(vm);

        cluster("--migration-policy", "minimal-downtime", "--migration-bandwidth", "16");
        long from = newest();
        world.migrate(vm, world.two);
        assertThat(Await.holds(LONG, () -> events(from).contains("changes its memory faster than it can be sent")))
                .as("it is given up, and why: " + events(from))
                .isTrue();
        world.awaitQuiet();
        assertThat(world.hostOf(vm)).isEqualTo("host1");
        assertThat(world.heartbeat(address).boot()).isEqualTo(before.boot());

        cluster("--migration-policy", "post-copy");
        world.migrate(vm, world.two);
        assertThat(Await.holds(LONG, () -> world.hostOf(vm).equals("host2")))
                .as("it went on over there, and its memory followed: " + events(from))
                .isTrue();
        world.awaitQuiet();
        World.Heartbeat after = world.heartbeat(address);
        assertThat(after.boot()).isEqualTo(before.boot());
        assertThat(after.tick()).isGreaterThan(before.tick());
        assertThat(world.running(vm)).isEqualTo(1);
        assertThat(world.one.directory().resolve("agent.log"))
                .content()
                .contains("it goes on there now, and its memory follows");

        CommandLineRun.bw(world.engine, "vm", "update", "busy", "--migration-policy", "suspend-if-needed");
        cluster("--migration-bandwidth", "400");
        world.migrate(vm, world.one);
        assertThat(Await.holds(LONG, () -> world.hostOf(vm).equals("host1")))
                .as("its own policy lets it stand still for so long: " + events(from))
                .isTrue();
        world.awaitQuiet();
        assertThat(world.heartbeat(address).boot()).isEqualTo(before.boot());
        world.stop(vm);
    }

    @Test
    void what_is_to_be_encrypted_is_and_only_so_many_leave_a_host_at_once_and_who_waits_can_be_cancelled() {
        List<String> vms = IntStream.rangeClosed(1, 4)
                .mapToObj(number -> world.runningMachine("leaves" + number, world.one))
                .toList();
        cluster("--encrypt", "--migration-bandwidth", "64");
        long from = newest();
        vms.forEach(vm -> world.migrate(vm, world.two));
        assertThat(Await.holds(World.SOON, () -> outgoing(vms) == 2)).isTrue();
        String sending = vms.stream().filter(this::sends).findFirst().orElseThrow();
        // libvirt says that a job is under way before it has told QEMU how.
        String[] told = {""};
        assertThat(Await.holds(World.SOON, () -> {
                    told[0] = world.one.virsh("qemu-monitor-command", "--hmp", sending, "info migrate_parameters");
                    return told[0].contains("tls-creds: 'objlibvirt_migrate_tls0'");
                }))
                .as("what QEMU sends goes over TLS: " + told[0])
                .isTrue();
        String waits = vms.stream().filter(vm -> !sends(vm)).findFirst().orElseThrow();
        assertThat(world.status(waits)).isEqualTo("migrating");
        world.api().post("/vms/" + waits + "/cancelmigration", "{}");
        assertThat(Await.holds(World.SOON, () -> world.status(waits).equals("up")))
                .isTrue();
        assertThat(events(from)).contains("cancelled before it began");

        cluster("--migration-bandwidth", "auto");
        long[] most = {0};
        assertThat(Await.holds(LONG, () -> {
                    most[0] = Math.max(most[0], outgoing(vms));
                    return vms.stream()
                            .filter(vm -> !vm.equals(waits))
                            .allMatch(vm -> world.hostOf(vm).equals("host2"));
                }))
                .as(events(from))
                .isTrue();
        assertThat(most[0]).as("at once").isLessThanOrEqualTo(2);
        assertThat(world.hostOf(waits)).isEqualTo("host1");
        world.awaitQuiet();
        vms.forEach(world::stop);
    }

    /** A guest that copies the same bytes to and fro: its pages change all the time, and are not empty. */
    private void busy(String vm) {
        try (GuestShell shell = GuestShell.open(world, vm)) {
            shell.ask("mkdir -p /tmp/m; mount -t tmpfs tmpfs /tmp/m; dd if=/dev/urandom of=/tmp/m/a bs=64k count=150"
                    + " 2>/dev/null; ls -l /tmp/m");
            shell.ask("(while :; do cat /tmp/m/a > /tmp/m/b; done) >/dev/null 2>&1 & true");
        }
    }

    private long outgoing(List<String> vms) {
        return vms.stream().filter(this::sends).count();
    }

    private boolean sends(String vm) {
        Command.Outcome job =
                world.one.attempt(Duration.ofSeconds(20), "virsh", "--connect", "qemu:///system", "domjobinfo", vm);
        return job.output().contains("Unbounded") || job.output().contains("Bounded");
    }

    private void cluster(String... words) {
        List<String> all = new java.util.ArrayList<>(List.of("cluster", "update", "Default"));
        all.addAll(List.of(words));
        CommandLineRun.bw(world.engine, all.toArray(String[]::new));
    }

    private long newest() {
        return world.api().list("/events?max=1").getFirst().path("id").asLong();
    }

    private String events(long after) {
        return world.api().list("/events?max=40").stream()
                .filter((JsonNode event) -> event.path("id").asLong() > after)
                .map(event -> event.path("description").asText())
                .collect(Collectors.joining("\n"));
    }
}
