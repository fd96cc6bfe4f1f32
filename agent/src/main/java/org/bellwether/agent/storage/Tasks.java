package org.bellwether.agent.storage;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.bellwether.agent.platform.Notes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.TaskNote;
import org.bellwether.protocol.TaskState;

/**
 * Long work on storage by id: written down at every change of phase, told to the engine at every change, kept until
 * the engine forgets it.
 */
final class Tasks {
    private final Notes<TaskNote> notes;
    private final Consumer<TaskState> told;
    private final Map<String, TaskNote> tasks = new LinkedHashMap<>();

    Tasks(Notes<TaskNote> notes, Consumer<TaskState> told) throws IOException {
        this.notes = notes;
        this.told = told;
        tasks.putAll(notes.all());
    }

    synchronized Optional<TaskNote> find(String id) {
        return Optional.ofNullable(tasks.get(id));
    }

    synchronized List<TaskNote> all() {
        return List.copyOf(tasks.values());
    }

    TaskState require(String id) {
        return find(id).map(TaskNote::getState).orElseThrow(() -> Refusal.notFound("This host has no task " + id));
    }

    /** Writes the task down and tells it. */
    void put(TaskNote note) {
        synchronized (this) {
            tasks.put(note.getState().getTaskId(), note);
            notes.write(note.getState().getTaskId(), note);
        }
        told.accept(note.getState());
    }

    /** Writes a new task down and tells it; false when there is one with its id already. */
    boolean putNew(TaskNote note) {
        synchronized (this) {
            if (tasks.containsKey(note.getState().getTaskId())) {
                return false;
            }
            tasks.put(note.getState().getTaskId(), note);
            notes.write(note.getState().getTaskId(), note);
        }
        told.accept(note.getState());
        return true;
    }

    /** Progress is told but not written down: after a restart the work begins anew anyway. */
    void progress(String id, int percent) {
        TaskState changed;
        synchronized (this) {
            TaskNote note = tasks.get(id);
            if (note == null || note.getState().getProgressPercent() == percent) {
                return;
            }
            changed = note.getState().toBuilder().setProgressPercent(percent).build();
            tasks.put(id, note.toBuilder().setState(changed).build());
        }
        told.accept(changed);
    }

    /** Forgets an ended task; one that is not known is forgotten already. */
    synchronized void forget(String id) {
        TaskNote note = tasks.get(id);
        if (note != null && note.getState().getPhase() == TaskState.Phase.RUNNING_TASK) {
            throw Refusal.wrongState("Task " + id + " still runs").next("Cancel it or wait for its end.");
        }
        tasks.remove(id);
        notes.remove(id);
    }
}
