package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.bellwether.agent.platform.Refusal;
import org.junit.jupiter.api.Test;

class DomainMetadataTest {
    private static final String EXAMPLE = """
            ALIGNMENT=1048576
            BLOCK_SIZE=512
            CLASS=Data
            DESCRIPTION=gold-nfs
            IOOPTIMEOUTSEC=10
            LEASERETRIES=3
            LEASETIMESEC=60
            LOCKPOLICY=
            LOCKRENEWALINTERVALSEC=5
            POOL_UUID=
            REMOTE_PATH=filer1.example.org:/export/gold
            ROLE=Regular
            SDUUID=3f2b1c4d-0a11-4e5f-9b7c-112233445566
            TYPE=NFS
            VERSION=5
            _SHA_CKSUM=7a8a171bfe5a17a07d55b102b01f7fa6eca1348f
            """;

    @Test
    void the_checksum_is_that_of_vdsm() {
        DomainMetadata example = parse(EXAMPLE);
        assertThat(example.checksum()).isEqualTo("7a8a171bfe5a17a07d55b102b01f7fa6eca1348f");
        assertThat(example.with("POOL_UUID", "9d8c7b6a-5f4e-4d3c-8b2a-a1b2c3d4e5f6")
                        .checksum())
                .isEqualTo("5e695ac693cbfeb2937bc365f6a47dd8fc25bb40");
        assertThat(DomainMetadata.of(Map.of("DESCRIPTION", "Größe")).checksum())
                .isEqualTo("81f3f0f269f85ba0be29189a8b34117744266802");
        assertThat(DomainMetadata.of(Map.of("int_str", "1", "str_str", "2")).checksum())
                .isEqualTo("fd58b7962408a4956bd694d617a1201306b363c2");
    }

    @Test
    void a_master_of_a_pool_has_the_checksum_of_vdsm() {
        DomainMetadata master = parse(EXAMPLE)
                .with("LOCKPOLICY", "ON")
                .with("MASTER_VERSION", "1")
                .with("POOL_DESCRIPTION", "Default")
                .with("POOL_DOMAINS", "3f2b1c4d-0a11-4e5f-9b7c-112233445566:Active")
                .with("POOL_SPM_ID", "-1")
                .with("POOL_SPM_LVER", "-1")
                .with("POOL_UUID", "9d8c7b6a-5f4e-4d3c-8b2a-a1b2c3d4e5f6")
                .with("ROLE", "Master");
        assertThat(master.checksum()).isEqualTo("a3800cc359aa8fd4ca45ded717cf2758ecf22fad");
    }

    @Test
    void what_is_read_is_written_again_byte_for_byte() {
        assertThat(new String(parse(EXAMPLE).render(), StandardCharsets.UTF_8)).isEqualTo(EXAMPLE);
        assertThat(new String(parse(EXAMPLE + "\0\0\0").render(), StandardCharsets.UTF_8))
                .isEqualTo(EXAMPLE);
    }

    @Test
    void keys_of_others_are_kept_and_counted() {
        DomainMetadata foreign = parse(EXAMPLE).with("X_SOMEBODY", " with a space ");
        DomainMetadata again = parse(new String(foreign.render(), StandardCharsets.UTF_8));
        assertThat(again.value("X_SOMEBODY")).contains(" with a space ");
        assertThat(again.checksum()).isEqualTo(foreign.checksum());
    }

    @Test
    void one_stray_character_is_refused() {
        assertThatThrownBy(() -> parse(EXAMPLE.replace("gold-nfs", "gold-nfs ")))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("checksum");
        assertThatThrownBy(() -> parse("")).isInstanceOf(Refusal.class).hasMessageContaining("empty");
    }

    @Test
    void names_that_would_break_lines_elsewhere_are_refused() {
        for (String name : new String[] {"a\nb", "a\u0085b", "a\u2028b", "a\u000bb", "x".repeat(51)}) {
            assertThatThrownBy(() -> DomainMetadata.checkedName(name)).isInstanceOf(Refusal.class);
        }
        assertThat(DomainMetadata.checkedName("Größe \uD83D\uDC11")).isEqualTo("Größe \uD83D\uDC11");
    }

    private static DomainMetadata parse(String text) {
        return DomainMetadata.parse(text.getBytes(StandardCharsets.UTF_8), "domain");
    }
}
