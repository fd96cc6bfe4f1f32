package org.bellwether.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.bellwether.libvirt.foreign.DomainFunctions;
import org.bellwether.libvirt.foreign.Text;

/** What libvirt calls for each kind of event. Runs on the event loop's thread: turns C into a value, hands it on and returns. */
final class DomainUpcalls {
    static final EventSinks<DomainEvent> SINKS = new EventSinks<>();

    private static final Map<DomainEventType, MemorySegment> STUBS = new EnumMap<>(DomainEventType.class);
    private static final int UUID_STRING = 37;

    private DomainUpcalls() {}

    static synchronized MemorySegment stub(DomainEventType type) {
        return STUBS.computeIfAbsent(type, DomainUpcalls::link);
    }

    private static MemorySegment link(DomainEventType type) {
        var mine = MethodHandles.lookup();
        var p = ADDRESS;
        return switch (type) {
            case LIFECYCLE -> Upcall.of(mine, "lifecycle", JAVA_INT, p, p, JAVA_INT, JAVA_INT, p);
            case REBOOT -> Upcall.of(mine, "reboot", null, p, p, p);
            case CONTROL_ERROR -> Upcall.of(mine, "controlError", null, p, p, p);
            case RTC_CHANGE -> Upcall.of(mine, "clock", null, p, p, JAVA_LONG, p);
            case BALLOON_CHANGE -> Upcall.of(mine, "balloon", null, p, p, JAVA_LONG, p);
            case WATCHDOG -> Upcall.of(mine, "watchdog", null, p, p, JAVA_INT, p);
            case MIGRATION_ITERATION -> Upcall.of(mine, "migrationIteration", null, p, p, JAVA_INT, p);
            case IO_ERROR_REASON -> Upcall.of(mine, "ioError", null, p, p, p, p, JAVA_INT, p, p);
            case TRAY_CHANGE -> Upcall.of(mine, "tray", null, p, p, p, JAVA_INT, p);
            case DEVICE_ADDED -> Upcall.of(mine, "deviceAdded", null, p, p, p, p);
            case DEVICE_REMOVED -> Upcall.of(mine, "deviceRemoved", null, p, p, p, p);
            case DEVICE_REMOVAL_FAILED -> Upcall.of(mine, "deviceRemovalFailed", null, p, p, p, p);
            case BLOCK_JOB_2 -> Upcall.of(mine, "blockJob", null, p, p, p, JAVA_INT, JAVA_INT, p);
            case AGENT_LIFECYCLE -> Upcall.of(mine, "agentLifecycle", null, p, p, JAVA_INT, JAVA_INT, p);
            case JOB_COMPLETED -> Upcall.of(mine, "jobCompleted", null, p, p, p, JAVA_INT, p);
            case METADATA_CHANGE -> Upcall.of(mine, "metadata", null, p, p, JAVA_INT, p, p);
            case BLOCK_THRESHOLD -> Upcall.of(mine, "blockThreshold", null, p, p, p, p, JAVA_LONG, JAVA_LONG, p);
        };
    }

    static int lifecycle(MemorySegment c, MemorySegment domain, int event, int detail, MemorySegment opaque) {
        deliver(domain, opaque, id -> {
            var what = LifecycleEvent.of(event);
            return new DomainEvent.Lifecycle(id, what, LifecycleDetail.of(what, detail));
        });
        return 0;
    }

    static void reboot(MemorySegment c, MemorySegment domain, MemorySegment opaque) {
        deliver(domain, opaque, DomainEvent.Rebooted::new);
    }

    static void controlError(MemorySegment c, MemorySegment domain, MemorySegment opaque) {
        deliver(domain, opaque, DomainEvent.ControlError::new);
    }

    static void clock(MemorySegment c, MemorySegment domain, long offset, MemorySegment opaque) {
        deliver(domain, opaque, id -> new DomainEvent.ClockChanged(id, offset));
    }

    static void balloon(MemorySegment c, MemorySegment domain, long actual, MemorySegment opaque) {
        deliver(domain, opaque, id -> new DomainEvent.BalloonChanged(id, actual));
    }

    static void watchdog(MemorySegment c, MemorySegment domain, int action, MemorySegment opaque) {
        deliver(domain, opaque, id -> new DomainEvent.Watchdog(id, WatchdogAction.of(action)));
    }

    static void migrationIteration(MemorySegment c, MemorySegment domain, int iteration, MemorySegment opaque) {
        deliver(domain, opaque, id -> new DomainEvent.MigrationIteration(id, iteration));
    }

    static void ioError(
            MemorySegment c,
            MemorySegment domain,
            MemorySegment path,
            MemorySegment alias,
            int action,
            MemorySegment reason,
            MemorySegment opaque) {
        deliver(
                domain,
                opaque,
                id -> new DomainEvent.IoError(
                        id,
                        Text.fromCOrEmpty(path),
                        Text.fromCOrEmpty(alias),
                        IoErrorAction.of(action),
                        Text.fromCOrEmpty(reason)));
    }

    static void tray(MemorySegment c, MemorySegment domain, MemorySegment alias, int reason, MemorySegment opaque) {
        deliver(domain, opaque, id -> new DomainEvent.TrayMoved(id, Text.fromCOrEmpty(alias), reason == 0));
    }

    static void deviceAdded(MemorySegment c, MemorySegment domain, MemorySegment alias, MemorySegment opaque) {
        deliver(domain, opaque, id -> new DomainEvent.DeviceAdded(id, Text.fromCOrEmpty(alias)));
    }

    static void deviceRemoved(MemorySegment c, MemorySegment domain, MemorySegment alias, MemorySegment opaque) {
        deliver(domain, opaque, id -> new DomainEvent.DeviceRemoved(id, Text.fromCOrEmpty(alias)));
    }

    static void deviceRemovalFailed(MemorySegment c, MemorySegment domain, MemorySegment alias, MemorySegment opaque) {
        deliver(domain, opaque, id -> new DomainEvent.DeviceRemovalFailed(id, Text.fromCOrEmpty(alias)));
    }

    static void blockJob(
            MemorySegment c, MemorySegment domain, MemorySegment disk, int type, int status, MemorySegment opaque) {
        deliver(
                domain,
                opaque,
                id -> new DomainEvent.BlockJob(
                        id, Text.fromCOrEmpty(disk), BlockJobType.of(type), BlockJobStatus.of(status)));
    }

    static void agentLifecycle(MemorySegment c, MemorySegment domain, int state, int reason, MemorySegment opaque) {
        deliver(domain, opaque, id -> new DomainEvent.AgentLifecycle(id, state == 1, AgentLifecycleReason.of(reason)));
    }

    static void jobCompleted(
            MemorySegment c, MemorySegment domain, MemorySegment parameters, int count, MemorySegment opaque) {
        deliver(domain, opaque, id -> new DomainEvent.JobCompleted(id, ParameterArray.read(parameters, count)));
    }

    static void metadata(MemorySegment c, MemorySegment domain, int type, MemorySegment uri, MemorySegment opaque) {
        deliver(domain, opaque, id -> new DomainEvent.MetadataChanged(id, Text.fromCOrEmpty(uri)));
    }

    static void blockThreshold(
            MemorySegment c,
            MemorySegment domain,
            MemorySegment disk,
            MemorySegment path,
            long threshold,
            long excess,
            MemorySegment opaque) {
        deliver(
                domain,
                opaque,
                id -> new DomainEvent.BlockThreshold(
                        id, Text.fromCOrEmpty(disk), Text.fromCOrEmpty(path), threshold, excess));
    }

    /** Who a domain is; asks only libvirt's memory, never the daemon. */
    static DomainIdentity identify(MemorySegment domain) {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(UUID_STRING);
            Call.number(DomainFunctions.DOMAIN_GET_UUID_STRING, domain, buffer);
            return new DomainIdentity(
                    UUID.fromString(buffer.getString(0)), Call.borrowedText(DomainFunctions.DOMAIN_GET_NAME, domain));
        }
    }

    private static void deliver(
            MemorySegment domain, MemorySegment opaque, Function<DomainIdentity, DomainEvent> event) {
        var sink = SINKS.find(opaque);
        if (sink != null) {
            sink.accept(event.apply(identify(domain)));
        }
    }
}
