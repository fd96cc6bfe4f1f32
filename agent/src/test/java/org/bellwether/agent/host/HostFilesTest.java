package org.bellwether.agent.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bellwether.protocol.CpuDescription;
import org.bellwether.protocol.HostStatistics;
import org.bellwether.protocol.MemoryNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFilesTest {
    @TempDir
    Path directory;

    @Test
    void two_sockets_with_threads_are_counted() {
        StringBuilder text = new StringBuilder();
        for (int cpu = 0; cpu < 16; cpu++) {
            text.append("processor\t: ")
                    .append(cpu)
                    .append("\nvendor_id\t: GenuineIntel\nmodel name\t: Xeon\n")
                    .append("cpu MHz\t\t: 2600.5\nphysical id\t: ")
                    .append(cpu / 8)
                    .append("\nsiblings\t: 8\ncpu cores\t: 4\nflags\t\t: fpu sse2 vmx\n\n");
        }
        CpuDescription cpu = HostFiles.cpu(text.toString()).build();
        assertThat(cpu.getVendor()).isEqualTo("Intel");
        assertThat(cpu.getSockets()).isEqualTo(2);
        assertThat(cpu.getCoresPerSocket()).isEqualTo(4);
        assertThat(cpu.getThreadsPerCore()).isEqualTo(2);
        assertThat(cpu.getSpeedMhz()).isCloseTo(2600.5, within(0.01));
        assertThat(cpu.getFlagsList()).containsExactly("fpu", "sse2", "vmx");
    }

    @Test
    void a_processor_that_tells_little_is_one_socket() {
        CpuDescription cpu = HostFiles.cpu("processor : 0\nprocessor : 1\nvendor_id : AuthenticAMD\n")
                .build();
        assertThat(cpu.getVendor()).isEqualTo("AMD");
        assertThat(cpu.getSockets() * cpu.getCoresPerSocket() * cpu.getThreadsPerCore())
                .isEqualTo(2);
    }

    @Test
    void shares_of_the_processors_are_those_between_two_readings() {
        HostStatistics.Builder statistics = HostStatistics.newBuilder();
        HostFiles.CpuTimes before = HostFiles.CpuTimes.of("cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1\n");
        HostFiles.CpuTimes.of("cpu  150 0 130 920 0 0 0 0 0 0\ncpu0 1\n").shares(before, statistics);
        assertThat(statistics.getCpuUserPercent()).isCloseTo(25, within(0.01));
        assertThat(statistics.getCpuSystemPercent()).isCloseTo(15, within(0.01));
        assertThat(statistics.getCpuIdlePercent()).isCloseTo(60, within(0.01));
    }

    @Test
    void memory_interfaces_and_release_are_read() {
        assertThat(HostFiles.memory("MemTotal:       1000 kB\nHugePages_Total:       3\n"))
                .containsEntry("MemTotal", 1_024_000L)
                .containsEntry("HugePages_Total", 3L);
        assertThat(HostFiles.interfaces("Inter-|   Receive\n face |bytes\n  eth0: 11 2 3 4 0 0 0 0 22 5 6 7 0 0 0 0\n"))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.getName()).isEqualTo("eth0");
                    assertThat(one.getRxBytes()).isEqualTo(11);
                    assertThat(one.getTxDropped()).isEqualTo(7);
                });
        assertThat(HostFiles.osRelease("NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n"))
                .containsEntry("VERSION_ID", "12");
        assertThat(HostFiles.bootTimeMillis("cpu 1\nbtime 1700000000\n")).isEqualTo(1_700_000_000_000L);
    }

    @Test
    void parts_of_memory_are_read_by_number_with_their_distances() throws IOException {
        for (int node : new int[] {10, 0}) {
            Path folder = Files.createDirectories(directory.resolve("node" + node));
            Files.writeString(
                    folder.resolve("meminfo"),
                    "Node %d MemTotal:       %d kB\nNode %d MemFree:        5 kB\n".formatted(node, 2000 + node, node));
            Files.writeString(folder.resolve("distance"), "10 21\n");
        }
        Files.createDirectories(directory.resolve("power"));
        var nodes = MemoryNodes.read(directory);
        assertThat(nodes).extracting(MemoryNode::getNumber).containsExactly(0, 10);
        assertThat(nodes).extracting(MemoryNode::getMemoryBytes).containsExactly(2_048_000L, 2_058_240L);
        assertThat(nodes.getFirst().getDistancesList()).containsExactly(10, 21);
        assertThat(MemoryNodes.read(directory.resolve("nowhere"))).isEmpty();
    }

    /** What it finds is the release's; that it finds something, and keeps it, is ours. */
    @Test
    void whether_backups_and_threads_go_together_is_found_out_once() throws IOException {
        boolean survives = new ThreadsProbe(directory, "qemu-system-x86_64").survives();
        assertThat(Files.readString(directory.resolve("threads-survive")))
                .startsWith("QEMU emulator version")
                .endsWith("\n" + survives + "\n");
        assertThat(new ThreadsProbe(directory, "qemu-system-x86_64").survives()).isEqualTo(survives);
        assertThat(new ThreadsProbe(directory, "no-such-emulator").survives()).isFalse();
    }

    @Test
    void the_probes_instructions_run() throws IOException {
        KvmProbe probe = new KvmProbe(directory, "qemu-system-x86_64");
        assertThat(probe.runs("tcg", "max")).isTrue();
        assertThat(probe.runs("no-such-accelerator", "max")).isFalse();
        assertThat(probe.works()).as("the answer is kept for this boot").isEqualTo(probe.works());
    }
}
