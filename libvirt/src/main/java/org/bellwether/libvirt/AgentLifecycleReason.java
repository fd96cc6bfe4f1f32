package org.bellwether.libvirt;

/** Why the guest agent came or went. */
public enum AgentLifecycleReason implements Numbered {
    UNKNOWN(0),
    DOMAIN_STARTED(1),
    CHANNEL(2),
    /** A number that this library does not know: libvirt is newer. */
    UNRECOGNIZED(-1);

    private final int number;

    AgentLifecycleReason(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static AgentLifecycleReason of(int number) {
        return Numbered.find(values(), number, UNRECOGNIZED);
    }
}
