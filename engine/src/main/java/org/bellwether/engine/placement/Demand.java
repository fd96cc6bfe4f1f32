package org.bellwether.engine.placement;

import java.util.Set;
import java.util.UUID;

/**
 * What a machine needs of a host.
 *
 * @param memoryBytes guaranteed memory and what QEMU needs beside it
 * @param domains storage domains of its disks
 * @param leases storage domains on which the host must be able to take leases
 * @param networks bridges its interfaces are plugged into
 * @param allowed the only hosts it may run on; empty: any
 * @param excluded hosts it may not run on, such as the one it leaves
 */
public record Demand(
        String machine,
        long memoryBytes,
        int vcpus,
        Set<UUID> domains,
        Set<UUID> leases,
        Set<String> networks,
        Set<UUID> allowed,
        Set<UUID> excluded) {}
