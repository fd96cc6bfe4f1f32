package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.BwWords.bw;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code bw export} and {@code bw apply} against whole engines: what was exported is made again, and then nothing changes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FilesTest {
    @TempDir
    private Path folder;

    private RunningEngine engine;
    private RunningEngine.Caller administrator;

    @BeforeAll
    void start(@TempDir Path data) {
        engine = new RunningEngine(data);
        administrator = engine.administrator();
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    private Path file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static Map<String, String> contents(Path directory) throws IOException {
        var contents = new TreeMap<String, String>();
        try (var files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(directory.relativize(file).toString(), Files.readString(file));
            }
        }
        return contents;
    }

    private static final String NORTH = """
            data_center:
              name: files-north
              quota_mode: audit
            ---
            # Before what it refers to: the order in files does not matter.
            vm:
              name: files-vm
              cluster: {name: files-c1}
              description: "no"
              memory: 2147483648
              cpu: {topology: {sockets: 2, cores: 2, threads: 1}}
              high_availability: {enabled: true, priority: 50}
              nics:
                nic:
                  - name: nic1
                    vnic_profile: {name: files-fast, network: {name: files-blue}}
                  - name: nic2
                    vnic_profile: {name: files-blue}
              tags:
                tag: [{name: files-leaf}]
            ---
            cluster:
              name: files-c1
              data_center: {name: files-north}
              networks:
                network:
                  - {name: files-blue, required: false, usages: {usage: [vm, migration]}}
            ---
            network:
              - name: files-blue
                data_center: {name: files-north}
                vlan: {id: 7}
                mtu: 9000
              - name: files-red
                data_center: {name: files-north}
            ---
            vnic_profile:
              name: files-fast
              network: {name: files-blue, data_center: {name: files-north}}
              port_mirroring: true
            ---
            tag:
              - name: files-leaf
                parent: {name: files-stem}
              - name: files-stem
            ---
            role:
              name: files-operator
              permits: {permit: [{name: run_vm}, {name: stop_vm}]}
            ---
            quota:
              name: files-q
              data_center: {name: files-north}
              quota_cluster_limits:
                quota_cluster_limit:
                  - {cluster: {name: files-c1}, vcpu_limit: 8, memory_limit: 16}
            ---
            permission:
              role: {name: files-operator}
              group: {name: Everyone}
              vm: {name: files-vm}
            """;

    @Test
    void an_export_changes_nothing_where_it_is_from_and_makes_the_same_on_an_empty_engine(@TempDir Path other)
            throws IOException {
        Path files = file("north/all.yaml", NORTH);
        var made = bw(engine, "apply", "-f", folder.resolve("north").toString());
        assertThat(made.code()).as(made.out() + made.err()).isZero();
        assertThat(made.out()).contains("created machine files-vm", "created permission files-operator for Everyone");
        assertThat(bw(engine, "apply", "-f", files.toString()).out())
                .isEqualTo("0 created, 0 changed, 11 as described\n");
        assertThat(administrator
                        .get("/vms?search=name%3Dfiles-vm")
                        .at("/vm/0/description")
                        .asText())
                .isEqualTo("no");

        Path first = folder.resolve("first");
        assertThat(bw(engine, "export", first.toString()).code()).isZero();
        var again = bw(engine, "apply", "--diff", "-f", first.toString());
        assertThat(again.out()).startsWith("0 created, 0 changed, ");
        assertThat(again.code()).isZero();
        try (var empty = new RunningEngine(other)) {
            var dry = bw(empty, "apply", "--dry-run", "-f", first.toString());
            assertThat(dry.out()).contains("would create machine files-vm");
            assertThat(empty.administrator().names("/vms", "vm")).isEmpty();
            var applied = bw(empty, "apply", "-f", first.toString());
            assertThat(applied.code()).as(applied.out() + applied.err()).isZero();
            Path second = folder.resolve("second");
            assertThat(bw(empty, "export", second.toString()).code()).isZero();
            assertThat(contents(second)).isEqualTo(contents(first));
        }
    }

    @Test
    void only_what_a_file_says_otherwise_is_changed_and_shown() throws IOException {
        Path file = file("east.yaml", "data_center: {name: files-east, description: one}\n");
        assertThat(bw(engine, "apply", "-f", file.toString()).code()).isZero();
        file("east.yaml", "data_center: {name: files-east, description: two}\n");
        var looked = bw(engine, "apply", "--diff", "--dry-run", "-f", file.toString());
        assertThat(looked.out())
                .contains("would change data center files-east", "description: one -> two", "0 to create, 1 to change");
        assertThat(bw(engine, "apply", "--dry-run", "-o", "json", "-f", file.toString())
                        .out())
                .contains("\"path\" : \"description\"");
        String path = "/datacenters?search=name%3Dfiles-east";
        assertThat(administrator.get(path).at("/data_center/0/description").asText())
                .isEqualTo("one");
        assertThat(bw(engine, "apply", "-f", file.toString()).code()).isZero();
        assertThat(administrator.get(path).at("/data_center/0/description").asText())
                .isEqualTo("two");
        file("east.yaml", "data_center: {name: files-east, descripton: three}\n");
        var typo = bw(engine, "apply", "-f", file.toString());
        assertThat(typo.code()).isEqualTo(1);
        assertThat(typo.err()).contains("descripton: (nothing) -> three");
    }

    @Test
    void a_failure_in_the_middle_says_what_is_left_and_it_goes_on_when_repeated() throws IOException {
        file("west/1.yaml", """
                vm:
                  name: files-west
                  cluster: {name: Default}
                  nics: {nic: [{name: nic1, vnic_profile: {name: files-late}}]}
                """);
        file("west/2.yaml", "tag: {name: files-west}\n");
        String west = folder.resolve("west").toString();
        var failed = bw(engine, "apply", "-f", west);
        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.out()).contains("created tag files-west");
        assertThat(failed.err())
                .contains(
                        "machine files-west: It refers to the vnic profile files-late",
                        "1 of 2 failed",
                        "Say it again");
        file("west/3.yaml", "network: {name: files-late, data_center: {name: Default}}\n");
        var mended = bw(engine, "apply", "-f", west);
        assertThat(mended.code()).as(mended.err()).isZero();
        assertThat(mended.out()).contains("created network files-late of Default", "changed machine files-west");
    }

    @Test
    void permits_of_a_role_are_as_written_and_nothing_else_is_removed() throws IOException {
        Path file = file("role.yaml", "role: {name: files-r, permits: {permit: [{name: run_vm}, {name: stop_vm}]}}\n");
        assertThat(bw(engine, "apply", "-f", file.toString()).code()).isZero();
        file("role.yaml", "role: {name: files-r, permits: {permit: [{name: run_vm}, {name: create_vm}]}}\n");
        var changed = bw(engine, "apply", "--diff", "-f", file.toString());
        assertThat(changed.out()).contains("permits[create_vm]", "permits[stop_vm]: stop_vm -> (nothing)");
        assertThat(bw(engine, "role", "show", "files-r").out())
                .contains("create_vm", "run_vm")
                .doesNotContain("stop_vm");
    }

    @Test
    void files_that_make_no_sense_apply_nothing() throws IOException {
        for (String text : new String[] {
            "tag: {name: files-no}\n---\nvmm: {name: x}\n",
            "tag: [{name: files-no}, {name: files-no}]\n",
            "tag: {name: files-no\n",
            "- tag\n",
            "tag: &a [*a]\n"
        }) {
            Path file = file("senseless.yaml", text);
            var said = bw(engine, "apply", "-f", file.toString());
            assertThat(said.code()).as(text + said.err()).isEqualTo(2);
            assertThat(said.err()).as(text).contains("Nothing was applied");
        }
        assertThat(administrator.names("/tags", "tag")).doesNotContain("files-no");
        assertThat(bw(engine, "apply", "-f", folder.resolve("nowhere").toString())
                        .code())
                .isEqualTo(2);
    }

    @Test
    void an_export_removes_only_files_of_an_earlier_one() throws IOException {
        String tag = administrator.add("/tags", "{\"name\":\"files-gone\"}");
        String directory = folder.resolve("again").toString();
        assertThat(bw(engine, "export", directory).code()).isZero();
        file("again/tags/mine.yaml", "tag: {name: mine}\n");
        administrator.call("DELETE", "/tags/" + tag, "");
        assertThat(bw(engine, "export", directory).code()).isZero();
        assertThat(folder.resolve("again/tags/files-gone.yaml")).doesNotExist();
        assertThat(folder.resolve("again/tags/mine.yaml")).exists();
    }
}
