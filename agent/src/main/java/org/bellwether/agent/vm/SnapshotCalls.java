package org.bellwether.agent.vm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.Merges;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.libvirt.BlockCommit;
import org.bellwether.libvirt.BlockJobInfo;
import org.bellwether.libvirt.BlockJobType;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.Domain;
import org.bellwether.libvirt.DomainState;
import org.bellwether.libvirt.DomainStatus;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.libvirt.flags.BlockCommitFlag;
import org.bellwether.libvirt.flags.BlockJobAbortFlag;
import org.bellwether.libvirt.flags.SnapshotCreateFlag;
import org.bellwether.protocol.MergeState;
import org.bellwether.protocol.MergeVolumesRequest;
import org.bellwether.protocol.TakeSnapshotReply;
import org.bellwether.protocol.TakeSnapshotRequest;
import org.bellwether.protocol.VolumeReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots of running machines, and merging their volumes under them. QEMU's own chain, as libvirt's document shows it,
 * is read before each change, so that all of it may be asked again after anybody's death.
 */
public final class SnapshotCalls {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotCalls.class);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration STILL = Duration.ofSeconds(10);

    private final MachineCalls calls;
    private final Machines machines;
    private final Function<VolumeReference, PreparedVolume> storage;
    private final Merges merges;

    SnapshotCalls(
            MachineCalls calls, Machines machines, Function<VolumeReference, PreparedVolume> storage, Merges merges) {
        this.calls = calls;
        this.machines = machines;
        this.storage = storage;
        this.merges = merges;
    }

    /** Lets the machine go on with other tops, all of its disks at one instant. */
    public TakeSnapshotReply take(TakeSnapshotRequest request) {
        List<SnapshotXml.Overlay> prepared = new ArrayList<>();
        for (VolumeReference top : request.getTopsList()) {
            prepared.add(new SnapshotXml.Overlay(top, storage.apply(top)));
        }
        Optional<PreparedVolume> memory =
                request.hasMemory() ? Optional.of(storage.apply(request.getMemory())) : Optional.empty();
        TakeSnapshotReply.Builder reply = TakeSnapshotReply.newBuilder();
        calls.onDomain(request.getMachineId(), "take a snapshot of", LONGEST, (machine, domain) -> {
            DomainView view = active(machine, domain, "take a snapshot of");
            SnapshotJobs.awaitEnd(machine, domain);
            Map<String, Chain> chains = Chain.of(domain);
            long there = request.getTopsList().stream()
                    .filter(top ->
                            chain(machine, chains, top.getImageId()).active().equals(top.getVolumeId()))
                    .count();
            if (there == request.getTopsCount() && there > 0) {
                return;
            }
            if (there > 0) {
                throw Refusal.broken(machine.called() + " went on with some of the new volumes and not with others");
            }
            String xml = SnapshotXml.write(prepared, view, memory);
            boolean running = domain.status().state() == DomainState.RUNNING;
            if (request.getQuiesce() && running && memory.isEmpty() && view.agentConnected()) {
                try {
                    create(domain, xml, memory, true);
                    reply.setQuiesced(true);
                    return;
                } catch (LibvirtException e) {
                    // Nothing was done: the guest comes first, and a guest that cannot hold still has a snapshot all
                    // the same.
                    LOG.info("{} did not hold still: {}", machine.called(), e.getMessage());
                    reply.setNotQuiesced(String.valueOf(e.getMessage()));
                    if (Chain.of(domain).values().stream()
                            .anyMatch(chain -> request.getTopsList().stream()
                                    .anyMatch(top -> top.getVolumeId().equals(chain.active())))) {
                        return;
                    }
                }
            }
            create(domain, xml, memory, false);
            LOG.info("took a snapshot of {}", machine.called());
        });
        if (request.hasMemory()) {
            merges.fill(request.getMemory());
        }
        return reply.build();
    }

    private static void create(Domain domain, String xml, Optional<PreparedVolume> memory, boolean quiesce) {
        List<SnapshotCreateFlag> flags = new ArrayList<>(
                List.of(SnapshotCreateFlag.NO_METADATA, SnapshotCreateFlag.REUSE_EXT, SnapshotCreateFlag.ATOMIC));
        if (memory.isEmpty()) {
            flags.add(SnapshotCreateFlag.DISK_ONLY);
        }
        if (quiesce) {
            flags.add(SnapshotCreateFlag.QUIESCE);
        }
        domain.snapshots().create(xml, flags.toArray(SnapshotCreateFlag[]::new));
    }

    /** Begins a merge, tells how far it is, or ends it: whatever is next by QEMU's word. */
    public MergeState merge(MergeVolumesRequest request) {
        MergeState.Builder state = MergeState.newBuilder();
        boolean[] gone = {false};
        calls.onDomain(request.getMachineId(), "merge volumes of", LONGEST, (machine, domain) -> {
            active(machine, domain, "merge volumes of");
            gone[0] = advance(machine, domain, request, state);
        });
        if (gone[0]) {
            // QEMU has done its part; the texts must say so before anybody counts on it.
            if (!merges.merged(request.getBase(), request.getTopVolumeId())) {
                throw Refusal.broken("Volume " + request.getTopVolumeId() + " is no part of the machine's chain but of "
                        + "the image's");
            }
            state.setDone(true);
        }
        return state.build();
    }

    /** Whether the top is no part of the machine's chain any more. */
    private boolean advance(Machine machine, Domain domain, MergeVolumesRequest request, MergeState.Builder state) {
        Chain chain = chain(machine, Chain.of(domain), request.getBase().getImageId());
        Optional<BlockJobInfo> job = domain.disks().job(chain.target());
        int top = chain.index(request.getTopVolumeId());
        int base = chain.index(request.getBase().getVolumeId());
        if (top < 0 && job.isEmpty()) {
            resumed(machine, domain, request);
            if (base < 0) {
                throw Refusal.broken("Volume " + request.getBase().getVolumeId() + " is no part of the chain of disk "
                        + request.getBase().getImageId() + " of " + machine.called());
            }
            return true;
        }
        if (job.isPresent()) {
            state.setDoneBytes(job.get().current()).setTotalBytes(job.get().end());
            boolean ours = job.get().type() == BlockJobType.COMMIT || job.get().type() == BlockJobType.ACTIVE_COMMIT;
            if (!ours) {
                throw Refusal.wrongState("Disk " + request.getBase().getImageId() + " of " + machine.called()
                        + " is being worked on otherwise: " + job.get().type());
            }
            if (chain.commitReady()) {
                merges.ending(request.getBase(), () -> pivot(machine, domain, chain, request));
                return Chain.of(domain).values().stream().noneMatch(now -> now.index(request.getTopVolumeId()) >= 0);
            }
            return false;
        }
        if (base != top + 1) {
            throw Refusal.wrongState("Volume " + request.getTopVolumeId() + " of disk "
                    + request.getBase().getImageId() + " does not stand on volume "
                    + request.getBase().getVolumeId() + " in QEMU's chain " + chain.volumes());
        }
        begin(domain, chain, top, base);
        state.setBegun(true);
        return false;
    }

    private static void begin(Domain domain, Chain chain, int top, int base) {
        BlockCommit commit = top == 0
                ? BlockCommit.of(chain.target(), BlockCommitFlag.ACTIVE).base(chain.name(base))
                : BlockCommit.of(chain.target(), BlockCommitFlag.RELATIVE)
                        .base(chain.name(base))
                        .top(chain.name(top));
        try {
            domain.disks().commit(commit);
            LOG.info("merging {} of {} into the one below", chain.volumes().get(top), domain.name());
        } catch (LibvirtException e) {
            // The last one has ended in QEMU and not yet in libvirt.
            if (!String.valueOf(e.getMessage()).contains("already in active block job")) {
                throw e;
            }
        }
    }

    /**
     * The machine goes on with the base. It stands still for that moment: when the mark is written, top and base hold the same
     * and all of it is on storage, so that the mark is right whoever dies before or after it.
     */
    private void pivot(Machine machine, Domain domain, Chain chain, MergeVolumesRequest request) {
        if (domain.status().state() == DomainState.RUNNING) {
            machines.note(machine, note -> note.addMerges(request));
            domain.suspend();
        }
        try {
            awaitSame(domain, chain);
            domain.disks().flushPaused();
            merges.mark(request.getBase(), request.getTopVolumeId());
            try {
                domain.disks().abort(chain.target(), BlockJobAbortFlag.PIVOT);
            } catch (LibvirtException e) {
                String active = chain(
                                machine, Chain.of(domain), request.getBase().getImageId())
                        .active();
                if (active.equals(request.getTopVolumeId())) {
                    // It goes on with the top, which must count again before the guest writes another byte.
                    merges.unmark(request.getBase(), request.getTopVolumeId());
                }
                throw e;
            }
        } catch (Refusal | LibvirtException e) {
            if (!marked(request) || !onTop(machine, domain, request)) {
                resumed(machine, domain, request);
            }
            throw e;
        }
        resumed(machine, domain, request);
        LOG.info(
                "{} went on with volume {}", machine.called(), request.getBase().getVolumeId());
    }

    private boolean marked(MergeVolumesRequest request) {
        try {
            return merges.merged(request.getBase(), request.getTopVolumeId());
        } catch (Refusal e) {
            return true; // not known: it stands still until it is
        }
    }

    private static boolean onTop(Machine machine, Domain domain, MergeVolumesRequest request) {
        return chain(machine, Chain.of(domain), request.getBase().getImageId())
                .active()
                .equals(request.getTopVolumeId());
    }

    private static void awaitSame(Domain domain, Chain chain) {
        long deadline = System.nanoTime() + STILL.toNanos();
        while (true) {
            Optional<BlockJobInfo> job = domain.disks().job(chain.target());
            if (job.isPresent() && job.get().current() == job.get().end()) {
                return;
            }
            if (job.isEmpty() || System.nanoTime() > deadline) {
                throw Refusal.wrongState("The merge of disk " + chain.target() + " of " + domain.name()
                        + " does not come to its end, though the machine stands still");
            }
            pause();
        }
    }

    /** Lets the machine run again if it was this agent that stopped it for the merge. */
    private void resumed(Machine machine, Domain domain, MergeVolumesRequest request) {
        if (!machine.note.getMergesList().contains(request)) {
            return;
        }
        DomainStatus status = domain.status();
        if (status.state() == DomainState.PAUSED) {
            domain.resume();
        }
        machines.note(machine, note -> note.clearMerges());
    }

    /** Gives up a merge that goes on; one that is done stays done. */
    public MergeState cancel(MergeVolumesRequest request) {
        boolean[] gone = {false};
        calls.onDomain(request.getMachineId(), "give up merging volumes of", LONGEST, (machine, domain) -> {
            active(machine, domain, "give up merging volumes of");
            Chain chain = chain(machine, Chain.of(domain), request.getBase().getImageId());
            if (domain.disks()
                    .job(chain.target())
                    .filter(job -> job.type() == BlockJobType.COMMIT || job.type() == BlockJobType.ACTIVE_COMMIT)
                    .isPresent()) {
                domain.disks().abort(chain.target());
            }
            Chain after = chain(machine, Chain.of(domain), request.getBase().getImageId());
            gone[0] = after.index(request.getTopVolumeId()) < 0;
            if (after.active().equals(request.getTopVolumeId())) {
                merges.unmark(request.getBase(), request.getTopVolumeId());
            }
            resumed(machine, domain, request);
        });
        return MergeState.newBuilder()
                .setDone(gone[0] && merges.merged(request.getBase(), request.getTopVolumeId()))
                .build();
    }

    /** A machine that this agent stopped for the last moment of a merge, and then died, goes on. Does not wait. */
    void recover(Connection connection) {
        for (Machine machine : machines.all()) {
            for (MergeVolumesRequest request : machine.note.getMergesList()) {
                Thread.ofPlatform().daemon().name("end-merge").start(() -> {
                    try {
                        merge(request);
                    } catch (RuntimeException e) { // the engine asks again; meanwhile the log has the reason
                        LOG.warn("a merge of {} was not ended: {}", machine.called(), e.toString());
                    }
                });
            }
        }
    }

    private static DomainView active(Machine machine, Domain domain, String verb) {
        if (!domain.status().active()) {
            throw Refusal.wrongState("Could not " + verb + " machine " + machine.name() + ": it is off");
        }
        return DomainView.parse(domain.xml());
    }

    private static Chain chain(Machine machine, Map<String, Chain> chains, String disk) {
        Chain chain = chains.get(disk);
        if (chain == null) {
            throw Refusal.notFound(machine.called() + " has no disk " + disk + " plugged in");
        }
        return chain;
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.wrongState("The agent is stopping");
        }
    }
}
