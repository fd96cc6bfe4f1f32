package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LeaseIndexTest {
    private static final String DOMAIN = "3f2b1c4d-0a11-4e5f-9b7c-112233445566";

    @Test
    void an_empty_index_is_laid_out_as_vdsm_reads_it() {
        byte[] index = LeaseIndex.empty(DOMAIN, 1_700_000_000);
        assertThat(index).hasSize(253_952);
        assertThat(Arrays.copyOf(index, 4)).containsExactly(0x12, 0x15, 0x20, 0x16);
        assertThat(text(index, 5, 4)).isEqualTo("0001");
        assertThat(text(index, 10, 36)).isEqualTo(DOMAIN);
        assertThat(index[46]).isZero();
        assertThat(text(index, 59, 10)).isEqualTo("1700000000");
        assertThat(text(index, 70, 1)).isEqualTo("-");
        assertThat(index[511]).isEqualTo((byte) '\n');
        for (int record = 0; record < 3960; record++) {
            int at = 512 + record * 64;
            assertThat(index[at]).isZero();
            assertThat(text(index, at + 49, 11)).isEqualTo("00000000000");
            assertThat(text(index, at + 61, 3)).isEqualTo("--\n");
        }
    }

    private static String text(byte[] index, int at, int length) {
        return new String(index, at, length, StandardCharsets.US_ASCII);
    }
}
