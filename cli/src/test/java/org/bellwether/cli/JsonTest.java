package org.bellwether.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class JsonTest {

    @Test
    void what_is_read_is_written_the_same() {
        String text = "{\"a\":[1,-2.5,\"ü\\n\\u0001\",true,false,null],\"b\":{},\"c\":[],\"n\":1700000000000}";

        assertThat(Json.text(Json.parse(text).orElseThrow())).isEqualTo(text);
    }

    @Test
    void indented_text_is_the_same_document() {
        var node = Json.parse("{\"a\":[{\"b\":\"c\"}]}").orElseThrow();

        assertThat(Json.parse(Json.pretty(node))).contains(node);
    }

    @Test
    void what_is_no_document_is_none() {
        for (String odd : new String[] {"", " ", "<html>", "{", "{} {}", "{\"a\":}", "[".repeat(100_000)}) {
            assertThat(Json.parse(odd)).isEmpty();
        }
    }
}
