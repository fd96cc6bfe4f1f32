package org.bellwether.agent.vm;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.bellwether.libvirt.TypedParameters;
import org.bellwether.protocol.DiskStatistics;
import org.bellwether.protocol.MachineStatistics;
import org.bellwether.protocol.NicStatistics;

/**
 * Makes rates out of libvirt's counters: the difference to the last reading over the time between. A counter that went
 * back (QEMU began anew) gives no rate until the next reading.
 */
final class MachineRates {
    private static final double NANOS = 1e9;
    private static final long KIB = 1024;

    private final Map<String, Reading> readings = new HashMap<>();

    private record Reading(TypedParameters values, long nanos) {}

    /** Where a name inside libvirt leads to: disks by target, NICs by the host's device. */
    record Devices(Map<String, String> diskIds, Map<String, String> macs) {}

    /** Statistics of one machine; {@code nanos} is a clock that never goes back. */
    MachineStatistics of(String id, TypedParameters now, long nanos, Devices devices) {
        Reading before = readings.put(id, new Reading(now, nanos));
        Difference since =
                new Difference(before == null ? now : before.values, now, before == null ? 0 : nanos - before.nanos);
        MachineStatistics.Builder statistics = MachineStatistics.newBuilder()
                .setMachineId(id)
                .setCpuTimeNs(now.number("cpu.time", 0))
                .setCpuPercent(since.perSecond("cpu.time") / NANOS * 100)
                .setMemoryBytes(now.number("balloon.current", 0) * KIB)
                .setResidentBytes(now.number("balloon.rss", 0) * KIB);
        memory(now, statistics);
        nics(now, since, devices, statistics);
        disks(now, since, devices, statistics);
        return statistics.build();
    }

    /** Forgets machines that are not read any more. */
    void keep(Set<String> ids) {
        for (String id : new HashSet<>(readings.keySet())) {
            if (!ids.contains(id)) {
                readings.remove(id);
            }
        }
    }

    private static void memory(TypedParameters now, MachineStatistics.Builder statistics) {
        long available = now.number("balloon.available", 0) * KIB;
        long unused = now.number("balloon.unused", 0) * KIB;
        long caches = now.number("balloon.disk_caches", 0) * KIB;
        if (available > 0) {
            statistics
                    .setMemoryUsedBytes(Math.max(0, available - unused - caches))
                    .setMemoryFreeBytes(unused)
                    .setMemoryCachedBytes(caches);
        }
    }

    private static void nics(
            TypedParameters now, Difference since, Devices devices, MachineStatistics.Builder statistics) {
        long count = now.number("net.count", 0);
        for (int i = 0; i < count; i++) {
            String prefix = "net." + i + ".";
            String mac = devices.macs.getOrDefault(now.text(prefix + "name", ""), "");
            if (!mac.isEmpty()) {
                statistics.addNics(NicStatistics.newBuilder()
                        .setMac(mac)
                        .setRxBytes(now.number(prefix + "rx.bytes", 0))
                        .setTxBytes(now.number(prefix + "tx.bytes", 0))
                        .setRxErrors(now.number(prefix + "rx.errs", 0))
                        .setTxErrors(now.number(prefix + "tx.errs", 0))
                        .setRxBytesPerSecond(since.perSecond(prefix + "rx.bytes"))
                        .setTxBytesPerSecond(since.perSecond(prefix + "tx.bytes")));
            }
        }
    }

    private static void disks(
            TypedParameters now, Difference since, Devices devices, MachineStatistics.Builder statistics) {
        long count = now.number("block.count", 0);
        for (int i = 0; i < count; i++) {
            String prefix = "block." + i + ".";
            String disk = devices.diskIds.getOrDefault(now.text(prefix + "name", ""), "");
            if (!disk.isEmpty()) {
                statistics.addDisks(DiskStatistics.newBuilder()
                        .setDiskId(disk)
                        .setReadBytes(now.number(prefix + "rd.bytes", 0))
                        .setWriteBytes(now.number(prefix + "wr.bytes", 0))
                        .setReadBytesPerSecond(since.perSecond(prefix + "rd.bytes"))
                        .setWriteBytesPerSecond(since.perSecond(prefix + "wr.bytes"))
                        .setReadOpsPerSecond(since.perSecond(prefix + "rd.reqs"))
                        .setWriteOpsPerSecond(since.perSecond(prefix + "wr.reqs"))
                        .setReadLatencyS(since.mean(prefix + "rd.times", prefix + "rd.reqs"))
                        .setWriteLatencyS(since.mean(prefix + "wr.times", prefix + "wr.reqs"))
                        .setFlushLatencyS(since.mean(prefix + "fl.times", prefix + "fl.reqs"))
                        .setAllocatedBytes(now.number(prefix + "allocation", 0))
                        .setPhysicalBytes(
                                DomainView.isBlock(now.text(prefix + "path", ""))
                                        ? now.number(prefix + "physical", 0)
                                        : 0));
            }
        }
    }

    private record Difference(TypedParameters before, TypedParameters now, long nanos) {
        double perSecond(String name) {
            long grown = grown(name);
            return nanos <= 0 || grown <= 0 ? 0 : grown / (nanos / NANOS);
        }

        /** Seconds that one operation took, of those between the readings. */
        double mean(String time, String count) {
            long operations = grown(count);
            long taken = grown(time);
            return operations <= 0 || taken <= 0 ? 0 : taken / NANOS / operations;
        }

        private long grown(String name) {
            return now.number(name, 0) - before.number(name, 0);
        }
    }
}
