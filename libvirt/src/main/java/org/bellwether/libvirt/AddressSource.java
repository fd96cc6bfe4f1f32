package org.bellwether.libvirt;

/** Where addresses of a domain's interfaces are taken from. */
public enum AddressSource implements Numbered {
    LEASE(0),
    AGENT(1),
    ARP(2),
    /** A number that this library does not know: libvirt is newer. */
    UNRECOGNIZED(-1);

    private final int number;

    AddressSource(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static AddressSource of(int number) {
        return Numbered.find(values(), number, UNRECOGNIZED);
    }
}
