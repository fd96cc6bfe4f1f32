package org.bellwether.engine.storage;

import java.time.Duration;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.agents.HostAgent;
import org.bellwether.protocol.MachineDiskRequest;
import org.bellwether.protocol.MirrorDiskRequest;
import org.bellwether.protocol.MirrorState;

/** Disks of running machines, mirrored by QEMU from one storage domain to another. Every call may be repeated. */
public final class DiskMirrors {

    private static final Duration HOST_PATIENCE = Duration.ofMinutes(5);
    private static final Duration ASK_LIMIT = Duration.ofSeconds(90);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
    /** A mirror that does not come any further for so long is given up. */
    private static final Duration STANDSTILL = Duration.ofMinutes(5);

    private final Agents agents;

    public DiskMirrors(Agents agents) {
        this.agents = agents;
    }

    /** Mirrors and returns when both sides are the same, or when the machine already works on the new one. */
    void mirror(DiskUsers.Running user, Disk to, boolean topOnly) {
        var request = MirrorDiskRequest.newBuilder()
                .setMachineId(user.machine().toString())
                .setDiskId(to.id().toString())
                .setDestination(Volumes.reference(to))
                .setTopOnly(topOnly)
                .build();
        var state = agent(user).ask(ASK_LIMIT, stub -> stub.mirrorDisk(request));
        long best = -1;
        long since = System.nanoTime();
        while (!state.getReady() && !on(state, to)) {
            if (!state.getMirroring()) {
                throw Failure.conflict("The disk " + to.name() + " is not mirrored any more")
                        .because("QEMU on the host ended the mirror, as it does when one of the two storages fails")
                        .next("Look at both storage domains, then move the disk again");
            }
            if (state.getDoneBytes() > best) {
                best = state.getDoneBytes();
                since = System.nanoTime();
            } else if (System.nanoTime() - since > STANDSTILL.toNanos()) {
                throw Failure.conflict("The mirror of the disk " + to.name() + " stands still")
                        .because("it has come no further for " + STANDSTILL.toMinutes() + " minutes");
            }
            sleep();
            state = look(user, to);
        }
    }

    /** Lets the machine go on at the new place. */
    void pivot(DiskUsers.Running user, Disk to) {
        var state = agent(user).ask(ASK_LIMIT, stub -> stub.switchMirror(request(user, to)));
        if (!on(state, to)) {
            throw Failure.conflict("The machine " + user.name() + " did not go on with the disk " + to.name()
                            + " at its new place")
                    .because("it still works on volume " + state.getActive().getVolumeId() + " of storage domain "
                            + state.getActive().getDomainId());
        }
    }

    /** Ends a mirror at its old place. */
    void cancel(DiskUsers.Running user, Disk to) {
        agent(user).ask(ASK_LIMIT, stub -> stub.cancelMirror(request(user, to)));
    }

    /** Whether the machine works at the new place; empty when it does not run there any more. */
    Optional<Boolean> switched(DiskUsers.Running user, Disk to) {
        try {
            return Optional.of(on(look(user, to), to));
        } catch (Failure failure) {
            if (failure.kind() == Failure.Kind.UNAVAILABLE) {
                throw failure;
            }
            return Optional.empty();
        }
    }

    private MirrorState look(DiskUsers.Running user, Disk to) {
        return agent(user).ask(ASK_LIMIT, stub -> stub.inspectMirror(request(user, to)));
    }

    private static boolean on(MirrorState state, Disk to) {
        return state.getActive()
                        .getDomainId()
                        .equals(to.domainId().map(Id::toString).orElse(""))
                && state.getActive().getImageId().equals(to.id().toString());
    }

    private static MachineDiskRequest request(DiskUsers.Running user, Disk disk) {
        return MachineDiskRequest.newBuilder()
                .setMachineId(user.machine().toString())
                .setDiskId(disk.id().toString())
                .build();
    }

    private HostAgent agent(DiskUsers.Running user) {
        return agents.of(user.host().value(), HOST_PATIENCE);
    }

    private static void sleep() {
        try {
            Thread.sleep(LOOK_AGAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("Interrupted while a disk was being mirrored");
        }
    }
}
