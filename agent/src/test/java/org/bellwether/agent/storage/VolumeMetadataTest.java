package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.bellwether.agent.platform.Refusal;
import org.junit.jupiter.api.Test;

class VolumeMetadataTest {
    private static final String EXAMPLE = """
            CAP=21474836480
            CTIME=1700000000
            DESCRIPTION={"DiskAlias":"web01_Disk1","DiskDescription":"root"}
            DISKTYPE=DATA
            DOMAIN=3f2b1c4d-0a11-4e5f-9b7c-112233445566
            FORMAT=COW
            GEN=0
            IMAGE=5b0c7f6e-1d2e-4f3a-9b8c-0d1e2f3a4b5c
            LEGALITY=LEGAL
            PUUID=00000000-0000-0000-0000-000000000000
            SEQ=1
            TYPE=SPARSE
            VOLTYPE=LEAF
            EOF
            """;

    @Test
    void what_is_read_is_written_again_byte_for_byte() {
        VolumeMetadata volume = parse(EXAMPLE);
        assertThat(new String(volume.render(), StandardCharsets.UTF_8)).isEqualTo(EXAMPLE);
        assertThat(volume.render()).hasSize(309);
        assertThat(volume.hasParent()).isFalse();
        assertThat(volume.legal()).isTrue();
    }

    @Test
    void nothing_after_the_end_mark_counts_and_gen_and_seq_may_be_missing() {
        VolumeMetadata volume = parse(EXAMPLE.replace("GEN=0\n", "").replace("SEQ=1\n", "") + "CAP=1\n");
        assertThat(volume.capacity()).isEqualTo(21474836480L);
        assertThat(volume.generation()).isZero();
        assertThat(volume.sequence()).isZero();
    }

    @Test
    void a_missing_or_unknown_value_is_refused_by_name() {
        assertThatThrownBy(() -> parse(EXAMPLE.replace("LEGALITY=LEGAL\n", "")))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("LEGALITY");
        assertThatThrownBy(() -> parse(EXAMPLE.replace("FORMAT=COW", "FORMAT=VMDK")))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("VMDK");
        assertThatThrownBy(() -> parse(EXAMPLE.replace("CAP=21474836480", "CAP=much")))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("much");
    }

    @Test
    void the_text_never_exceeds_512_bytes() {
        VolumeMetadata ascii = withDescription("x".repeat(400));
        assertThat(ascii.render().length).isLessThanOrEqualTo(512);
        assertThat(parse(new String(ascii.render(), StandardCharsets.UTF_8)).description())
                .hasSize(210);
        assertThatThrownBy(() -> withDescription("\u3042".repeat(210)).render())
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("512");
    }

    @Test
    void completing_is_legal_with_the_next_generation() {
        VolumeMetadata done = parse(EXAMPLE.replace("GEN=0", "GEN=999").replace("LEGALITY=LEGAL", "LEGALITY=ILLEGAL"))
                .completed();
        assertThat(done.legal()).isTrue();
        assertThat(done.generation()).isZero();
    }

    static VolumeMetadata parse(String text) {
        return VolumeMetadata.parse(text.getBytes(StandardCharsets.UTF_8), "volume");
    }

    private static VolumeMetadata withDescription(String description) {
        return parse(EXAMPLE.replaceFirst("DESCRIPTION=.*", "DESCRIPTION=" + description));
    }
}
