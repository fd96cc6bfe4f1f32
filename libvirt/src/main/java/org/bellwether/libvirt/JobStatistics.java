package org.bellwether.libvirt;

/**
 * A domain's job and its progress; names as documented for {@code virDomainGetJobStats}: {@code time_elapsed}, {@code data_total},
 * {@code data_remaining}, {@code memory_dirty_rate}, {@code downtime} …
 */
public record JobStatistics(JobType type, TypedParameters values) {}
