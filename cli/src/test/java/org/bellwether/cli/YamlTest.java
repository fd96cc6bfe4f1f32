package org.bellwether.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** YAML that every reader understands alike. */
final class YamlTest {

    private static String yaml(String json) {
        return Yaml.text(Json.parse(json.replace('\'', '"')).orElseThrow());
    }

    @Test
    void objects_and_lists_are_blocks() {
        assertThat(
                        yaml(
                                "{'name':'demo','cpu':{'cores':2},'nics':[{'name':'nic1','mac':'56:6f:00:00:00:01'},'x'],'e':{},'l':[]}"))
                .isEqualTo("""
                        name: demo
                        cpu:
                          cores: 2
                        nics:
                          - name: nic1
                            mac: "56:6f:00:00:00:01"
                          - x
                        e: {}
                        l: []
                        """);
        assertThat(yaml("[[1,2],[]]")).isEqualTo("-\n  - 1\n  - 2\n- []\n");
    }

    @Test
    void a_text_that_looks_like_something_else_is_quoted() {
        for (String text :
                new String[] {"true", "No", "1", "1.5", "", " x", "a: b", "- a", "#c", "a\\nb", "null", "é"}) {
            assertThat(yaml("'" + text + "'")).as(text).startsWith("\"");
        }
        assertThat(yaml("'two words'")).isEqualTo("two words\n");
    }
}
