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

    @Test
    void a_lease_is_found_again_freed_and_its_place_given_to_the_next() {
        byte[] index = LeaseIndex.empty(DOMAIN, 1_700_000_000);
        String first = "11111111-2222-3333-4444-555555555555";
        String second = "66666666-2222-3333-4444-555555555555";
        assertThat(LeaseIndex.trouble(index, DOMAIN)).isEmpty();
        assertThat(LeaseIndex.free(index)).hasValue(0);
        assertThat(LeaseIndex.write(index, 0, first)).isEqualTo(512);
        assertThat(LeaseIndex.free(index)).hasValue(1);
        assertThat(LeaseIndex.write(index, 1, second)).isEqualTo(512);
        assertThat(LeaseIndex.find(index, first)).hasValue(0);
        assertThat(LeaseIndex.find(index, second)).hasValue(1);
        assertThat(LeaseIndex.offset(1)).isEqualTo(4L << 20);
        assertThat(text(index, 512, 36)).isEqualTo(first);
        assertThat(text(index, 512 + 49, 11)).isEqualTo("00003145728");
        LeaseIndex.write(index, 0, "");
        LeaseIndex.write(index, 1, "");
        assertThat(index).isEqualTo(LeaseIndex.empty(DOMAIN, 1_700_000_000));
    }

    @Test
    void a_full_index_a_foreign_one_and_one_that_was_being_rebuilt_are_told_apart() {
        byte[] index = LeaseIndex.empty(DOMAIN, 1);
        for (int record = 0; record < 3960; record++) {
            LeaseIndex.write(index, record, "machine-" + record);
        }
        assertThat(LeaseIndex.free(index)).isEmpty();
        assertThat(LeaseIndex.find(index, "machine-3959")).hasValue(3959);
        assertThat(LeaseIndex.trouble(index, "another")).contains(DOMAIN);
        index[70] = 'u';
        assertThat(LeaseIndex.trouble(index, DOMAIN)).contains("rebuilt");
        assertThat(LeaseIndex.trouble(new byte[512], DOMAIN)).contains("no index");
    }

    private static String text(byte[] index, int at, int length) {
        return new String(index, at, length, StandardCharsets.US_ASCII);
    }
}
