package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.ImageDescription;
import org.bellwether.protocol.ImageRequest;
import org.bellwether.protocol.MergeState;
import org.bellwether.protocol.MergeVolumesRequest;
import org.bellwether.protocol.VolumeReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges a volume into the one below it in the files of a machine that is off, and keeps the texts of images in line with
 * what was merged, by whomever. Until the base has all of it the top stays whole and counts; the mark on the top is the
 * one moment at which that changes. Nothing is kept here: asked again after a crash, it looks at the files.
 */
public final class Merges {
    private static final Logger LOG = LoggerFactory.getLogger(Merges.class);
    private static final Pattern PROGRESS = Pattern.compile("\\((\\d+)(?:\\.\\d+)?/100%\\)");

    private final ConnectedDomains connected;
    private final VolumeFiles files;
    private final Images images;
    private final Predicate<String> pathInUse;
    private final Executor threads;
    private final ConcurrentMap<Path, Run> runs = new ConcurrentHashMap<>();

    Merges(
            ConnectedDomains connected,
            VolumeFiles files,
            Images images,
            Predicate<String> pathInUse,
            Executor threads) {
        this.connected = connected;
        this.files = files;
        this.images = images;
        this.pathInUse = pathInUse;
        this.threads = threads;
    }

    /** Brings the texts in line with the data and tells what is there. */
    public ImageDescription settle(ImageRequest request) {
        return connected.onOurDomain(
                request.getConnection(),
                request.getDomainId(),
                "settle image " + request.getImageId(),
                ConnectedDomains.SHORT,
                domain -> {
                    activate(domain.image(request.getImageId()));
                    repair(domain.image(request.getImageId()));
                    return images.inspect(domain, request.getImageId());
                });
    }

    /** Begins, or tells how far it is, or that it is done; a run that failed is told once, with its reason. */
    public MergeState merge(MergeVolumesRequest request) {
        Pair pair = pair(request);
        Run run = runs.get(pair.top.data());
        if (run == null) {
            if (merged(pair)) {
                return done();
            }
            if (pathInUse.test("/" + pair.top.imageId() + "/")) {
                throw Refusal.of(
                                Error.Code.IN_USE,
                                "Could not merge volumes of image " + pair.top.imageId()
                                        + ": a machine on this host runs with it")
                        .next("Merge them in the machine, or stop it first.");
            }
            Run fresh = new Run(pair);
            if (runs.putIfAbsent(pair.top.data(), fresh) == null) {
                threads.execute(fresh);
            }
            return MergeState.newBuilder().setBegun(true).setTotalBytes(100).build();
        }
        if (!run.ended) {
            return MergeState.newBuilder()
                    .setDoneBytes(run.percent)
                    .setTotalBytes(100)
                    .build();
        }
        runs.remove(pair.top.data(), run);
        Refusal failure = run.failure;
        if (failure != null) {
            throw failure;
        }
        return done();
    }

    /** Ends a run of this host; what was merged already does no harm below a top that is whole. */
    public MergeState cancel(MergeVolumesRequest request) {
        Pair pair = pair(request);
        Run run = runs.get(pair.top.data());
        if (run != null) {
            run.cancel();
            runs.remove(pair.top.data(), run);
        }
        return merged(pair) ? done() : MergeState.getDefaultInstance();
    }

    /** Whether the files say that the top is merged, after the texts were brought in line. */
    public boolean merged(VolumeReference base, String top) {
        ConnectedDomains.Known domain = connected.locate(base.getDomainId());
        return merged(new Pair(
                connected.side(domain),
                domain.place().volume(base),
                new VolumePlace(domain.place().image(base.getImageId()), Ids.checked("volume", top))));
    }

    /**
     * Runs what ends a merge with the domain's lease held all the time: a machine that stands still for a mark must not
     * wait for the lease.
     */
    public void ending(VolumeReference base, Runnable end) {
        ConnectedDomains.Known domain = connected.locate(Ids.checked(base).getDomainId());
        domain.place().changing(connected.leases().domain(), "end a merge of image " + base.getImageId(), () -> {
            end.run();
            return Boolean.TRUE;
        });
    }

    /** Marks the top as merged: from now on the base counts. */
    public void mark(VolumeReference base, String top) {
        change(base, top, text -> text.mergedInto(base.getVolumeId()), "mark volume " + top + " as merged");
    }

    /** Takes the mark back: the machine did not go on with the base. */
    public void unmark(VolumeReference base, String top) {
        change(
                base,
                top,
                text -> text.mergedInto().isPresent()
                        ? text.withLegality(VolumeMetadata.Legality.LEGAL).withDescription("{}")
                        : text,
                "take back the mark on volume " + top);
    }

    /** A memory that libvirt wrote may be shorter than its volume is said to be; what is added reads as zeroes. */
    public void fill(VolumeReference reference) {
        Ids.checked(reference);
        ConnectedDomains.Known domain = connected.locate(reference.getDomainId());
        if (domain.place().block()) {
            return; // a logical volume has its size whatever is written to it
        }
        connected.side(domain).change("fill volume " + reference.getVolumeId(), () -> {
            VolumePlace volume = domain.place().volume(reference);
            VolumeMetadata text = files.require(volume);
            try (java.io.RandomAccessFile file =
                    new java.io.RandomAccessFile(volume.data().toFile(), "rw")) {
                if (file.length() < text.capacity()) {
                    file.setLength(text.capacity());
                } else if (file.length() > text.capacity()) {
                    files.write(volume, text.withCapacity(Volumes.rounded(file.length())));
                    file.setLength(Volumes.rounded(file.length()));
                }
                file.getFD().sync();
            }
            return Boolean.TRUE;
        });
    }

    private void change(
            VolumeReference base, String top, java.util.function.UnaryOperator<VolumeMetadata> change, String what) {
        Ids.checked(base);
        ConnectedDomains.Known domain = connected.locate(base.getDomainId());
        connected.side(domain).change(what, () -> {
            VolumePlace volume = new VolumePlace(domain.place().image(base.getImageId()), Ids.checked("volume", top));
            files.write(volume, change.apply(files.require(volume)));
            return Boolean.TRUE;
        });
    }

    private record Pair(CopyImage.Side side, VolumePlace base, VolumePlace top) {}

    private Pair pair(MergeVolumesRequest request) {
        VolumeReference base = Ids.checked(request.getBase());
        CopyImage.Side side = connected.ourSide(
                request.getConnection(), base.getDomainId(), "look at the image whose volumes are merged");
        VolumePlace below = side.domain().volume(base);
        return new Pair(side, below, new VolumePlace(below.image(), Ids.checked("volume", request.getTopVolumeId())));
    }

    private static MergeState done() {
        return MergeState.newBuilder().setDone(true).build();
    }

    private boolean merged(Pair pair) {
        String look = "look at volume " + pair.top.id();
        if (pair.top.block()) {
            pair.side.call(look, ConnectedDomains.SHORT, () -> {
                activate(pair.top.image());
                return Boolean.TRUE;
            });
        }
        if (!pair.side.call(
                look,
                ConnectedDomains.SHORT,
                () -> corrections(pair.top.image()).isEmpty())) {
            pair.side.change("bring image " + pair.top.imageId() + " in line with its data", () -> {
                repair(pair.top.image());
                return Boolean.TRUE;
            });
        }
        return pair.side.call(look, ConnectedDomains.SHORT, () -> {
            files.require(pair.base);
            Optional<VolumeMetadata> top = files.find(pair.top);
            return top.isEmpty()
                    || top.get().mergedInto().filter(pair.base.id()::equals).isPresent();
        });
    }

    /** The headers of logical volumes are read only where these are active. */
    private void activate(Path image) throws IOException {
        if (BlockVolumes.holds(image)) {
            for (String id : files.all(image).keySet()) {
                files.activate(new VolumePlace(image, id));
            }
        }
    }

    private void repair(Path image) throws IOException {
        for (Map.Entry<String, VolumeMetadata> entry : corrections(image).entrySet()) {
            LOG.info("image {}: the text of volume {} is brought in line", image.getFileName(), entry.getKey());
            files.write(new VolumePlace(image, entry.getKey()), entry.getValue());
        }
    }

    private Map<String, VolumeMetadata> corrections(Path image) throws IOException {
        Map<String, VolumeMetadata> texts = files.all(image);
        Map<String, ChainRepair.Data> data = new LinkedHashMap<>();
        for (Map.Entry<String, VolumeMetadata> entry : texts.entrySet()) {
            // One that is marked is of no use whatever its data says, and a creation may be under way in it.
            if (entry.getValue().legal()) {
                data(new VolumePlace(image, entry.getKey()), entry.getValue(), texts)
                        .ifPresent(found -> data.put(entry.getKey(), found));
            }
        }
        return ChainRepair.corrections(image.getFileName().toString(), texts, data);
    }

    private Optional<ChainRepair.Data> data(VolumePlace volume, VolumeMetadata text, Map<String, VolumeMetadata> texts)
            throws IOException {
        try {
            return switch (text.format()) {
                case RAW -> Optional.of(new ChainRepair.Data("", rawSize(volume, texts)));
                case COW ->
                    Qcow2Header.read(volume.data())
                            .map(header -> new ChainRepair.Data(header.backingName(), header.size()));
            };
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** A logical volume is rounded up: it says no more than that it has room for the largest of the chain. */
    private long rawSize(VolumePlace volume, Map<String, VolumeMetadata> texts) throws IOException {
        long length = files.length(volume);
        return volume.block()
                ? Math.min(
                        length,
                        texts.values().stream()
                                .mapToLong(VolumeMetadata::capacity)
                                .max()
                                .orElse(length))
                : length;
    }

    private final class Run implements Runnable {
        private final Pair pair;
        private volatile int percent;
        private volatile boolean ended;
        private volatile boolean cancelled;
        private volatile @Nullable Refusal failure;
        private volatile @Nullable Process process;

        Run(Pair pair) {
            this.pair = pair;
        }

        void cancel() {
            cancelled = true;
            Process child = process;
            if (child != null) {
                child.destroy();
                try {
                    child.waitFor();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public void run() {
            String what = "Volume " + pair.top.id() + " of image " + pair.top.imageId() + " was not merged";
            try {
                merge();
            } catch (Exception e) { // whoever asks next must hear of whatever failed
                LOG.warn("{}: {}", what, e.toString());
                failure = Refusal.from(e, what);
            } finally {
                ended = true;
            }
        }

        private void merge() throws IOException, InterruptedException {
            List<String> above = pair.side.call("look at the chain", ConnectedDomains.SHORT, this::above);
            commit();
            VolumeMetadata.Format format =
                    pair.side.call("sync volume " + pair.base.id(), ConnectedDomains.LONG, () -> {
                        Volumes.force(pair.base.data());
                        return files.require(pair.base).format();
                    });
            pair.side.change("end the merge of " + pair.top.id(), () -> {
                for (String child : above) {
                    QemuImg.restack(pair.top.image(), child, pair.base.id(), format);
                }
                if (above.isEmpty()) {
                    files.write(pair.top, files.require(pair.top).mergedInto(pair.base.id()));
                }
                repair(pair.top.image());
                return Boolean.TRUE;
            });
            LOG.info("merged volume {} of image {} into {}", pair.top.id(), pair.top.imageId(), pair.base.id());
        }

        /** The volumes that stand on the top, after making sure that all is as it is thought to be. */
        private List<String> above() throws IOException {
            activate(pair.top.image());
            new ChainCheck(files).require(pair.top);
            Map<String, VolumeMetadata> texts = files.all(pair.top.image());
            VolumeMetadata top = files.require(pair.top);
            VolumeMetadata base = files.require(pair.base);
            if (!top.legal() || !base.legal()) {
                throw Volumes.illegal(top.legal() ? pair.base : pair.top);
            }
            if (base.role() == VolumeMetadata.Role.SHARED || !base.image().equals(pair.base.imageId())) {
                throw Refusal.badRequest("Nothing is merged into volume " + pair.base.id() + ": it is a template's");
            }
            if (!top.parent().equals(pair.base.id())) {
                throw Refusal.wrongState("Volume " + pair.top.id() + " does not stand on volume " + pair.base.id());
            }
            List<String> above = new ArrayList<>();
            for (Map.Entry<String, VolumeMetadata> entry : texts.entrySet()) {
                boolean counts = entry.getValue().legal();
                if (counts && entry.getValue().parent().equals(pair.top.id())) {
                    above.add(entry.getKey());
                }
                if (counts
                        && entry.getValue().parent().equals(pair.base.id())
                        && !entry.getKey().equals(pair.top.id())) {
                    throw Refusal.wrongState("Volume " + pair.base.id() + " cannot take in another one: volume "
                                    + entry.getKey() + " stands on it too")
                            .next("Commit or undo the preview first.");
                }
            }
            return above;
        }

        private void commit() throws InterruptedException {
            if (cancelled) {
                throw Refusal.wrongState("It was cancelled before it began");
            }
            Process child = QemuImg.commit(pair.top, pair.side.direct()).start();
            process = child;
            if (cancelled) {
                child.destroy();
            }
            StringBuilder words = new StringBuilder();
            Thread progress = Command.read(child.getInputStream(), this::progress);
            Thread errors = Command.read(child.getErrorStream(), words::append);
            int status = child.waitFor();
            progress.join();
            errors.join();
            if (status != 0) {
                throw QemuImg.refusal(
                        "qemu-img could not merge volume " + pair.top.id(),
                        cancelled ? "it was cancelled" : words.toString().strip());
            }
        }

        private void progress(String text) {
            Matcher matcher = PROGRESS.matcher(text);
            while (matcher.find()) {
                percent = Integer.parseInt(matcher.group(1));
            }
        }
    }
}
