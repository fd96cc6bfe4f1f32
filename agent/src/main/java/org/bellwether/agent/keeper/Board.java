package org.bellwether.agent.keeper;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.bellwether.agent.platform.Lane;
import org.bellwether.agent.storage.BlockDevice;
import org.bellwether.protocol.KeptEngine;
import org.bellwether.protocol.VolumeReference;
import org.jspecify.annotations.Nullable;

/** The volume in which the hosts tell one another how they are: a place for each, and the first for all of them together. */
final class Board {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Lane lane;
    private final Function<VolumeReference, Path> find;
    private @Nullable VolumeReference found;
    private @Nullable Path path;

    /**
     * @param lane on which storage that hangs holds up nothing else
     * @param find the file or device of a volume on this host
     */
    Board(Lane lane, Function<VolumeReference, Path> find) {
        this.lane = lane;
        this.find = find;
    }

    /** @param slots of all hosts that ever wrote, this one among them */
    record Content(boolean globalMaintenance, List<Slot> slots) {}

    Content read(KeptEngine engine) {
        byte[] all = onFile(
                engine,
                "read the board of the engine's hosts",
                file -> BlockDevice.read(file, 0, (engine.getPlaces() + 1) * Slot.BYTES));
        List<Slot> slots = new ArrayList<>();
        for (int at = Slot.BYTES; at < all.length; at += Slot.BYTES) {
            Slot.of(Arrays.copyOfRange(all, at, at + Slot.BYTES)).ifPresent(slots::add);
        }
        return new Content(Slot.globalMaintenance(Arrays.copyOf(all, Slot.BYTES)), slots);
    }

    void write(KeptEngine engine, Slot slot) {
        put(engine, slot.hostId(), slot.bytes());
    }

    void globalMaintenance(KeptEngine engine, boolean on) {
        put(engine, 0, Slot.globalMaintenance(on));
    }

    private void put(KeptEngine engine, int place, byte[] block) {
        onFile(engine, "write on the board of the engine's hosts", file -> {
            BlockDevice.write(file, (long) place * Slot.BYTES, block);
            return Boolean.TRUE;
        });
    }

    private interface Access<T> {
        T on(Path file) throws java.io.IOException;
    }

    private synchronized <T> T onFile(KeptEngine engine, String what, Access<T> access) {
        Path known = path;
        if (known == null || !engine.getBoard().equals(found)) {
            known = find.apply(engine.getBoard());
            path = known;
            found = engine.getBoard();
        }
        Path file = known;
        try {
            return lane.call(what, LIMIT, () -> access.on(file));
        } catch (RuntimeException e) {
            path = null;
            throw e;
        }
    }
}
