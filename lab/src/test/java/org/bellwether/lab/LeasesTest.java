package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Leases by sanlock: a machine that has one runs once, moves with it, and is restarted when it proves that its host is gone. */
@InTurn(of = 6, on = 1)
@ExtendWith(World.Extension.class)
final class LeasesTest {
    /** Of sanlock, at the lab's I/O timeout: eight renewals that did not come, and a minute for a watchdog. */
    private static final Duration EXPIRY = Duration.ofSeconds(8 * SanlockDaemon.IO_TIMEOUT + 60);

    private final World world;

    LeasesTest(World world) {
        this.world = world;
    }

    @Test
    void a_machine_with_a_lease_runs_once_and_is_restarted_by_the_proof_of_its_lease_alone() throws IOException {
        Assumptions.assumeTrue(SanlockDaemon.installed(), "sanlock and libvirt-sanlock are not installed");
        String domain =
                world.api().named("/storagedomains", "shared").path("id").asText();
        world.hosts().forEach(host -> awaitJoined(host, domain));
        assertThat(hostIds(domain)).as("each host has a number of its own").doesNotHaveDuplicates();

        String leased = world.machine("leased");
        String plain = world.machine("without-lease");
        protect(leased, domain);
        protect(plain, "");
        assertThat(world.api()
                        .get("/vms/" + leased)
                        .path("lease")
                        .path("storage_domain")
                        .path("id")
                        .asText())
                .isEqualTo(domain);
        start(leased, world.one);
        start(plain, world.two);
        world.awaitStatus(leased, "up", World.BOOT);
        assertThat(holds(world.one, domain, leased)).isTrue();
        startsNowhereElse(leased);

        world.migrate(leased, world.two);
        assertThat(Await.holds(World.BOOT, () -> world.hostOf(leased).equals("host2")))
                .isTrue();
        world.awaitQuiet();
        assertThat(holds(world.two, domain, leased)).as("the lease went along").isTrue();
        assertThat(holds(world.one, domain, leased)).isFalse();
        assertThat(world.api()
                        .call("POST", "/hosts/" + hostId("host2") + "/fence", "{\"fence_type\": \"manual\"}")
                        .status())
                .as("a host that is heard of is not taken for rebooted")
                .isEqualTo(409);
        world.awaitStatus(plain, "up", World.BOOT);

        world.two.powerOff();
        long off = System.nanoTime();
        assertThat(Await.holds(EXPIRY.multipliedBy(3), () -> {
                    assertThat(world.running(leased)).isLessThanOrEqualTo(1);
                    return world.one.qemuProcesses(leased) == 1;
                }))
                .as("it runs again")
                .isTrue();
        Duration took = Duration.ofNanos(System.nanoTime() - off);
        assertThat(took).as("never before its lease has expired").isGreaterThan(EXPIRY.minusSeconds(10));
        assertThat(took).isLessThan(Duration.ofSeconds(160));
        world.awaitStatus(leased, "up", World.BOOT);
        assertThat(world.hostOf(leased)).isEqualTo("host1");
        assertThat(holds(world.one, domain, leased)).isTrue();
        assertThat(events(leased)).contains("The proof that it runs there no more: its lease on shared was acquired");

        assertThat(world.status(plain)).as("nobody knows whether it runs").isEqualTo("unknown");
        assertThat(events(plain)).contains("It has no lease");
        ObjectNode fence = Inventory.object().put("fence_type", "manual");
        world.api().post("/hosts/" + hostId("host2") + "/fence", fence);
        world.awaitStatus(plain, "up", World.BOOT);
        assertThat(world.hostOf(plain)).isEqualTo("host1");
        assertThat(events(plain)).contains("has confirmed that its host host2 was rebooted");

        world.restore();
        awaitJoined(world.two, domain);
        assertThat(world.api().call("GET", "/vms/" + leased, "").status()).isEqualTo(404);
        assertThat(indexOf(domain)).as("its lease went with it").doesNotContain(leased);
    }

    @Test
    void a_machine_with_a_lease_goes_on_from_its_memory_with_it_and_never_waits_without() throws IOException {
        Assumptions.assumeTrue(SanlockDaemon.installed(), "sanlock and libvirt-sanlock are not installed");
        String domain =
                world.api().named("/storagedomains", "shared").path("id").asText();
        world.hosts().forEach(host -> awaitJoined(host, domain));
        String vm = world.machine("lease-suspended");
        protect(vm, domain);
        ApiClient.Reply paused = world.api().call("POST", "/vms/" + vm + "/start", "{\"pause\": \"true\"}");
        assertThat(paused.status()).isEqualTo(409);
        assertThat(paused.text()).contains("holds only while it runs");

        start(vm, world.one);
        world.awaitStatus(vm, "up", World.BOOT);
        World.Heartbeat before = world.heartbeat(world.guestAddress(vm));
        world.api().post("/vms/" + vm + "/suspend", "{}");
        world.awaitStatus(vm, "suspended", World.BOOT);
        assertThat(holds(world.one, domain, vm)).as("it was given back").isFalse();
        start(vm, world.two);
        world.awaitStatus(vm, "up", World.BOOT);
        assertThat(world.heartbeat(world.guestAddress(vm)).boot())
                .as("it is the same run")
                .isEqualTo(before.boot());
        assertThat(holds(world.two, domain, vm)).isTrue();
        world.remove(vm);
    }

    @Test
    void a_host_whose_storage_hangs_loses_its_machine_to_another_one_and_nobody_runs_it_twice() {
        Assumptions.assumeTrue(SanlockDaemon.installed(), "sanlock and libvirt-sanlock are not installed");
        String domain =
                world.api().named("/storagedomains", "shared").path("id").asText();
        world.hosts().forEach(host -> awaitJoined(host, domain));
        SnapshotMachine writer = SnapshotMachine.make(world, "on-hung-store");
        protect(writer.id(), domain);
        world.awaitQuiet();
        writer.start(world.one);
        long written = WrittenDisk.awaitMore(writer.address(), 3);
        world.one.run("pkill", "-STOP", "-x", "glusterfs");
        long hung = System.nanoTime();
        try {
            // What waits for storage cannot be ended, and may still write: then sanlock lets the watchdog reset the
            // host,
            // which is the lab's to do here. Where nothing waits, the host says that the machine is gone.
            assertThat(Await.holds(
                            EXPIRY.multipliedBy(3),
                            () -> world.two.qemuProcesses(writer.id()) == 1 || gaveUp(world.one)))
                    .as("sanlock ends the machine, or the host: " + events(writer.id()))
                    .isTrue();
            if (world.two.qemuProcesses(writer.id()) == 0) {
                assertThat(world.api()
                                .get("/hosts/" + hostId("host1"))
                                .path("status")
                                .asText())
                        .as("it is still heard of")
                        .isIn("up", "non_operational");
                world.one.powerOff();
            }
            assertThat(Await.holds(Duration.ofMinutes(5), () -> world.two.qemuProcesses(writer.id()) == 1))
                    .as("it runs where the storage answers: " + events(writer.id()))
                    .isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - hung))
                    .as("never before its lease has expired")
                    .isGreaterThan(EXPIRY.minusSeconds(10));
        } finally {
            if (world.one.poweredOn()) {
                world.one.attempt(Duration.ofSeconds(20), "pkill", "-CONT", "-x", "glusterfs");
            }
        }
        world.awaitStatus(writer.id(), "up", World.BOOT);
        assertThat(WrittenDisk.awaitMore(writer.address(), 3)).isGreaterThan(written);
        assertThat(world.running(writer.id())).isEqualTo(1);
        writer.stop();
        assertThat(writer.disk().lastBlock(writer.top()))
                .as("the last block, after proof that no two guests wrote at once")
                .isGreaterThan(written);
    }

    @Test
    void a_change_of_a_domain_is_made_under_its_lease_and_the_host_that_made_it_is_shown() {
        Assumptions.assumeTrue(SanlockDaemon.installed(), "sanlock and libvirt-sanlock are not installed");
        String domain =
                world.api().named("/storagedomains", "shared").path("id").asText();
        world.hosts().forEach(host -> awaitJoined(host, domain));
        long before = domainLease(domain);
        String disk = disk("under-lease");
        assertThat(domainLease(domain)).as("it was taken again").isGreaterThan(before);
        assertThat(world.one.run("sanlock", "client", "status"))
                .as("and given back")
                .doesNotContain("r " + domain + ":SDM");
        assertThat(Await.holds(
                        World.SOON,
                        () -> world.api().list("/hosts").stream()
                                        .filter(host -> host.path("spm")
                                                .path("status")
                                                .asText()
                                                .equals("spm"))
                                        .count()
                                == 1))
                .isTrue();

        // A host that dies with the lease leaves it to the others when it has expired, and until then nobody changes.
        world.one.killSanlock();
        assertThat(Await.holds(
                        Duration.ofSeconds(40),
                        () -> world.api()
                                .get("/hosts/" + hostId("host1"))
                                .path("status_detail")
                                .asText()
                                .contains("no leases on storage")))
                .isTrue();
        String other = disk("by-the-other-host");
        world.one.startSanlock();
        awaitJoined(world.one, domain);
        world.api().delete("/disks/" + disk);
        world.api().delete("/disks/" + other);
        world.awaitQuiet();
    }

    private static boolean gaveUp(LabHost host) {
        try {
            return Files.readString(host.directory().resolve("sanlock.log")).contains("killing pids stuck");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String disk(String name) {
        ObjectNode wish = Inventory.object()
                .put("name", name)
                .put("format", "cow")
                .put("sparse", "true")
                .put("provisioned_size", Long.toString(1 << 20));
        wish.putObject("storage_domains").putArray("storage_domain").addObject().put("name", "shared");
        String id = world.api().post("/disks", wish).path("id").asText();
        world.api().awaitStatus("/disks/" + id, "ok", World.SOON);
        return id;
    }

    /** How often the domain's own lease was taken. */
    private long domainLease(String domain) {
        String leader = world.one.run(
                "sh",
                "-c",
                "sanlock direct read_leader -r \"$0:SDM:$(echo /rhev/data-center/mnt/glusterSD/*/\"$0\"/dom_md/leases | sed 's/:/\\\\:/g'):1048576\"",
                domain);
        return leader.lines()
                .filter(line -> line.startsWith("lver "))
                .mapToLong(line -> Long.parseLong(line.substring("lver ".length())))
                .findFirst()
                .orElseThrow();
    }

    /** Whoever starts it by hand beside the engine is refused by the lease; without disks, which QEMU locks by itself. */
    private void startsNowhereElse(String vm) throws IOException {
        String name = world.one.virsh("domname", vm).strip();
        Path xml = Files.writeString(
                world.two.directory().resolve("twice.xml"),
                world.one.virsh("dumpxml", "--inactive", name).replaceAll("(?s)<disk .*?</disk>", ""));
        Command.Outcome twice = world.two.attempt(
                Duration.ofSeconds(90), "virsh", "--connect", "qemu:///system", "create", xml.toString());
        assertThat(twice.succeeded()).isFalse();
        assertThat(twice.output()).contains("Failed to acquire lock");
        assertThat(world.running(vm)).isEqualTo(1);
    }

    private void protect(String vm, String leaseDomain) {
        ObjectNode wish = Inventory.object();
        wish.putObject("high_availability").put("enabled", "true");
        if (!leaseDomain.isEmpty()) {
            wish.putObject("lease").putObject("storage_domain").put("id", leaseDomain);
        }
        world.api().put("/vms/" + vm, wish.toString());
    }

    private void start(String vm, LabHost host) {
        ObjectNode on = Inventory.object();
        on.putObject("vm")
                .putObject("placement_policy")
                .putObject("hosts")
                .putArray("host")
                .addObject()
                .put("name", host.name());
        world.api().post("/vms/" + vm + "/start", on);
    }

    private void awaitJoined(LabHost host, String domain) {
        assertThat(Await.holds(
                        Duration.ofMinutes(3),
                        () -> host.run("sanlock", "client", "gets")
                                .lines()
                                .anyMatch(line -> line.startsWith("s " + domain)
                                        && line.strip().endsWith(":0"))))
                .as(host.name() + " joins the lockspace")
                .isTrue();
    }

    private java.util.List<String> hostIds(String domain) {
        return world.hosts().stream()
                .flatMap(host -> host.run("sanlock", "client", "gets").lines())
                .filter(line -> line.startsWith("s " + domain))
                .map(line -> line.split(":")[1])
                .toList();
    }

    private static boolean holds(LabHost host, String domain, String vm) {
        return host.run("sanlock", "client", "status").contains("r " + domain + ":" + vm);
    }

    private String indexOf(String domain) {
        return world.one.run(
                "sh", "-c", "strings /rhev/data-center/mnt/glusterSD/*/\"$0\"/dom_md/xleases | head -n 2000", domain);
    }

    private String hostId(String name) {
        return world.api().named("/hosts", name).path("id").asText();
    }

    private String events(String vm) {
        StringBuilder text = new StringBuilder();
        for (JsonNode event :
                world.api().call("GET", "/events?max=200", "").json().path("event")) {
            if (event.path("vm").path("id").asText().equals(vm)) {
                text.append(event.path("description").asText()).append('\n');
            }
        }
        return text.toString();
    }
}
