package org.bellwether.libvirt;

/** Something that libvirt told of. Values only: nothing in an event needs to be closed. */
public sealed interface DomainEvent {
    /** The listener was too slow and this many events were dropped before this one: look at everything anew. */
    record Lost(long count) implements DomainEvent {}

    /** An event of one domain. */
    sealed interface OfDomain extends DomainEvent {
        DomainIdentity domain();
    }

    record Lifecycle(DomainIdentity domain, LifecycleEvent event, LifecycleDetail detail) implements OfDomain {}

    /** The guest rebooted itself, or was rebooted. */
    record Rebooted(DomainIdentity domain) implements OfDomain {}

    /**
     * A disk failed to read or write.
     *
     * @param path the host's path; may be empty
     * @param device the device's alias
     * @param reason {@code enospc} or empty
     */
    record IoError(DomainIdentity domain, String path, String device, IoErrorAction action, String reason)
            implements OfDomain {}

    /** The monitor of QEMU is broken: libvirt cannot steer the domain any more. */
    record ControlError(DomainIdentity domain) implements OfDomain {}

    /** A block job came to a new state; {@code disk} is the target in the guest, such as {@code vda}. */
    record BlockJob(DomainIdentity domain, String disk, BlockJobType type, BlockJobStatus status) implements OfDomain {}

    /**
     * A guest wrote beyond a threshold, which is unset by that.
     *
     * @param disk target, or target[index] for a layer of the chain
     * @param threshold bytes, as it was set
     * @param excess bytes written beyond it
     */
    record BlockThreshold(DomainIdentity domain, String disk, String path, long threshold, long excess)
            implements OfDomain {}

    /** The guest agent's channel was opened or closed inside the guest. */
    record AgentLifecycle(DomainIdentity domain, boolean connected, AgentLifecycleReason reason) implements OfDomain {}

    /** A migration began to send memory for the {@code iteration}-th time. */
    record MigrationIteration(DomainIdentity domain, int iteration) implements OfDomain {}

    /** A job such as a migration or a backup ended; parameters as those of {@link DomainJobs#stats}. */
    record JobCompleted(DomainIdentity domain, TypedParameters statistics) implements OfDomain {}

    record DeviceAdded(DomainIdentity domain, String alias) implements OfDomain {}

    record DeviceRemoved(DomainIdentity domain, String alias) implements OfDomain {}

    /** The guest did not let go of a device. */
    record DeviceRemovalFailed(DomainIdentity domain, String alias) implements OfDomain {}

    /** The balloon has a new size, in KiB. */
    record BalloonChanged(DomainIdentity domain, long kibibytes) implements OfDomain {}

    record Watchdog(DomainIdentity domain, WatchdogAction action) implements OfDomain {}

    /** The guest set its clock; {@code offsetSeconds} is its distance from UTC. */
    record ClockChanged(DomainIdentity domain, long offsetSeconds) implements OfDomain {}

    /** A removable medium's tray was opened or closed. */
    record TrayMoved(DomainIdentity domain, String alias, boolean open) implements OfDomain {}

    /** Somebody changed metadata; {@code namespace} is empty for title and description. */
    record MetadataChanged(DomainIdentity domain, String namespace) implements OfDomain {}
}
