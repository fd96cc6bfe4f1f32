package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bellwether.protocol.LiveHost;

/**
 * Who works on a domain now, seen in its sanlock lockspace without joining it: a host that has the domain renews its
 * record every 20 s (twice sanlock's I/O timeout), whichever manager it belongs to. A record that stays as it is was
 * left by a host that is gone.
 */
final class LiveHosts {
    private static final int MAGIC = 0x12212010;
    private static final int AT_NAME = 104;
    private static final int NAME_LENGTH = 48;
    private static final int AT_TIMESTAMP = 152;

    private LiveHosts() {}

    /** A host id in use, by the time of its last renewal on its own clock. */
    record Renewal(String name, long timestamp) {}

    /** Renewals by host id; free ids are left out. */
    static Map<Integer, Renewal> read(Path ids) throws IOException {
        byte[] area = area(ids);
        ByteBuffer records = ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, Renewal> renewals = new TreeMap<>();
        for (int at = 0; at + LeaseArea.SECTOR <= area.length; at += LeaseArea.SECTOR) {
            long timestamp = records.getLong(at + AT_TIMESTAMP);
            if (records.getInt(at) == MAGIC && timestamp != 0) {
                renewals.put(at / LeaseArea.SECTOR + 1, new Renewal(name(area, at + AT_NAME), timestamp));
            }
        }
        return renewals;
    }

    private static byte[] area(Path ids) throws IOException {
        if (BlockVolumes.holds(ids)) {
            // Others write it: what this host's page cache has of it is old.
            return BlockDevice.read(ids, 0, LeaseArea.ALIGNMENT);
        }
        try (var in = Files.newInputStream(ids)) {
            return in.readNBytes(LeaseArea.ALIGNMENT);
        }
    }

    /** Those that have renewed between two looks. */
    static List<LiveHost> between(Map<Integer, Renewal> before, Map<Integer, Renewal> after) {
        List<LiveHost> live = new ArrayList<>();
        after.forEach((id, renewal) -> {
            if (!renewal.equals(before.get(id))) {
                live.add(LiveHost.newBuilder()
                        .setHostId(id)
                        .setName(renewal.name)
                        .build());
            }
        });
        return live;
    }

    private static String name(byte[] area, int at) {
        int end = at;
        while (end < at + NAME_LENGTH && area[end] != 0) {
            end++;
        }
        return new String(area, at, end - at, StandardCharsets.US_ASCII);
    }
}
