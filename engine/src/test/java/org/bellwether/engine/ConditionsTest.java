package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a client knows is not sent again, and what it knows wrongly is not changed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConditionsTest {
    private RunningEngine engine;
    private RunningEngine.Caller administrator;

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder);
        administrator = engine.administrator();
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    private String tag(String path, String... headers) {
        return administrator
                .call("GET", path, "", headers)
                .headers()
                .firstValue("ETag")
                .orElseThrow();
    }

    @Test
    void an_answer_that_the_client_has_is_not_sent_again() {
        String id = administrator.add("/bookmarks", "{\"name\":\"known\",\"value\":\"vms: status=up\"}");
        String tag = tag("/bookmarks/" + id);
        var again = administrator.call("GET", "/bookmarks/" + id, "", "If-None-Match", tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(again.headers().firstValue("ETag")).contains(tag);
        administrator.call("PUT", "/bookmarks/" + id, "{\"value\":\"vms: status=down\"}");
        var changed = administrator.call("GET", "/bookmarks/" + id, "", "If-None-Match", "\"other\", " + tag);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.body()).contains("down");
        String list = tag("/bookmarks");
        assertThat(administrator
                        .call("GET", "/bookmarks", "", "If-None-Match", list)
                        .statusCode())
                .isEqualTo(304);
        administrator.add("/bookmarks", "{\"name\":\"one more\",\"value\":\"x\"}");
        assertThat(administrator
                        .call("GET", "/bookmarks", "", "If-None-Match", list)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void only_what_is_as_the_client_believes_is_changed() {
        String id = administrator.add("/bookmarks", "{\"name\":\"guarded\",\"value\":\"first\"}");
        String path = "/bookmarks/" + id;
        String first = tag(path);
        var put = administrator.call("PUT", path, "{\"value\":\"second\"}", "If-Match", first);
        assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
        assertThat(put.headers().firstValue("ETag")).contains(tag(path));
        var late = administrator.call("PUT", path, "{\"value\":\"third\"}", "If-Match", first);
        assertThat(late.statusCode()).isEqualTo(412);
        assertThat(late.body()).contains("Nothing was changed");
        assertThat(administrator.get(path).get("value").asText()).isEqualTo("second");
        assertThat(administrator.call("DELETE", path, "", "If-Match", first).statusCode())
                .isEqualTo(412);
        String xml = administrator.callXml(path).headers().firstValue("ETag").orElseThrow();
        assertThat(administrator.call("DELETE", path, "", "If-Match", xml).statusCode())
                .as("the tag of the other format is as good")
                .isEqualTo(200);
        assertThat(administrator.call("DELETE", path, "", "If-Match", "*").statusCode())
                .isEqualTo(412);
    }

    @Test
    void of_many_who_believe_the_same_one_changes_it() throws Exception {
        String path = "/bookmarks/" + administrator.add("/bookmarks", "{\"name\":\"contended\",\"value\":\"first\"}");
        String first = tag(path);
        List<Callable<Integer>> wishes = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String wish = "{\"value\":\"of " + i + "\"}";
            wishes.add(() ->
                    administrator.call("PUT", path, wish, "If-Match", first).statusCode());
        }
        List<Integer> answers = new ArrayList<>();
        try (var everybody = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : everybody.invokeAll(wishes)) {
                answers.add(answer.get());
            }
        }
        assertThat(answers).filteredOn(status -> status == 200).hasSize(1);
        assertThat(answers).as("late, or at the same moment").isSubsetOf(200, 412, 409);
    }

    @Test
    void an_action_depends_on_its_object() {
        String vm = administrator.add(
                "/vms", "{\"name\":\"cond\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"Blank\"}}");
        String before = tag("/vms/" + vm);
        administrator.call("PUT", "/vms/" + vm, "{\"comment\":\"changed\"}");
        assertThat(administrator
                        .call("POST", "/vms/" + vm + "/start", "{}", "If-Match", before)
                        .statusCode())
                .isEqualTo(412);
        assertThat(administrator
                        .call("POST", "/vms", "{}", "If-None-Match", "*")
                        .statusCode())
                .isEqualTo(412);
    }

    @Test
    void a_wish_is_heard_among_others() {
        var answer = administrator.call("GET", "/clusters", "", "Prefer", "foo=bar, return=minimal");
        assertThat(answer.headers().firstValue("Preference-Applied")).contains("return=minimal");
        assertThat(answer.body()).doesNotContain("\"link\"");
    }
}
