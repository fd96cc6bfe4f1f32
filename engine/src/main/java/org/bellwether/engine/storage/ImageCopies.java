package org.bellwether.engine.storage;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.AgentListener;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.protocol.AgentGrpc;
import org.bellwether.protocol.CopyImageRequest;
import org.bellwether.protocol.Report;
import org.bellwether.protocol.TaskRequest;
import org.bellwether.protocol.TaskState;

/**
 * Copies of images, done by a host as tasks that outlive a call, a connection and this engine. What hosts report of their
 * tasks is kept here until it is forgotten.
 */
public final class ImageCopies implements AgentListener {

    private static final Duration ASK_LIMIT = Duration.ofSeconds(60);
    /** How long a host that has a task may be away before the copy counts as failed. */
    private static final Duration HOST_PATIENCE = Duration.ofMinutes(5);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private record Key(UUID host, String task) {}

    private final Agents agents;
    private final Duration patience;
    private final Map<Key, TaskState> tasks = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    public ImageCopies(Agents agents) {
        this(agents, HOST_PATIENCE);
    }

    ImageCopies(Agents agents, Duration patience) {
        this.agents = agents;
        this.patience = patience;
    }

    /**
     * Copies and returns when the copy is there. Asked again with the same task id, it goes on with the copy that is
     * under way, or answers at once when it is done.
     *
     * @throws Failure CONFLICT with the host's words when it failed; UNAVAILABLE when the host stayed away
     */
    public void copy(Id<Host> host, CopyImageRequest request) {
        complete(host, request.getTaskId(), agent -> agent.copyImage(request));
    }

    /**
     * Has a host do a task and returns when it is done; as {@link #copy}.
     *
     * @param begin begins the task, or answers how it is if the host has it already
     */
    public void complete(Id<Host> host, String task, Function<AgentGrpc.AgentBlockingStub, TaskState> begin) {
        var key = new Key(host.value(), task);
        while (true) {
            var begun = agents.of(host.value(), patience).ask(ASK_LIMIT, begin);
            hear(key, begun);
            var ended = awaitEnd(key);
            if (ended.isPresent()) {
                conclude(ended.get());
                forget(host, task);
                return;
            }
            // The host does not know the task any more, or was away: asked again, it looks what is there.
        }
    }

    private static void conclude(TaskState ended) {
        switch (ended.getPhase()) {
            case DONE_TASK -> {
                // As wanted.
            }
            case CANCELLED_TASK ->
                throw Failure.conflict("The copy was cancelled").undone("What was copied already was removed");
            case FAILED_TASK, RUNNING_TASK, PHASE_UNSPECIFIED, UNRECOGNIZED ->
                throw Failure.conflict("The image could not be copied")
                        .because(ended.getError().isBlank() ? "the host gave no reason" : ended.getError())
                        .undone("What was copied already was removed")
                        .next("Look at the space on the storage domain and at the host's log");
        }
    }

    /** How far a task is, in percent; empty when nothing is known of it. */
    public Optional<Integer> progress(Id<Host> host, String task) {
        return Optional.ofNullable(tasks.get(new Key(host.value(), task))).map(TaskState::getProgressPercent);
    }

    /** Ends a copy that may be under way and waits until the host has removed what it made. */
    public void cancel(Id<Host> host, String task) {
        var key = new Key(host.value(), task);
        try {
            hear(
                    key,
                    agents.of(host.value(), ASK_LIMIT)
                            .ask(
                                    ASK_LIMIT,
                                    agent -> agent.cancelTask(TaskRequest.newBuilder()
                                            .setTaskId(task)
                                            .build())));
            awaitEnd(key);
        } catch (Failure failure) {
            if (failure.kind() != Failure.Kind.NOT_FOUND) {
                throw failure;
            }
        }
        forget(host, task);
    }

    /** Lets the host forget an ended task. One that is away keeps it; that does no harm. */
    public void forget(Id<Host> host, String task) {
        tasks.remove(new Key(host.value(), task));
        try {
            agents.of(host.value(), Duration.ofSeconds(1))
                    .ask(
                            ASK_LIMIT,
                            agent -> agent.forgetTask(
                                    TaskRequest.newBuilder().setTaskId(task).build()));
        } catch (Failure away) {
            org.slf4j.LoggerFactory.getLogger(ImageCopies.class)
                    .info("The host keeps the ended task {}: {}", task, away.detail());
        }
    }

    /** The end of the task; empty when the host does not have it any more. */
    private Optional<TaskState> awaitEnd(Key key) {
        long awaySince = System.nanoTime();
        lock.lock();
        try {
            while (true) {
                var state = tasks.get(key);
                if (state == null) {
                    return Optional.empty();
                }
                if (state.getPhase() != TaskState.Phase.RUNNING_TASK) {
                    return Optional.of(state);
                }
                if (agents.connected(key.host())) {
                    awaySince = System.nanoTime();
                } else if (System.nanoTime() - awaySince > patience.toNanos()) {
                    throw Failure.unavailable("The host that copies an image has not been heard of for "
                                    + patience.toSeconds() + " s")
                            .next("Look at the host; what it had copied is removed when it is back");
                }
                changed.awaitNanos(LOOK_AGAIN.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("Interrupted while an image was being copied");
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void reported(UUID hostId, Report report) {
        switch (report.getWhatCase()) {
            case SNAPSHOT -> {
                var present = new HashMap<Key, TaskState>();
                report.getSnapshot()
                        .getTasksList()
                        .forEach(task -> present.put(new Key(hostId, task.getTaskId()), task));
                tasks.keySet().removeIf(key -> key.host().equals(hostId) && !present.containsKey(key));
                tasks.putAll(present);
                wake();
            }
            case TASK -> hear(new Key(hostId, report.getTask().getTaskId()), report.getTask());
            case MACHINE, MACHINE_GONE, STATISTICS, HOST, TROUBLE, WHAT_NOT_SET -> {
                // Not about tasks.
            }
        }
    }

    @Override
    public void lost(UUID hostId, String why) {
        // The task goes on there; the next snapshot tells how far it is.
    }

    private void hear(Key key, TaskState state) {
        // An answer that was overtaken by a report of the end must not bring the task back to life.
        tasks.merge(key, state, (known, now) -> known.getPhase() == TaskState.Phase.RUNNING_TASK ? now : known);
        wake();
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
