package org.bellwether.agent.host;

/**
 * What this host's QEMU can do.
 *
 * @param kvm whether guests run on the processor itself
 * @param threads whether disks may be on I/O threads: not where a backup would end the machine
 */
public record Qemu(boolean kvm, boolean threads) {}
