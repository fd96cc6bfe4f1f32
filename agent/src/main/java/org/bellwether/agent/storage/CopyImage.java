package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bellwether.agent.lease.DomainLease;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Lane;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.platform.Undo;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.bellwether.protocol.CopyImageRequest;
import org.bellwether.protocol.TaskNote;
import org.bellwether.protocol.TaskState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies volumes: what is seen at the top of a chain into one new volume, or the chain as it is to another domain. The
 * short parts run on the lanes of the domains, the copying itself in a child process beside them. The target is illegal
 * until all of it is complete; a copy that fails, is cancelled or dies with the agent has its target removed.
 */
final class CopyImage {
    private static final Logger LOG = LoggerFactory.getLogger(CopyImage.class);
    private static final Duration SHORT = Duration.ofSeconds(60);
    private static final Pattern PROGRESS = Pattern.compile("\\((\\d+)(?:\\.\\d+)?/100%\\)");

    private final Tasks tasks;
    private final VolumeFiles files;
    private final Volumes volumes;
    private final Images images;
    private final CopyPlan plan;
    private final Executor threads;
    private final ConcurrentMap<String, Run> runs = new ConcurrentHashMap<>();

    CopyImage(Tasks tasks, VolumeFiles files, Volumes volumes, Images images, Executor threads) {
        this.tasks = tasks;
        this.files = files;
        this.volumes = volumes;
        this.images = images;
        this.plan = new CopyPlan(files, volumes);
        this.threads = threads;
    }

    /** A domain with the lane of its mount. */
    record Side(DomainPlace domain, Lane lane, boolean direct, DomainLease lease) {
        /** A short change of the domain's metadata, under its lease. */
        <T> T change(String what, Callable<T> change) {
            return domain.changing(lease, what, () -> call(what, SHORT, change));
        }

        /** A piece of work on the domain's lane. */
        <T> T call(String what, Duration deadline, Callable<T> work) {
            return lane.call(what, deadline, () -> Lvm.during(work));
        }
    }

    /** Begins the copy and answers at once; asked again for the same task, answers how it is. */
    TaskState begin(CopyImageRequest request, Side source, Side target) {
        String id = Ids.checked("task", request.getTaskId());
        var known = tasks.find(id);
        if (known.isPresent()) {
            return known.get().getState();
        }
        VolumePlace from = source.domain.volume(request.getSource());
        target.domain.volume(request.getDestination());
        Volumes.checkedText("description", request.getDescription());
        CopyPlan.check(request);
        source.call("read volume " + from.id(), SHORT, () -> requireReadable(from));
        TaskState state = TaskState.newBuilder()
                .setTaskId(id)
                .setPhase(TaskState.Phase.RUNNING_TASK)
                .build();
        Run run = new Run(id, request, source, target, from);
        if (tasks.putNew(TaskNote.newBuilder().setState(state).setCopy(request).build())) {
            runs.put(id, run);
            threads.execute(run);
        }
        return tasks.require(id);
    }

    /** Asks it to end; its state tells when it has. */
    TaskState cancel(String id) {
        Run run = runs.get(id);
        if (run != null) {
            run.cancel();
        }
        return tasks.require(id);
    }

    /**
     * After a restart of the agent: a copy that ran then has died with it or is ended now, and its target goes.
     *
     * @param target finds the target's domain again, on its lane
     */
    void recover(TaskNote note, Side target) {
        CopyImageRequest request = note.getCopy();
        String id = note.getState().getTaskId();
        endOrphan(note);
        String left = removeTarget(target, request);
        LOG.info("task {} did not survive the restart of the agent", id);
        finish(
                id,
                TaskState.Phase.FAILED_TASK,
                "The agent on the host was restarted while it copied image "
                        + request.getSource().getImageId() + ". " + left + " Begin the copy again.");
    }

    private VolumeMetadata requireReadable(VolumePlace volume) throws IOException {
        Map<String, VolumeMetadata> chain = files.all(volume.image());
        VolumeMetadata metadata = files.require(volume);
        for (VolumeMetadata link = metadata; link != null; link = chain.get(link.parent())) {
            if (!link.legal()) {
                throw Volumes.illegal(volume);
            }
        }
        return metadata;
    }

    private void finish(String id, TaskState.Phase phase, String error) {
        TaskNote note = tasks.find(id).orElseGet(TaskNote::getDefaultInstance);
        TaskState state = note.getState().toBuilder()
                .setTaskId(id)
                .setPhase(phase)
                .setError(error)
                .setProgressPercent(
                        phase == TaskState.Phase.DONE_TASK
                                ? 100
                                : note.getState().getProgressPercent())
                .build();
        tasks.put(
                note.toBuilder().setState(state).clearPid().clearPidStartedMs().build());
    }

    private String removeTarget(Side target, CopyImageRequest request) {
        String image = request.getDestination().getImageId();
        try {
            target.change("remove half-made image " + image, () -> {
                for (VolumePlace volume : plan.last(request, target)) {
                    if (files.find(volume).filter(VolumeMetadata::legal).isPresent()) {
                        return Boolean.TRUE; // it was complete, or was not ours
                    }
                }
                if (CopyPlan.within(request)) {
                    volumes.delete(target.domain.volume(request.getDestination()));
                } else {
                    images.delete(target.domain, image);
                }
                return Boolean.TRUE;
            });
            return "The half-made copy was removed.";
        } catch (Refusal e) {
            LOG.warn("half-made image {} stays: {}", image, e.getMessage());
            return "The half-made copy " + image + " could not be removed (" + e.getMessage()
                    + ") and is marked illegal; repeating the copy removes it.";
        }
    }

    static void endOrphan(TaskNote note) {
        if (note.getPid() == 0) {
            return;
        }
        ProcessHandle.of(note.getPid())
                .filter(handle -> handle.info()
                        .startInstant()
                        .map(start -> start.toEpochMilli() == note.getPidStartedMs())
                        .orElse(false))
                .ifPresent(ProcessHandle::destroyForcibly);
    }

    private final class Run implements Runnable {
        private final String id;
        private final CopyImageRequest request;
        private final Side source;
        private final Side target;
        private final VolumePlace from;
        private volatile boolean cancelled;
        private volatile @Nullable Process process;

        Run(String id, CopyImageRequest request, Side source, Side target, VolumePlace from) {
            this.id = id;
            this.request = request;
            this.source = source;
            this.target = target;
            this.from = from;
        }

        void cancel() {
            cancelled = true;
            Process running = process;
            if (running != null) {
                running.destroyForcibly();
            }
        }

        @Override
        public void run() {
            String what = "Image " + request.getSource().getImageId() + " was not copied";
            try {
                copy();
                finish(id, TaskState.Phase.DONE_TASK, "");
                LOG.info(
                        "copied image {} to {}",
                        request.getSource().getImageId(),
                        request.getDestination().getImageId());
            } catch (Exception e) { // the task must end in words whatever failed
                String left = removeTarget(target, request);
                if (cancelled) {
                    finish(id, TaskState.Phase.CANCELLED_TASK, what + ": it was cancelled. " + left);
                } else {
                    LOG.warn("{}: {}", what, e.toString());
                    finish(
                            id,
                            TaskState.Phase.FAILED_TASK,
                            what + ": " + Refusal.from(e, what).getMessage() + ". " + left);
                }
            } finally {
                runs.remove(id);
            }
        }

        private void copy() throws Exception {
            List<CopyPlan.Layer> layers = source.call(
                    "plan the copy of image " + from.imageId(), SHORT, () -> plan.layers(request, source, target));
            for (int number = 0; number < layers.size(); number++) {
                CopyPlan.Layer layer = layers.get(number);
                // Each when its turn comes: what nobody has open is let go after a while.
                source.call("read volume " + layer.from().id(), SHORT, () -> {
                    files.activate(layer.from());
                    new ChainCheck(files).require(layer.from());
                    return Boolean.TRUE;
                });
                if (target.change("begin the copy " + layer.to().id(), () -> began(layer))) {
                    convert(layer, number, layers.size());
                }
            }
            // Only when all are there: until then whoever repeats this takes away what is left of it.
            for (CopyPlan.Layer layer : layers) {
                target.change("complete the copy " + layer.to().id(), () -> {
                    try (Undo undo = new Undo()) {
                        volumes.complete(
                                target.domain, layer.to(), layer.wanted().completed(), undo);
                    }
                    return Boolean.TRUE;
                });
            }
        }

        private boolean began(CopyPlan.Layer layer) throws IOException {
            if (files.find(layer.to()).filter(VolumeMetadata::legal).isPresent()) {
                throw Refusal.wrongState("Image " + layer.to().imageId() + " is already there")
                        .next("Use another id.");
            }
            try (Undo undo = new Undo()) {
                volumes.begin(target.domain, layer.to(), layer.wanted(), room(layer), undo);
                undo.keep();
            }
            return true;
        }

        /** A logical volume must be large enough beforehand; what that is qemu-img finds out. */
        private long room(CopyPlan.Layer layer) throws IOException {
            if (!target.domain.block()) {
                return 0;
            }
            long needed = layer.wanted().format() == VolumeMetadata.Format.COW ? QemuImg.measure(layer) : 0;
            return Volumes.room(layer.wanted(), needed);
        }

        private void convert(CopyPlan.Layer layer, int number, int count) throws IOException, InterruptedException {
            Command command = QemuImg.convert(layer, source.direct && target.direct);
            if (cancelled) {
                throw Refusal.wrongState("It was cancelled before it began");
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
                throw QemuImg.refusal(
                        "qemu-img could not copy volume " + layer.from().id(),
                        words.toString().strip());
            }
            if (!Files.exists(layer.to().data())) {
                throw Refusal.broken("qemu-img said that it copied volume "
                        + layer.from().id() + " but there is no " + layer.to().data());
            }
        }

        private void remember(Process child) {
            long started =
                    child.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
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
    }
}
