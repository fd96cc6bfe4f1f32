package org.bellwether.agent.keeper;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.vm.VirtualMachines;
import org.bellwether.protocol.KeptEngine;
import org.bellwether.protocol.MigrateMachineRequest;
import org.bellwether.protocol.MigrationState;
import org.bellwether.protocol.PrepareIncomingReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the engine's machine between two hosts that talk over the board only. The one that has it writes where it is to go, that
 * one prepares and writes how it is reached, and the first begins.
 */
final class Passage {
    private static final Logger LOG = LoggerFactory.getLogger(Passage.class);
    private static final Duration PREPARING = Duration.ofSeconds(90);
    /** So long nobody is asked again who did not prepare, or where it did not arrive. */
    private static final Duration AVOIDING = Duration.ofMinutes(5);

    private final VirtualMachines machines;
    private final Map<Integer, Long> avoided = new HashMap<>();
    private @Nullable Wish wish;
    private @Nullable Prepared prepared;

    private record Wish(Choice.Peer to, String attempt, long since, String migration) {
        boolean begun() {
            return !migration.isEmpty();
        }

        Wish begin(String id) {
            return new Wish(to, attempt, since, id);
        }
    }

    private record Prepared(String answer, PrepareIncomingReply places) {}

    Passage(VirtualMachines machines) {
        this.machines = machines;
    }

    boolean wished() {
        return wish != null;
    }

    /** Whether that host was tried in vain just now. */
    boolean avoids(int hostId) {
        Long since = avoided.get(hostId);
        return since != null && System.nanoTime() - since < AVOIDING.toNanos();
    }

    /** @param byHand whether a person asked for this host: then it is tried again */
    void want(Choice.Peer to, boolean byHand) {
        Wish now = wish;
        if (now != null && (now.begun() || now.to().hostId() == to.hostId())) {
            return;
        }
        if (byHand) {
            avoided.remove(to.hostId());
        }
        wish = new Wish(to, Long.toString(System.currentTimeMillis()), System.nanoTime(), "");
    }

    void forget() {
        Wish now = wish;
        if (now != null && !now.begun()) {
            wish = null;
        }
    }

    /** On the host that has it: begins when the other is ready, and sees how it ends. */
    void goOn(KeptEngine engine, Board.Content board, MigrationState migration) {
        Wish now = wish;
        if (now == null) {
            return;
        }
        if (now.begun()) {
            boolean mine = migration.getMigrationId().equals(now.migration());
            if (mine && migration.getPhase() == MigrationState.Phase.RUNNING_OUT) {
                return;
            }
            if (mine && migration.getPhase() != MigrationState.Phase.DONE) {
                LOG.warn("the engine's machine did not move to {}: {}", now.to().name(), migration.getError());
                avoided.put(now.to().hostId(), System.nanoTime());
            }
            wish = null;
            return;
        }
        Optional<Slot> other = board.slots().stream()
                .filter(slot -> slot.hostId() == now.to().hostId())
                .findFirst();
        String ready = engine.getHostId() + "/" + now.attempt();
        if (other.isPresent() && other.get().said(Slot.READY).equals(ready)) {
            begin(engine, now, other.get());
        } else if (System.nanoTime() - now.since() > PREPARING.toNanos()) {
            LOG.warn("{} did not prepare for the engine's machine", now.to().name());
            avoided.put(now.to().hostId(), System.nanoTime());
            wish = null;
        }
    }

    private void begin(KeptEngine engine, Wish now, Slot other) {
        String id = UUID.randomUUID().toString();
        LOG.info("the engine's machine moves to {}", other.hostName());
        wish = now.begin(id);
        try {
            machines.migrate(MigrateMachineRequest.newBuilder()
                    .setMachineId(engine.getDefinition().getId())
                    .setMigrationId(id)
                    .setDestinationHostId(other.said(Slot.HOST))
                    .setLibvirtUri(other.said(Slot.LIBVIRT))
                    .setMigrationUri(other.said(Slot.MIGRATION))
                    .setAutoConverge(true)
                    .build());
        } catch (Refusal e) {
            wish = null;
            avoided.put(now.to().hostId(), System.nanoTime());
            throw e;
        }
    }

    /** On a host that somebody wants it to come to: prepares once for each attempt. */
    void prepare(KeptEngine engine, Board.Content board, boolean here) {
        for (Slot slot : board.slots()) {
            String moving = slot.said(Slot.MOVING);
            String mine = engine.getHostId() + "/";
            if (here || slot.hostId() == engine.getHostId() || !moving.startsWith(mine)) {
                continue;
            }
            String answer = slot.hostId() + "/" + moving.substring(mine.length());
            Prepared before = prepared;
            if (before == null || !before.answer().equals(answer)) {
                prepared = null;
                prepared = new Prepared(answer, machines.prepareIncoming(engine.getDefinition()));
                LOG.info("ready for the engine's machine from {}", slot.hostName());
            }
            return;
        }
        prepared = null;
    }

    /** What of this is to be read on the board. */
    void tell(Map<String, String> more) {
        Wish now = wish;
        if (now != null) {
            more.put(Slot.MOVING, now.to().hostId() + "/" + now.attempt());
        }
        Prepared ready = prepared;
        if (ready != null) {
            more.put(Slot.READY, ready.answer());
            more.put(Slot.LIBVIRT, ready.places().getLibvirtUri());
            more.put(Slot.MIGRATION, ready.places().getMigrationUri());
        }
    }
}
