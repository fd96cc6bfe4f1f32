package org.bellwether.libvirt;

/**
 * A disk's sizes in bytes.
 *
 * @param capacity what the guest sees
 * @param allocation the highest byte written, where libvirt can tell
 * @param physical what the file or volume takes
 */
public record BlockInfo(long capacity, long allocation, long physical) {}
