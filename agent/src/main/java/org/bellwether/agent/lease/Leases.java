package org.bellwether.agent.lease;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Executor;

/** The lease room's door: lockspaces, the leases of domains, and those of machines. */
public final class Leases {
    private final Lockspaces lockspaces;
    private final DomainLease domain;
    private final MachineLeases machines;

    /**
     * The room.
     *
     * @param program sanlock's, by name or path
     * @param ioTimeout seconds in which storage must answer; sanlock's own default is 10
     */
    public Leases(String program, int ioTimeout, Executor threads, Clock clock) {
        Sanlock sanlock = new Sanlock(program);
        this.lockspaces = new Lockspaces(sanlock, ioTimeout, threads);
        this.domain = new DomainLease(sanlock, lockspaces, clock);
        this.machines = new MachineLeases(sanlock, lockspaces);
    }

    public Lockspaces lockspaces() {
        return lockspaces;
    }

    /** The leases under which domains are changed. */
    public DomainLease domain() {
        return domain;
    }

    public MachineLeases machines() {
        return machines;
    }

    /** A machine's lease as libvirt wants it said. */
    public record Place(String lockspace, String key, Path path, long offset) {}
}
