package org.bellwether.agent.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That guests read them is seen where one really boots. */
class IsoImageTest {
    @Test
    void others_know_it_for_what_it_is(@TempDir Path folder) throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int i = 0; i < 100; i++) {
            files.put("folder/a-name-that-is-not-short-" + i, new byte[i * 100]);
        }
        Path image = Files.write(folder.resolve("image"), IsoImage.of("cidata", files));
        assertThat(Files.size(image) % 2048).isZero();
        assertThat(Command.of("blkid", "-p", image.toString())
                        .run(Duration.ofSeconds(10))
                        .output())
                .contains("LABEL=\"cidata\"")
                .contains("TYPE=\"iso9660\"");
    }

    @Test
    void the_same_files_give_the_same_bytes() {
        Map<String, byte[]> files = Map.of("meta-data", "x".getBytes(StandardCharsets.UTF_8));
        assertThat(IsoImage.of("cidata", files)).isEqualTo(IsoImage.of("cidata", files));
    }

    @Test
    void names_that_lead_elsewhere_are_refused() {
        for (String name : List.of("../x", "/x", "a//b", "a/./b", "", "a\\b", "a\nb", "x".repeat(65))) {
            assertThatThrownBy(() -> IsoImage.of("cidata", Map.of(name, new byte[1])))
                    .as(name)
                    .isInstanceOf(Refusal.class);
        }
    }
}
