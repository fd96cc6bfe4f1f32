package org.bellwether.libvirt;

/**
 * A block job under way; done when {@code current} equals {@code end} and {@code end} is not 0.
 *
 * @param bandwidth bytes a second; 0: no limit
 */
public record BlockJobInfo(BlockJobType type, long bandwidth, long current, long end) {}
