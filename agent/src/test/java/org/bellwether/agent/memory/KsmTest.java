package org.bellwether.agent.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a directory as the kernel has it; on the kernel of this machine it would merge the pages of other tests. */
class KsmTest {
    @TempDir
    Path place;

    private void is(String name, String value) throws IOException {
        Files.writeString(place.resolve(name), value + "\n");
    }

    private String now(String name) throws IOException {
        return Files.readString(place.resolve(name)).strip();
    }

    @Test
    void what_it_started_it_stops_and_keeps_what_is_merged() throws IOException {
        is("run", "0");
        is("pages_shared", "0");
        is("merge_across_nodes", "1");
        Ksm ksm = new Ksm(place);
        ksm.run(false);
        assertThat(now("run")).isEqualTo("1");
        assertThat(now("merge_across_nodes")).isEqualTo("0");
        ksm.stop();
        assertThat(now("run")).as("2 would take apart what is merged").isEqualTo("0");
    }

    @Test
    void what_somebody_else_started_is_left_alone() throws IOException {
        is("run", "1");
        Ksm ksm = new Ksm(place);
        ksm.run(true);
        ksm.stop();
        assertThat(now("run")).isEqualTo("1");
    }

    @Test
    void a_kernel_without_it_is_no_trouble() {
        Ksm ksm = new Ksm(place.resolve("not-there"));
        ksm.run(true);
        ksm.stop();
    }
}
