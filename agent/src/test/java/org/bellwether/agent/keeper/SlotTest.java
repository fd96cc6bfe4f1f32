package org.bellwether.agent.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class SlotTest {

    private static Slot slot(String name) {
        return new Slot(
                48211, 2, 3400, Slot.Engine.UP, name, true, false, Map.of(Slot.GENERATION, "7", Slot.MOVING, "1/17"));
    }

    @Test
    void what_one_host_writes_another_reads() {
        Slot read = Slot.of(slot("h2.example.org").bytes()).orElseThrow();
        assertThat(read).isEqualTo(slot("h2.example.org"));
        assertThat(read.generation()).isEqualTo(7);
        assertThat(read.said(Slot.READY)).isEmpty();
    }

    @Test
    void it_begins_as_those_of_ovirts_hosts_do() {
        String text = new String(slot("h2").bytes(), 0, 512, StandardCharsets.UTF_8).replace("\0", "");
        String[] tokens = text.split("\\|", -1);
        assertThat(Arrays.copyOf(tokens, 9))
                .containsExactly(
                        "1",
                        "1",
                        "48211",
                        "2",
                        "3400",
                        "{\"vm\": \"up\", \"health\": \"good\", \"detail\": \"UP\"}",
                        "h2",
                        "1",
                        "0");
        tokens[9] = "00000000";
        CRC32 sum = new CRC32();
        sum.update(String.join("|", tokens).getBytes(StandardCharsets.UTF_8));
        assertThat(text.split("\\|", -1)[9]).isEqualTo("%08x".formatted(sum.getValue()));
    }

    @Test
    void what_an_ovirt_host_wrote_is_understood() {
        String text =
                "1|1|48211|3|2400|{\"vm\": \"down\", \"health\": \"bad\", \"detail\": \"unknown\"}|h3|0|0|00000000|1|48200";
        CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        byte[] block = new byte[Slot.BYTES];
        byte[] bytes =
                text.replace("|00000000|", "|%08x|".formatted(sum.getValue())).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, block, 0, bytes.length);
        Slot read = Slot.of(block).orElseThrow();
        assertThat(read.score()).isEqualTo(2400);
        assertThat(read.engine()).isEqualTo(Slot.Engine.DOWN);
        assertThat(read.hostName()).isEqualTo("h3");
    }

    @Test
    void what_is_damaged_or_empty_is_nobody() {
        assertThat(Slot.of(new byte[Slot.BYTES])).isEmpty();
        byte[] damaged = slot("h2").bytes();
        damaged[4] ^= 1;
        assertThat(Slot.of(damaged)).isEmpty();
        byte[] noise = new byte[Slot.BYTES];
        Arrays.fill(noise, (byte) '|');
        assertThat(Slot.of(noise)).isEmpty();
        byte[] other = "2|1|1|1|1|{}|h|0|0".getBytes(StandardCharsets.UTF_8);
        assertThat(Slot.of(Arrays.copyOf(other, Slot.BYTES))).isEmpty();
    }

    @Test
    void a_name_cannot_write_fields_of_its_own() {
        assertThat(Slot.of(slot("h2|0|0\nready-for=1/1").bytes()).orElseThrow().hostName())
                .isEqualTo("h2_0_0_ready-for=1_1".replace("1_1", "1/1"));
    }

    @Test
    void global_maintenance_is_read_in_every_way_it_is_written() {
        assertThat(Slot.globalMaintenance(Slot.globalMaintenance(true))).isTrue();
        assertThat(Slot.globalMaintenance(Slot.globalMaintenance(false))).isFalse();
        assertThat(Slot.globalMaintenance(new byte[Slot.BYTES])).isFalse();
        assertThat(Slot.globalMaintenance(
                        Arrays.copyOf("maintenance=True".getBytes(StandardCharsets.UTF_8), Slot.BYTES)))
                .isTrue();
    }
}
