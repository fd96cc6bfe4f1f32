package org.bellwether.engine.notification;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.SettingRepository;
import org.snmp4j.mp.MPv3;
import org.snmp4j.security.USM;
import org.snmp4j.smi.OctetString;

/**
 * What this engine is to receivers of SNMP version 3. They know it by an id that never changes, and take nothing from it that
 * seems older than what they had: each start has a greater number, also after a backup was restored, and time goes on within.
 */
final class TrapEngine {
    private static final String STARTS = "snmp-starts";
    private static final long FIRST = Instant.parse("2026-01-01T00:00:00Z").getEpochSecond();

    private final Database database;
    private final InstantSource clock;
    private final UUID instance;
    private final long begun = System.nanoTime();
    private int start;

    TrapEngine(Database database, InstantSource clock, UUID instance) {
        this.database = database;
        this.clock = clock;
        this.instance = instance;
    }

    static byte[] id(UUID instance) {
        return MPv3.createLocalEngineID(new OctetString(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(instance.getMostSignificantBits())
                .putLong(instance.getLeastSignificantBits())
                .array()));
    }

    /** As receivers are told it, such as {@code 0x8000…}. */
    static String word(UUID instance) {
        return "0x" + java.util.HexFormat.of().formatHex(id(instance));
    }

    byte[] id() {
        return id(instance);
    }

    /** The security of one trap, at this moment of this start. */
    synchronized USM security(TrapSecurity security) {
        if (start == 0) {
            start = database.transaction(tx -> {
                int before = SettingRepository.find(tx, STARTS)
                        .map(Integer::parseInt)
                        .orElse(0);
                int now = Math.max(before + 1, Math.toIntExact(clock.instant().getEpochSecond() - FIRST));
                SettingRepository.put(tx, STARTS, Integer.toString(now));
                return now;
            });
        }
        int seconds = Math.toIntExact((System.nanoTime() - begun) / 1_000_000_000L);
        var usm = new USM(security.protocols(), new OctetString(id()), start);
        usm.setLocalEngine(new OctetString(id()), start, seconds);
        usm.addUser(security.sender());
        return usm;
    }
}
