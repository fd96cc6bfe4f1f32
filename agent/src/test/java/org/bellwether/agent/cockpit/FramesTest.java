package org.bellwether.agent.cockpit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FramesTest {

    @Test
    void what_is_written_is_read() throws Exception {
        var out = new ByteArrayOutputStream();
        var message =
                new ObjectMapper().readTree("{\"command\":\"authorize\",\"response\":\"Bearer Gr\u00fc\u00dfe\"}");
        Frames.write(out, message);
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("52\n\n{");
        assertThat(Frames.read(new ByteArrayInputStream(out.toByteArray()))).isEqualTo(message);
    }

    @Test
    void what_is_no_message_is_refused_and_not_repeated() {
        for (String wrong : new String[] {
            "",
            "\n",
            "0\n",
            "-1\n\n{}",
            "99999999999\n\n{}",
            "999999\n\n{}",
            "5\n\n{}",
            "x\n",
            "3\nabc",
            "9\n\nsecret!!"
        }) {
            assertThatThrownBy(() -> Frames.read(new ByteArrayInputStream(wrong.getBytes(StandardCharsets.UTF_8))))
                    .as(wrong)
                    .isInstanceOf(IOException.class)
                    .hasMessageNotContaining("secret");
        }
    }
}
