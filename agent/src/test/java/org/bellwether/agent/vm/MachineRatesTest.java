package org.bellwether.agent.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.bellwether.libvirt.TypedParameters;
import org.bellwether.protocol.DiskStatistics;
import org.bellwether.protocol.MachineStatistics;
import org.junit.jupiter.api.Test;

class MachineRatesTest {
    private static final Offset<Double> CLOSE = within(1e-9);
    private static final long SECOND = 1_000_000_000L;
    private static final MachineRates.Devices DEVICES =
            new MachineRates.Devices(Map.of("vda", "disk-1"), Map.of("vnet0", "56:6f:00:00:00:01"));

    @Test
    void rates_are_differences_over_time() {
        MachineRates rates = new MachineRates();
        MachineStatistics first = rates.of("m", reading(SECOND, 1000, 10, SECOND), 0, DEVICES);
        assertThat(first.getCpuPercent()).isZero();
        assertThat(first.getDisks(0).getReadBytesPerSecond()).isZero();
        MachineStatistics second = rates.of("m", reading(4 * SECOND, 5000, 30, 2 * SECOND), 2 * SECOND, DEVICES);
        assertThat(second.getCpuPercent()).isCloseTo(150, CLOSE);
        assertThat(second.getNics(0).getMac()).isEqualTo("56:6f:00:00:00:01");
        assertThat(second.getNics(0).getRxBytesPerSecond()).isCloseTo(2000, CLOSE);
        DiskStatistics disk = second.getDisks(0);
        assertThat(disk.getDiskId()).isEqualTo("disk-1");
        assertThat(disk.getReadBytesPerSecond()).isCloseTo(2000, CLOSE);
        assertThat(disk.getReadOpsPerSecond()).isCloseTo(10, CLOSE);
        assertThat(disk.getReadLatencyS()).isCloseTo(0.05, CLOSE);
        assertThat(second.getMemoryUsedBytes()).isEqualTo((1000 - 300 - 200) * 1024L);
    }

    @Test
    void a_counter_that_went_back_gives_no_rate() {
        MachineRates rates = new MachineRates();
        rates.of("m", reading(9 * SECOND, 9000, 90, 9 * SECOND), 0, DEVICES);
        MachineStatistics restarted = rates.of("m", reading(0, 0, 0, 0), SECOND, DEVICES);
        assertThat(restarted.getCpuPercent()).isZero();
        assertThat(restarted.getDisks(0).getReadLatencyS()).isZero();
        rates.keep(Set.of());
        assertThat(rates.of("m", reading(SECOND, 1, 1, 1), 2 * SECOND, DEVICES).getCpuPercent())
                .isZero();
    }

    private static TypedParameters reading(long cpu, long bytes, long requests, long times) {
        return TypedParameters.builder()
                .unsignedLong("cpu.time", cpu)
                .unsignedLong("balloon.current", 1024)
                .unsignedLong("balloon.available", 1000)
                .unsignedLong("balloon.unused", 300)
                .unsignedLong("balloon.disk_caches", 200)
                .unsignedInteger("net.count", 1)
                .text("net.0.name", "vnet0")
                .unsignedLong("net.0.rx.bytes", bytes)
                .unsignedInteger("block.count", 1)
                .text("block.0.name", "vda")
                .unsignedLong("block.0.rd.bytes", bytes)
                .unsignedLong("block.0.rd.reqs", requests)
                .unsignedLong("block.0.rd.times", times)
                .build();
    }
}
