package org.bellwether.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.bellwether.api.Codec;
import org.bellwether.api.Format;
import org.bellwether.api.Hrefs;
import org.bellwether.engine.platform.Id;
import org.junit.jupiter.api.Test;

/** What GoldenTest does for all else, for disks: there they need storage, and storage a host. */
class DiskShapeTest {

    private static List<String> golden() throws Exception {
        var fields = new ArrayList<String>();
        var in = Objects.requireNonNull(DiskShapeTest.class.getResourceAsStream("../golden-shapes.txt"));
        try (in) {
            boolean ours = false;
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                if (line.startsWith("GET ")) {
                    ours = line.startsWith("GET /disks?");
                } else if (ours && !line.isBlank()) {
                    fields.add(line.strip().split(" ", -1)[0].substring("/disk".length()));
                }
            }
        }
        return fields;
    }

    @Test
    void a_disk_has_every_field_link_and_action_of_the_real_engines() throws Exception {
        Id<Disk> id = Id.random();
        var disk = new Disk(
                id,
                "golden",
                Id.random(),
                UUID.randomUUID(),
                Disk.Format.COW,
                true,
                1 << 20,
                1 << 16,
                Disk.State.OK,
                Instant.now(),
                DiskSpecs.defaults());
        var json = new ObjectMapper()
                .readTree(Codec.write(
                        Format.JSON, DiskDocuments.of(disk), Hrefs.at("/ovirt-engine/api", "/disks/" + id)));
        var missing = new ArrayList<String>();
        for (String field : golden()) {
            boolean found = switch (field.charAt(0)) {
                case '!' -> json.at("/actions/link").findValuesAsText("rel").contains(field.substring(1));
                case '#' -> json.at("/link").findValuesAsText("rel").contains(field.substring(1));
                default ->
                    !json.at(field.replace("/storage_domain/", "/storage_domain/0/"))
                            .isMissingNode();
            };
            if (!found) {
                missing.add(field);
            }
        }
        assertThat(golden()).hasSizeGreaterThan(25);
        assertThat(missing).isEmpty();
    }
}
