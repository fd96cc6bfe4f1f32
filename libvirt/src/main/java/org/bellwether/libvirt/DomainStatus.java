package org.bellwether.libvirt;

/** What a domain is doing, and why. */
public record DomainStatus(DomainState state, StateReason reason) {
    /** Whether a QEMU process exists for it. */
    public boolean active() {
        return switch (state) {
            case RUNNING, BLOCKED, PAUSED, SHUTDOWN, PMSUSPENDED -> true;
            case CRASHED, SHUTOFF, NOSTATE, UNRECOGNIZED -> false;
        };
    }
}
