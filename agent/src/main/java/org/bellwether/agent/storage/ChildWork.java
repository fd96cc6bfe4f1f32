package org.bellwether.agent.storage;

import java.io.IOException;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.TaskNote;
import org.bellwether.protocol.TaskState;
import org.jspecify.annotations.Nullable;

/** One long task that child processes do: it can be ended from outside, tells how far it is, and ends in words. */
final class ChildWork {
    private static final Pattern PROGRESS = Pattern.compile("\\((\\d+)(?:\\.\\d+)?/100%\\)");

    private final String id;
    private final Tasks tasks;
    private volatile boolean cancelled;
    private volatile @Nullable Process process;

    ChildWork(String id, Tasks tasks) {
        this.id = id;
        this.tasks = tasks;
    }

    boolean cancelled() {
        return cancelled;
    }

    void cancel() {
        cancelled = true;
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
        }
    }

    /** Runs one child, which is part {@code number} of {@code count} of the task. */
    void run(Command command, String what, int number, int count) throws IOException, InterruptedException {
        if (cancelled) {
            throw Refusal.wrongState("It was cancelled");
        }
        Process child = command.start();
        process = child;
        if (cancelled) {
            child.destroyForcibly();
        }
        remember(child);
        StringBuilder words = new StringBuilder();
        Thread progress = Command.read(child.getInputStream(), text -> progress(text, number, count));
        Thread errors = Command.read(child.getErrorStream(), words::append);
        int status = child.waitFor();
        progress.join();
        errors.join();
        if (status != 0) {
            throw QemuImg.refusal(what, words.toString().strip());
        }
    }

    private void remember(Process child) {
        long started = child.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        tasks.find(id)
                .ifPresent(note -> tasks.put(note.toBuilder()
                        .setPid(child.pid())
                        .setPidStartedMs(started)
                        .build()));
    }

    private void progress(String text, int number, int count) {
        Matcher matcher = PROGRESS.matcher(text);
        int percent = -1;
        while (matcher.find()) {
            percent = Integer.parseInt(matcher.group(1));
        }
        if (percent >= 0) {
            tasks.progress(id, (100 * number + percent) / count);
        }
    }

    void finish(TaskState.Phase phase, String error) {
        TaskNote note = tasks.find(id).orElseGet(TaskNote::getDefaultInstance);
        TaskState.Builder state =
                note.getState().toBuilder().setTaskId(id).setPhase(phase).setError(error);
        if (phase == TaskState.Phase.DONE_TASK) {
            state.setProgressPercent(100);
        }
        tasks.put(
                note.toBuilder().setState(state).clearPid().clearPidStartedMs().build());
    }
}
