package org.bellwether.agent.vm;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.platform.Xml;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.libvirt.BlockJobInfo;
import org.bellwether.libvirt.BlockJobType;
import org.bellwether.libvirt.Domain;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.libvirt.TypedParameters;
import org.bellwether.libvirt.flags.BlockCopyFlag;
import org.bellwether.libvirt.flags.BlockJobAbortFlag;
import org.bellwether.libvirt.flags.DeviceFlag;
import org.bellwether.protocol.DiskBus;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.MachineDiskRequest;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MirrorDiskRequest;
import org.bellwether.protocol.MirrorState;
import org.bellwether.protocol.PlugDiskRequest;
import org.bellwether.protocol.VolumeReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;

/**
 * Disks of running machines: plugged in and out, mirrored to another storage domain. libvirt's document and its block
 * jobs are the truth and are read before each change, so that all of it may be asked again after anybody's death.
 */
final class DiskCalls {
    private static final Logger LOG = LoggerFactory.getLogger(DiskCalls.class);
    private static final Duration LOOKING = Duration.ofMinutes(6);
    private static final Duration LETTING_GO = Duration.ofSeconds(30);

    private final MachineCalls calls;
    private final Function<VolumeReference, PreparedVolume> storage;
    private final Function<DiskDevice, PreparedVolume> disks;
    private final Consumer<VolumeReference> retire;

    /** @param retire marks a volume that a machine has just left for its mirror: it is not the newest any more */
    DiskCalls(
            MachineCalls calls,
            Function<VolumeReference, PreparedVolume> storage,
            Function<DiskDevice, PreparedVolume> disks,
            Consumer<VolumeReference> retire) {
        this.calls = calls;
        this.storage = storage;
        this.disks = disks;
        this.retire = retire;
    }

    MachineState plug(PlugDiskRequest request) {
        DiskDevice disk = request.getDisk();
        PreparedVolume volume = disks.apply(disk);
        return calls.onDomain(request.getMachineId(), "plug a disk into", (machine, domain) -> {
            DomainView view = active(machine, domain, "plug a disk into");
            if (view.diskTargets().containsValue(disk.getDiskId())) {
                return;
            }
            MachineDefinition definition = ours(machine, view);
            Element devices = devices(domain);
            if (disk.getBus() == DiskBus.VIRTIO_SCSI && !hasScsi(devices)) {
                domain.devices().attach("<controller type='scsi' index='0' model='virtio-scsi'/>", DeviceFlag.LIVE);
            }
            domain.devices()
                    .attach(
                            DiskXml.disk(
                                    definition, disk, volume, view.diskTargets().keySet()),
                            DeviceFlag.LIVE);
            LOG.info("plugged disk {} into {}", disk.getDiskId(), machine.called());
        });
    }

    /** Asks the guest to let it go and waits a while, for a guest that is still booting does not listen. */
    MachineState unplug(MachineDiskRequest request) {
        String id = request.getMachineId();
        long deadline = System.nanoTime() + LETTING_GO.toNanos();
        while (true) {
            boolean[] gone = {false};
            MachineState state = calls.onDomain(id, "unplug a disk of", (machine, domain) -> {
                DomainView view = active(machine, domain, "unplug a disk of");
                if (!view.diskTargets().containsValue(request.getDiskId())) {
                    gone[0] = true;
                    return;
                }
                try {
                    domain.devices().detach(element(machine, view, domain, request.getDiskId()), DeviceFlag.LIVE);
                } catch (LibvirtException e) {
                    if (!String.valueOf(e.getMessage()).contains("in the process of unplug")) {
                        throw e;
                    }
                }
            });
            if (gone[0]) {
                return state;
            }
            if (System.nanoTime() > deadline) {
                throw Refusal.wrongState("The guest has not let go of disk " + request.getDiskId() + " within "
                                + LETTING_GO.toSeconds() + " s")
                        .undone("The disk stays plugged in, though the guest may still let go of it")
                        .next("Unmount it inside the guest and try again.");
            }
            pause();
        }
    }

    MirrorState mirror(MirrorDiskRequest request) {
        PreparedVolume destination = storage.apply(request.getDestination());
        return asked(request.getMachineId(), "mirror a disk of", request.getDiskId(), (target, domain, state) -> {
            if (state.getActive().equals(request.getDestination()) || state.getMirroring()) {
                return;
            }
            BlockCopyFlag[] flags = request.getTopOnly()
                    ? new BlockCopyFlag[] {BlockCopyFlag.REUSE_EXT, BlockCopyFlag.TRANSIENT_JOB, BlockCopyFlag.SHALLOW}
                    : new BlockCopyFlag[] {BlockCopyFlag.REUSE_EXT, BlockCopyFlag.TRANSIENT_JOB};
            domain.disks().copy(target, DiskXml.mirror(destination), TypedParameters.empty(), flags);
            LOG.info("mirroring {} of {} to {}", target, domain.name(), destination.path());
        });
    }

    MirrorState inspect(MachineDiskRequest request) {
        calls.onDomain(request.getMachineId(), "look at a disk of", LOOKING, (machine, domain) -> {
            if (domain.status().active()) {
                SnapshotJobs.awaitEnd(machine, domain);
            }
        });
        return asked(request.getMachineId(), "look at a disk of", request.getDiskId(), (target, domain, state) -> {});
    }

    /** Goes on at the destination; refused until both sides are the same. */
    MirrorState pivot(MachineDiskRequest request) {
        return asked(request.getMachineId(), "switch the mirror of", request.getDiskId(), (target, domain, state) -> {
            if (!state.getMirroring()) {
                return; // switched already, or there is none: what is active tells which
            }
            if (!state.getReady()) {
                throw Refusal.wrongState("The mirror of disk " + request.getDiskId() + " is not complete yet");
            }
            domain.disks().abort(target, BlockJobAbortFlag.PIVOT);
            left(state.getActive());
        });
    }

    /** Should the machine go off before anybody else hears of the switch, the mark tells which side is the newest. */
    private void left(VolumeReference volume) {
        try {
            retire.accept(volume);
        } catch (Refusal e) {
            LOG.warn("volume {} was left for its mirror and not marked so: {}", volume.getVolumeId(), e.getMessage());
        }
    }

    MirrorState cancel(MachineDiskRequest request) {
        return asked(request.getMachineId(), "cancel the mirror of", request.getDiskId(), (target, domain, state) -> {
            if (state.getMirroring()) {
                domain.disks().abort(target);
            }
        });
    }

    private interface OnDisk {
        void apply(String target, Domain domain, MirrorState state);
    }

    private MirrorState asked(String machineId, String verb, String disk, OnDisk action) {
        MirrorState[] after = {MirrorState.getDefaultInstance()};
        calls.onDomain(machineId, verb, (machine, domain) -> {
            DomainView view = active(machine, domain, verb);
            String target = target(machine, view, disk);
            action.apply(target, domain, state(domain, target));
            after[0] = state(domain, target);
        });
        return after[0];
    }

    private static MirrorState state(Domain domain, String target) {
        Element disk = Xml.children(devices(domain), "disk").stream()
                .filter(each -> Xml.attribute(each, "target", "dev").equals(target))
                .findFirst()
                .orElseThrow();
        MirrorState.Builder state = MirrorState.newBuilder();
        reference(DomainView.path(disk)).ifPresent(state::setActive);
        Optional<Element> mirror = Xml.child(disk, "mirror");
        Optional<BlockJobInfo> job = domain.disks().job(target).filter(each -> each.type() == BlockJobType.COPY);
        state.setMirroring(mirror.isPresent() || job.isPresent());
        state.setReady(
                mirror.map(each -> each.getAttribute("ready").equals("yes")).orElse(false));
        job.ifPresent(each -> state.setDoneBytes(each.current()).setTotalBytes(each.end()));
        return state.build();
    }

    /** A volume by its place: …/DOMAIN/images/IMAGE/VOLUME. */
    private static Optional<VolumeReference> reference(String file) {
        Path path = Path.of(file);
        int names = path.getNameCount();
        if (names < 4) {
            return Optional.empty();
        }
        return Optional.of(VolumeReference.newBuilder()
                .setDomainId(path.getName(names - 4).toString())
                .setImageId(path.getName(names - 2).toString())
                .setVolumeId(path.getName(names - 1).toString())
                .build());
    }

    /** libvirt's name of a disk of ours. */
    static String target(Machine machine, DomainView view, String disk) {
        return view.diskTargets().entrySet().stream()
                .filter(entry -> entry.getValue().equals(disk))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> Refusal.notFound(machine.called() + " has no disk " + disk + " plugged in"));
    }

    private static String element(Machine machine, DomainView view, Domain domain, String disk) {
        String target = target(machine, view, disk);
        Element found = Xml.children(devices(domain), "disk").stream()
                .filter(each -> Xml.attribute(each, "target", "dev").equals(target))
                .findFirst()
                .orElseThrow();
        return "<disk type='" + found.getAttribute("type") + "' device='" + found.getAttribute("device")
                + "'><target dev='" + target + "' bus='" + Xml.attribute(found, "target", "bus") + "'/></disk>";
    }

    private static Element devices(Domain domain) {
        Element document = Xml.document(domain.xml());
        return Xml.child(document, "devices").orElse(document);
    }

    private static boolean hasScsi(Element devices) {
        return Xml.children(devices, "controller").stream()
                .anyMatch(each -> each.getAttribute("type").equals("scsi"));
    }

    private static DomainView active(Machine machine, Domain domain, String verb) {
        if (!domain.status().active()) {
            throw Refusal.wrongState("Could not " + verb + " machine " + machine.name() + ": it is off");
        }
        return DomainView.parse(domain.xml());
    }

    private static MachineDefinition ours(Machine machine, DomainView view) {
        return view.definition().orElseThrow(() -> Refusal.wrongState(machine.called() + " was not made by an engine"));
    }

    private static void pause() {
        try {
            Thread.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.wrongState("The agent is stopping");
        }
    }
}
