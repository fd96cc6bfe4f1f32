package org.bellwether.agent.vm;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.platform.Xml;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.libvirt.Domain;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.libvirt.flags.DeviceFlag;
import org.bellwether.libvirt.flags.VcpuFlag;
import org.bellwether.protocol.ChangeCdRequest;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.GrowMachineRequest;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.NicDevice;
import org.bellwether.protocol.SetNicRequest;
import org.bellwether.protocol.VolumeReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;

/** Changes of running machines, but for their disks. What libvirt says of the machine now is read before each. */
final class HotChanges {
    private static final Logger LOG = LoggerFactory.getLogger(HotChanges.class);
    private static final Duration LETTING_GO = Duration.ofSeconds(30);
    private static final long KIB = 1024;
    /** The guest's kernel takes memory in blocks of this. */
    private static final long MEMORY_BLOCK = 128L << 20;

    private final MachineCalls calls;
    private final Function<VolumeReference, PreparedVolume> storage;

    HotChanges(MachineCalls calls, Function<VolumeReference, PreparedVolume> storage) {
        this.calls = calls;
        this.storage = storage;
    }

    MachineState setNic(SetNicRequest request) {
        return request.getPlugged() ? plugIn(request) : plugOut(request);
    }

    private MachineState plugIn(SetNicRequest request) {
        NicDevice nic = request.getNic();
        MachineNeeds.requireNetworks(MachineDefinition.newBuilder().addNics(nic).build());
        return calls.onDomain(request.getMachineId(), "change a network interface of", (machine, domain) -> {
            MachineCalls.requireActive(machine, domain.status(), "change a network interface of");
            MachineDefinition definition = ours(machine, domain);
            Optional<Element> present = nic(domain, nic.getNicId());
            String element = DeviceXml.nic(definition, nic);
            if (present.isEmpty()) {
                domain.devices().attach(element, DeviceFlag.LIVE);
                LOG.info("plugged network interface {} into {}", nic.getMac(), machine.called());
                return;
            }
            requireSame(machine, present.get(), nic);
            domain.devices().update(element, DeviceFlag.LIVE);
        });
    }

    /** What cannot be changed while it is plugged in. */
    private static void requireSame(Machine machine, Element present, NicDevice wanted) {
        boolean same = Xml.attribute(present, "mac", "address").equalsIgnoreCase(wanted.getMac())
                && Xml.attribute(present, "model", "type")
                        .equals(wanted.getModel().isEmpty() ? "virtio" : wanted.getModel());
        if (!same) {
            throw Refusal.wrongState("The address and the model of a network interface of " + machine.called()
                            + " cannot be changed while it is plugged in")
                    .next("Unplug it first.");
        }
    }

    /** Asks the guest to let it go and waits a while, for a guest that is still booting does not listen. */
    private MachineState plugOut(SetNicRequest request) {
        String nic = request.getNic().getNicId();
        long deadline = System.nanoTime() + LETTING_GO.toNanos();
        while (true) {
            boolean[] gone = {false};
            MachineState state =
                    calls.onDomain(request.getMachineId(), "unplug a network interface of", (m, domain) -> {
                        MachineCalls.requireActive(m, domain.status(), "unplug a network interface of");
                        if (nic(domain, nic).isEmpty()) {
                            gone[0] = true;
                            return;
                        }
                        try {
                            domain.devices().detachByAlias(DomainXml.ALIAS_PREFIX + nic, DeviceFlag.LIVE);
                        } catch (LibvirtException e) {
                            // Asked before, or gone between the look and the call: the next look tells.
                            String why = String.valueOf(e.getMessage());
                            if (!why.contains("in the process of unplug") && !why.contains("no device found")) {
                                throw e;
                            }
                        }
                    });
            if (gone[0]) {
                return state;
            }
            if (System.nanoTime() > deadline) {
                throw Refusal.wrongState("The guest has not let go of the network interface within "
                                + LETTING_GO.toSeconds() + " s")
                        .undone("It stays plugged in, though the guest may still let go of it")
                        .next("Take it down inside the guest and try again.");
            }
            pause();
        }
    }

    MachineState changeCd(ChangeCdRequest request) {
        DiskDevice cd = request.getCd();
        Map<String, PreparedVolume> volumes =
                cd.hasVolume() ? Map.of(cd.getDiskId(), storage.apply(cd.getVolume())) : Map.of();
        return calls.onDomain(request.getMachineId(), "change the CD of", (machine, domain) -> {
            MachineCalls.requireActive(machine, domain.status(), "change the CD of");
            MachineDefinition definition = ours(machine, domain);
            String target = DiskCalls.target(machine, DomainView.parse(domain.xml()), cd.getDiskId());
            String file = Optional.ofNullable(volumes.get(cd.getDiskId()))
                    .map(volume -> volume.path().toString())
                    .orElse("");
            if (!inDrive(domain, target).equals(file)) {
                // By force: a guest that has it mounted locks the drive.
                domain.devices().update(DiskXml.cd(definition, cd, volumes, target), DeviceFlag.LIVE, DeviceFlag.FORCE);
                LOG.info("the CD of {} is now {}", machine.called(), file.isEmpty() ? "out" : file);
            }
        });
    }

    MachineState grow(GrowMachineRequest request) {
        return calls.onDomain(request.getMachineId(), "grow", (machine, domain) -> {
            MachineCalls.requireActive(machine, domain.status(), "grow");
            int cpus = request.getCpus();
            if (cpus > 0 && domain.devices().vcpus(VcpuFlag.LIVE) != cpus) {
                domain.devices().setVcpus(cpus, VcpuFlag.LIVE);
                LOG.info("{} has {} processors now", machine.called(), cpus);
            }
            long present = Long.parseLong(Xml.text(Xml.document(domain.xml()), "memory")) * KIB;
            long more = request.getMemoryBytes() - present;
            if (request.getMemoryBytes() > 0 && more > 0) {
                if (more % MEMORY_BLOCK != 0) {
                    throw Refusal.badRequest("Memory is added to a running machine in steps of 128 MiB, and "
                            + (more >> 20) + " MiB were asked for");
                }
                domain.devices()
                        .attach(
                                "<memory model='dimm'><target><size unit='KiB'>" + more / KIB
                                        + "</size><node>0</node></target></memory>",
                                DeviceFlag.LIVE);
                LOG.info("{} was given {} MiB more", machine.called(), more >> 20);
            }
        });
    }

    private static Optional<Element> nic(Domain domain, String id) {
        return Xml.children(devices(domain), "interface").stream()
                .filter(each -> Xml.attribute(each, "alias", "name").equals(DomainXml.ALIAS_PREFIX + id))
                .findFirst();
    }

    private static String inDrive(Domain domain, String target) {
        return Xml.children(devices(domain), "disk").stream()
                .filter(each -> Xml.attribute(each, "target", "dev").equals(target))
                .map(DomainView::path)
                .findFirst()
                .orElse("");
    }

    private static Element devices(Domain domain) {
        Element document = Xml.document(domain.xml());
        return Xml.child(document, "devices").orElse(document);
    }

    private static MachineDefinition ours(Machine machine, Domain domain) {
        return DomainView.parse(domain.xml())
                .definition()
                .orElseThrow(() -> Refusal.wrongState(machine.called() + " was not made by an engine"));
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
