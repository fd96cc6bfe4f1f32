package org.bellwether.agent.platform;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Every lane of the agent by the name of its thing, and the platform threads under them. Threads are made as needed
 * and go after half a minute; a hung call costs one thread with a small stack.
 */
public final class Lanes implements AutoCloseable {
    private static final int STACK_BYTES = 512 * 1024;

    private final ConcurrentMap<String, Lane> lanes = new ConcurrentHashMap<>();
    private final AtomicInteger threadNumber = new AtomicInteger();
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), this::thread);

    /** The lane of a thing, such as "machine 1b2c…". */
    public Lane of(String thing) {
        return lanes.computeIfAbsent(thing, name -> new Lane(name, threads));
    }

    /** A lane for something that has no name and is soon over. */
    public Lane alone(String thing) {
        return new Lane(thing, threads);
    }

    /** Forgets the lane of a thing that is gone, unless something still runs there. */
    public void forget(String thing) {
        lanes.computeIfPresent(thing, (name, lane) -> lane.busy() ? lane : null);
    }

    /** Platform threads without order, for long work and for polling. */
    public Executor threads() {
        return threads;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(null, work, "lane-" + threadNumber.incrementAndGet(), STACK_BYTES);
        thread.setDaemon(true);
        return thread;
    }
}
