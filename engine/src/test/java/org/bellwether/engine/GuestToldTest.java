package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.bellwether.engine.BwWords.bw;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.SshMachine.Answer;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Seeds;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.vm.Vm;
import org.bellwether.protocol.GuestData;
import org.bellwether.protocol.GuestFilesystem;
import org.bellwether.protocol.GuestInterface;
import org.bellwether.protocol.GuestUser;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.PowerState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the agent inside a guest tells reaches whoever asks: by the API, and by {@code bw}. */
class GuestToldTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void file_systems_users_and_addresses_of_a_guest_are_told(@TempDir Path folder) throws Exception {
        Map<UUID, PretendAgent> agents = new ConcurrentHashMap<>();
        try (var engine = new RunningEngine(folder.resolve("engine"))) {
            var authority = engine.inside().ground().authority;
            try (var agent = new PretendAgent("127.0.0.2", authority, agents);
                    var host = new SshMachine(folder, "127.0.0.2", command -> new Answer(0, ""))) {
                host.insertInto(engine, Id.of(agent.id), "one", agent.port(), Host.Wanted.ACTIVE);
                var vm = vm(Id.of(agent.id));
                engine.inside()
                        .ground()
                        .database
                        .change(tx -> engine.inside().held().vms.insertAll(tx, List.of(vm)));
                agent.machines.put(vm.id().toString(), told(vm));
                engine.restart();
                var administrator = engine.administrator();
                String path = "/vms/" + vm.id();
                await().atMost(SOON)
                        .until(() ->
                                administrator.get(path).path("fqdn").asText().equals("web.example.org"));
                var usage = administrator
                        .get(path + "/statistics")
                        .path("statistic")
                        .valueStream()
                        .filter(each -> each.path("name").asText().equals("disks.usage"))
                        .findFirst()
                        .orElseThrow();
                assertThat(usage.path("type").asText()).isEqualTo("string");
                assertThat(engine.read(usage.at("/values/value/0/detail").asText()))
                        .isEqualTo(engine.read("""
                                [{"path":"/","total":"1073741824","used":"268435456","fs":"ext4"},
                                 {"path":"/srv \\"x\\"","total":"2048","used":"0","fs":"xfs"}]"""));

                var sheet = bw(engine, "vm", "inside", "show", "guesty");
                assertThat(sheet.err()).isEmpty();
                assertThat(sheet.out())
                        .contains("web.example.org", "6.1.0", "Europe/Berlin", "192.0.2.7", "anna")
                        .containsPattern("/ +ext4 +1G +256M +25 %");
                var json = engine.read(bw(engine, "vm", "inside", "show", "guesty", "-o", "json")
                        .out());
                assertThat(json.at("/file_systems/0/path").asText()).isEqualTo("/");
                assertThat(json.at("/fqdn").asText()).isEqualTo("web.example.org");
            }
        }
    }

    private static Vm vm(Id<Host> host) {
        return new Vm(
                Id.random(),
                "guesty",
                Id.of(Seeds.CLUSTER),
                Template.BLANK,
                host,
                1,
                Instant.now(),
                Instant.now(),
                null,
                null,
                org.bellwether.api.types.Vm.builder().memory(1L << 30).build());
    }

    private static MachineState told(Vm vm) {
        return MachineState.newBuilder()
                .setMachineId(vm.id().toString())
                .setName(vm.name())
                .setGeneration(1)
                .setPower(PowerState.RUNNING)
                .setStartedMs(1)
                .setGuest(GuestData.newBuilder()
                        .setTimeMs(System.currentTimeMillis())
                        .setHostName("web.example.org")
                        .setOsId("debian")
                        .setOsPrettyName("Debian 12")
                        .setKernelRelease("6.1.0")
                        .setTimeZone("Europe/Berlin")
                        .addInterfaces(GuestInterface.newBuilder()
                                .setName("eth0")
                                .setMac("56:6f:00:00:00:07")
                                .addAddresses("192.0.2.7"))
                        .addFilesystems(GuestFilesystem.newBuilder()
                                .setMountPoint("/")
                                .setType("ext4")
                                .setTotalBytes(1L << 30)
                                .setUsedBytes(256L << 20))
                        .addFilesystems(GuestFilesystem.newBuilder()
                                .setMountPoint("/srv \"x\"")
                                .setType("xfs")
                                .setTotalBytes(2048))
                        .addUsers(GuestUser.newBuilder().setName("anna")))
                .build();
    }
}
