package org.bellwether.libvirt;

import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import org.bellwether.libvirt.foreign.SystemFunctions;

/**
 * Starts libvirt once for the process: its own event loop on a daemon thread of ours (it must be there before the first connection),
 * and errors no longer printed to standard error.
 */
final class EventLoop {
    private static final System.Logger LOG = System.getLogger(EventLoop.class.getName());
    private static final long PAUSE_AFTER_FAILURE_NANOS = 100_000_000L;

    private static boolean started;

    private EventLoop() {}

    static synchronized void start() {
        if (started) {
            return;
        }
        Call.number(SystemFunctions.INITIALIZE);
        SystemFunctions.SET_ERROR_FUNC.callVoid(MemorySegment.NULL, SystemFunctions.IGNORE_ERROR.address());
        Call.number(SystemFunctions.EVENT_REGISTER_DEFAULT_IMPL);
        Thread.ofPlatform().daemon().name("libvirt-event-loop").start(EventLoop::run);
        started = true;
    }

    private static void run() {
        while (true) {
            try {
                Call.number(SystemFunctions.EVENT_RUN_DEFAULT_IMPL);
            } catch (LibvirtException e) {
                LOG.log(Level.WARNING, "libvirt's event loop failed once and goes on", e);
                LockSupport.parkNanos(PAUSE_AFTER_FAILURE_NANOS);
            }
        }
    }
}
