package org.bellwether.libvirt;

import java.util.List;

/**
 * A network interface.
 *
 * @param name the guest's ({@code eth0}) from the agent, the host's ({@code vnet0}) from leases and ARP
 * @param mac empty when it has none
 */
public record GuestInterface(String name, String mac, List<Address> addresses) {
    public GuestInterface {
        addresses = List.copyOf(addresses);
    }

    /** An address of IPv4 or IPv6 and its prefix length in bits. */
    public record Address(String address, int prefix) {}
}
