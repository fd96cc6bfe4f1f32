package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code bw apply} and {@code bw export} with real storage: a domain, disks, a template, and machines that run. */
@InTurn(of = 2, on = 0)
@ExtendWith(World.Extension.class)
final class FilesWalkTest {
    private final World world;

    @TempDir
    Path directory;

    @TempDir
    Path files;

    FilesWalkTest(World world) {
        this.world = world;
    }

    private String bw(String... words) {
        return CommandLineRun.bw(world.engine, words);
    }

    private String plan() {
        return """
            storage_domain:
              name: files-store
              type: data
              data_center: {name: Default}
              storage: {type: posixfs, path: %s, vfs_type: none, mount_options: bind}
              host: {name: host1}
              warning_low_space_indicator: 7
            ---
            vm:
              - name: files-blank
                cluster: {name: Default}
                memory: 268435456
                disk_attachments:
                  disk_attachment:
                    - bootable: true
                      interface: virtio_scsi
                      active: true
                      disk:
                        name: files-blank-1
                        provisioned_size: 67108864
                        format: cow
                        sparse: true
                        storage_domains: {storage_domain: [{name: files-store}]}
              - name: files-tiny
                cluster: {name: Default}
                template: {name: tiny}
                disk_attachments:
                  disk_attachment:
                    - bootable: false
                      interface: virtio
                      active: true
                      disk:
                        name: files-tiny-data
                        provisioned_size: 33554432
                        format: raw
                        sparse: true
                        storage_domains: {storage_domain: [{name: files-store}]}
            ---
            template:
              name: files-form
              cluster: {name: Default}
              vm: {name: files-blank}
              description: made from a file
            ---
            permission:
              role: {name: UserRole}
              group: {name: Everyone}
              vm: {name: files-tiny}
            """.formatted(directory);
    }

    /** Hosts that this computer keeps busy take nothing more for a while. */
    private void start(String vm) {
        assertThat(Await.holds(
                        World.BOOT,
                        () -> world.api()
                                        .call("POST", "/vms/" + vm + "/start", "{}")
                                        .status()
                                == 200))
                .isTrue();
    }

    private static Map<String, String> contents(Path exported) throws IOException {
        var contents = new TreeMap<String, String>();
        try (var walk = Files.walk(exported)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                contents.put(exported.relativize(file).toString(), Files.readString(file));
            }
        }
        return contents;
    }

    @Test
    void what_files_say_is_made_runs_is_exported_and_made_again() throws IOException {
        Path plan = Files.writeString(files.resolve("plan.yaml"), plan());
        var made = bw("apply", "-f", plan.toString());
        assertThat(made)
                .contains(
                        "created storage domain files-store",
                        "created machine files-blank",
                        "created machine files-tiny",
                        "created template files-form",
                        "created permission UserRole for Everyone");
        assertThat(bw("apply", "--diff", "-f", plan.toString())).contains("0 created, 0 changed, 5 as described");
        String vm = world.api().named("/vms", "files-tiny").path("id").asText();
        assertThat(world.api().list("/vms/" + vm + "/diskattachments"))
                .as("the template's disk and the file's")
                .hasSize(2);
        start(vm);
        world.awaitStatus(vm, "up", World.BOOT);
        assertThat(world.api().call("GET", "/ovirt-engine/services/metrics", "").text())
                .as("what Prometheus hears of real hosts and real storage")
                .containsPattern("bellwether_storage_domain_bytes\\{domain=\"files-store\"} [1-9]")
                .containsPattern("bellwether_storage_domain_available_bytes\\{domain=\"files-store\"} [1-9]")
                .containsPattern("bellwether_disks_bytes\\{domain=\"files-store\"} [1-9]")
                .containsPattern("bellwether_host_cpu_percent\\{host=\"host1\"} [0-9]")
                .containsPattern("bellwether_host_memory_bytes\\{host=\"host1\"} [1-9]")
                .containsPattern("bellwether_host_memory_available_bytes\\{host=\"host1\"} [1-9]")
                .contains("bellwether_machines{status=\"up\"} 1");

        Path first = files.resolve("first");
        bw("export", first.toString());
        assertThat(contents(first))
                .containsKeys(
                        "storagedomains/files-store.yaml",
                        "templates/files-form.yaml",
                        "vms/files-blank.yaml",
                        "vms/files-tiny.yaml");
        assertThat(bw("apply", "--diff", "-f", first.toString()))
                .as("an export changes nothing, not even machines that run")
                .contains("0 created, 0 changed, ");
        world.stop(vm);
        assertThat(bw("apply", "--diff", "-f", first.toString())).contains("0 created, 0 changed, ");

        for (String name : new String[] {"files-tiny", "files-blank"}) {
            world.remove(world.api().named("/vms", name).path("id").asText());
        }
        assertThat(bw("apply", "--dry-run", "-f", first.toString()))
                .contains("would create machine files-blank", "would create machine files-tiny");
        assertThat(bw("apply", "-f", first.toString()))
                .contains("created machine files-blank", "created machine files-tiny", " 0 changed, ");
        Path second = files.resolve("second");
        bw("export", second.toString());
        var expected = contents(first);
        var form = "templates/files-form.yaml";
        assertThat(expected.get(form)).contains("vm:\n    name: files-blank\n");
        // The machine that the template was made from is another one now.
        expected.compute(form, (_, text) -> String.valueOf(text).replace("  vm:\n    name: files-blank\n", ""));
        assertThat(contents(second)).isEqualTo(expected);
        removeAll();
        assertThat(directory).isEmptyDirectory();
    }

    private void removeAll() {
        for (String name : new String[] {"files-tiny", "files-blank"}) {
            world.remove(world.api().named("/vms", name).path("id").asText());
        }
        world.api()
                .delete("/templates/"
                        + world.api()
                                .named("/templates", "files-form")
                                .path("id")
                                .asText());
        world.awaitQuiet();
        String id =
                world.api().named("/storagedomains", "files-store").path("id").asText();
        String attached = "/datacenters/"
                + world.api().named("/datacenters", "Default").path("id").asText() + "/storagedomains/" + id;
        world.api().post(attached + "/deactivate", Inventory.object());
        world.api().awaitStatus(attached, "maintenance", Duration.ofMinutes(2));
        world.api().delete(attached);
        world.awaitQuiet();
        world.api().delete("/storagedomains/" + id + "?format=true&host=host1");
        world.awaitQuiet();
    }
}
