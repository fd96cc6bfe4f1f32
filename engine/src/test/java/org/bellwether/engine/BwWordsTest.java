package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.bellwether.engine.BwWords.bw;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Every word of {@code bw} that lists something, in every form, against a whole engine; and what the shells make of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BwWordsTest {
    private static final Pattern LISTS =
            Pattern.compile("-n '__fish_seen_subcommand_from (\\S+); and not [^']*' -a list ");

    private RunningEngine engine;
    private RunningEngine.Caller administrator;

    @TempDir
    private Path folder;

    @BeforeAll
    void start(@TempDir Path data) {
        engine = new RunningEngine(data);
        administrator = engine.administrator();
        administrator.add(
                "/vms", "{\"name\":\"listed\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"Blank\"}}");
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    @Test
    void whatever_is_listed_is_listed_for_people_and_for_programs() {
        var words = new TreeSet<String>();
        var found = LISTS.matcher(bw(engine, "completion", "fish").out());
        while (found.find()) {
            words.add(found.group(1));
        }
        assertThat(words).contains("vm", "host", "cluster", "network", "storage", "user", "role", "session", "tag");
        var ofSomething = new ArrayList<String>();
        for (String word : words) {
            var table = bw(engine, word, "list");
            if (table.code() == 2) {
                ofSomething.add(word);
                continue;
            }
            assertThat(table.code()).as(word + ": " + table.err()).isZero();
            var json = bw(engine, word, "list", "-o", "json");
            assertThat(json.code()).as(word + ": " + json.err()).isZero();
            var list = engine.read(json.out());
            assertThat(list.isArray()).as(word + ": " + json.out()).isTrue();
            var yaml = bw(engine, word, "list", "-o", "yaml");
            assertThat(yaml.code()).as(word + ": " + yaml.err()).isZero();
            assertThat(yaml.out()).as(word).startsWith(list.isEmpty() ? "[]" : "- ");
            assertThat(yaml.out().lines().filter(line -> line.startsWith("- ")))
                    .as(word + ": each run that signs on adds to sessions and events")
                    .hasSizeGreaterThanOrEqualTo(list.size());
        }
        assertThat(ofSomething)
                .as("these list what belongs to an object that must be named")
                .hasSizeLessThan(12);
    }

    @Test
    void what_cannot_be_fetched_is_refused_in_words(@TempDir Path folder) {
        var refused = bw(
                engine,
                "vm",
                "screenshot",
                "listed",
                "--file",
                folder.resolve("screen.png").toString());
        assertThat(refused.code()).isNotZero();
        assertThat(refused.err()).contains("Cannot take a picture of the screen of VM listed", "Start it first");
        assertThat(folder.resolve("screen.png")).doesNotExist();
    }

    @Test
    void one_object_is_shown_for_people_and_for_programs() {
        assertThat(bw(engine, "vm", "show", "listed").out()).contains("Name:");
        assertThat(engine.read(bw(engine, "vm", "show", "listed", "-o", "json").out())
                        .get("name")
                        .asText())
                .isEqualTo("listed");
        assertThat(bw(engine, "vm", "show", "listed", "-o", "yaml").out()).contains("name: listed\n");
        var wrong = bw(engine, "vm", "list", "-o", "xml");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("JSON", "YAML");
    }

    private void done(String... words) {
        var said = bw(engine, words);
        assertThat(said.code())
                .as(String.join(" ", words) + ": " + said.err() + said.out())
                .isZero();
    }

    @Test
    void what_lies_below_machines_and_templates_is_changed() {
        String vm = administrator.machine("below");
        done("vm", "update", "below", "--headless");
        assertThat(administrator.get("/vms/" + vm + "/graphicsconsoles").size()).isZero();
        done("vm", "update", "below", "--no-headless");
        assertThat(administrator.get("/vms/" + vm + "/graphicsconsoles").get("graphics_console"))
                .hasSize(1);
        done("vm", "nic", "add", "below", "nic1");
        String nic = administrator.get("/vms/" + vm + "/nics").at("/nic/0/id").asText();
        String parameters = "/vms/" + vm + "/nics/" + nic + "/networkfilterparameters";
        done("vm", "nic", "filter", "below", "nic1", "IP=192.0.2.7", "IP=192.0.2.8");
        assertThat(administrator.get(parameters).get("network_filter_parameter"))
                .hasSize(2);
        done("vm", "nic", "filter", "below", "nic1", "IP=192.0.2.8");
        assertThat(administrator
                        .get(parameters)
                        .at("/network_filter_parameter/0/value")
                        .asText())
                .isEqualTo("192.0.2.8");
        assertThat(bw(engine, "vm", "nic", "filter", "below", "nic1", "IP").code())
                .isEqualTo(2);
        String blank = "/templates/00000000-0000-0000-0000-000000000000/watchdogs";
        done("template", "watchdog", "Blank", "pause");
        assertThat(administrator.get(blank).at("/watchdog/0/action").asText()).isEqualTo("pause");
        done("template", "watchdog", "Blank", "off");
        assertThat(administrator.get(blank).size()).isZero();
    }

    @Test
    void sizes_and_templates_are_changed_and_first_boots_are_said(@TempDir Path files) throws IOException {
        done("instance-type", "create", "odd", "--memory", "768M", "--cpus", "1:3:1", "--description", "three cores");
        assertThat(bw(engine, "instance-type", "list").out()).containsPattern("odd +768M +3 +no +three cores");
        done("instance-type", "update", "odd", "--name", "even", "--cpus", "4", "--ha");
        assertThat(bw(engine, "instance-type", "list").out()).containsPattern("even +768M +4 +yes +three cores");
        done("vm", "create", "sized", "--instance-type", "even");
        assertThat(bw(engine, "vm", "show", "sized").out()).containsPattern("CPUs: +4");
        done("instance-type", "remove", "even");
        assertThat(bw(engine, "instance-type", "list").out()).doesNotContain("even");

        done("template", "create", "gold", "--vm", "sized");
        done(
                "template",
                "update",
                "gold",
                "--name",
                "golden",
                "--version-name",
                "first",
                "--memory",
                "2G",
                "--protect");
        var golden = administrator.get("/templates?search=name%3Dgolden").at("/template/0");
        assertThat(golden.path("memory").asText()).isEqualTo(Long.toString(2L << 30));
        assertThat(golden.at("/version/version_name").asText()).isEqualTo("first");
        assertThat(golden.at("/cpu/topology/sockets").asText())
                .as("what is not said stays")
                .isEqualTo("4");
        assertThat(bw(engine, "template", "remove", "golden").err()).contains("protected");
        assertThat(bw(engine, "template", "update", "golden", "--headless").code())
                .isEqualTo(2);

        Path key = Files.writeString(files.resolve("key"), "AAAAA-BBBBB\n");
        done(
                "vm",
                "update",
                "sized",
                "--new-host-keys",
                "--organisation",
                "Example",
                "--join-domain",
                "example.org",
                "--join-ou",
                "OU=Desks",
                "--product-key-file",
                key.toString(),
                "--guest-locale",
                "de-DE");
        var told = administrator.get("/vms?search=name%3Dsized").at("/vm/0/initialization");
        assertThat(told.path("regenerate_ssh_keys").asText()).isEqualTo("true");
        assertThat(told.path("org_name").asText()).isEqualTo("Example");
        assertThat(told.path("domain").asText()).isEqualTo("example.org");
        assertThat(told.path("active_directory_ou").asText()).isEqualTo("OU=Desks");
        assertThat(told.path("ui_language").asText()).isEqualTo("de-DE");
        assertThat(bw(engine, "vm", "inside", "freeze", "sized").err()).contains("sized");
    }

    @Test
    void the_log_is_verified_and_a_change_in_the_database_is_found() {
        var intact = bw(engine, "audit", "verify");
        assertThat(intact.code()).as(intact.err()).isZero();
        assertThat(engine.read(bw(engine, "audit", "verify", "-o", "json").out())
                        .get("intact")
                        .asBoolean())
                .isTrue();
        var database = engine.inside().ground().database;
        var before = database.transaction(tx -> tx.sql().fetchValue("select message from events order by id limit 1"));
        database.change(tx -> tx.sql()
                .execute("update events set message = 'nothing happened' where id = (select min(id) from events)"));
        try {
            var broken = bw(engine, "audit", "verify");
            assertThat(broken.code()).as(broken.out()).isEqualTo(1);
        } finally {
            database.change(tx ->
                    tx.sql().execute("update events set message = ? where id = (select min(id) from events)", before));
        }
        assertThat(bw(engine, "audit", "verify").code()).isZero();
    }

    private String shell(String name, String script) throws IOException, InterruptedException {
        Path program = Path.of("/usr/bin", name);
        assumeThat(Files.isExecutable(program))
                .as(name + " is installed, as ./bw test does")
                .isTrue();
        Path words = folder.resolve(name);
        Files.writeString(words, bw(engine, "completion", name).out());
        var process = new ProcessBuilder(List.of(program.toString(), "-c", script.replace("@words@", words.toString())))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void bash_completes_words() throws Exception {
        assertThat(shell("bash", """
            source @words@
            complete -p bw
            COMP_WORDS=(bw vm mig); COMP_CWORD=2; COMP_LINE='bw vm mig'; COMP_POINT=9
            _complete_bw
            printf '%s\\n' "${COMPREPLY[@]}"
            """))
                .contains("complete ")
                .contains("\nmigrate\n")
                .doesNotContain("\nstart\n");
    }

    @Test
    void zsh_completes_words() throws Exception {
        assertThat(shell("zsh", "source @words@ 2>&1; print -r -- $_comps[bw]; whence -w _complete_bw"))
                .contains("_bash_complete", "_complete_bw: function");
    }

    @Test
    void fish_completes_words() throws Exception {
        assertThat(shell("fish", "source @words@; complete -C 'bw vm mig'"))
                .startsWith("migrate")
                .doesNotContain("start");
    }
}
