package org.bellwether.agent.vm;

import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.bellwether.agent.host.Qemu;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.platform.Xml;
import org.bellwether.libvirt.Domain;
import org.bellwether.libvirt.ErrorCode;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.libvirt.flags.CheckpointCreateFlag;
import org.bellwether.libvirt.flags.CheckpointDeleteFlag;
import org.bellwether.protocol.BackupDisk;
import org.bellwether.protocol.BackupDiskState;
import org.bellwether.protocol.BackupState;
import org.bellwether.protocol.BeginBackupRequest;
import org.bellwether.protocol.Checkpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backups of running machines, as libvirt does them: QEMU serves the instant by NBD on a socket and puts aside, in scratch
 * files, what the guest overwrites meanwhile. libvirt keeps checkpoints only until the machine goes to another host, so
 * they are told to it when they are needed and taken from it afterwards; the bitmaps themselves lie in the volumes.
 */
final class BackupJobs {
    private static final Logger LOG = LoggerFactory.getLogger(BackupJobs.class);
    private static final Pattern DISK_IN_WORDS = Pattern.compile("disk '([a-z0-9]+)'");

    private final MachineCalls calls;
    private final Qemu qemu;

    BackupJobs(MachineCalls calls, Qemu qemu) {
        this.calls = calls;
        this.qemu = qemu;
    }

    /**
     * Begins it; a disk whose bitmap is missing or broken is taken whole, and that is told.
     *
     * @param socket where QEMU will serve it, each disk under its id
     * @param scratch an empty directory that QEMU may write to
     */
    BackupState begin(BeginBackupRequest request, Path socket, Path scratch) {
        Map<String, String> full = new HashMap<>();
        calls.onDomain(request.getMachineId(), "back up", (machine, domain) -> {
            if (!domain.status().active()) {
                throw Refusal.wrongState(machine.called() + " cannot be backed up as running: it is off");
            }
            requireSurvival(machine, domain);
            Map<String, String> targets = targets(machine, domain, request.getDisksList());
            abandon(domain);
            tell(domain, request.getCheckpointsList());
            while (true) {
                try {
                    String checkpoint = request.getCheckpointId().isEmpty() ? "" : noted(request, domain);
                    String backup = document(request, domain, targets, full, socket, scratch);
                    if (checkpoint.isEmpty()) {
                        domain.checkpoints().beginBackup(backup);
                    } else {
                        domain.checkpoints().beginBackup(backup, checkpoint);
                    }
                    LOG.info("backup {} of {} has begun", request.getBackupId(), machine.called());
                    return;
                } catch (LibvirtException e) {
                    if (!takeWhole(request, targets, full, e)) {
                        forget(domain);
                        throw e;
                    }
                }
            }
        });
        BackupState.Builder state = BackupState.newBuilder().setBackupId(request.getBackupId());
        for (BackupDisk disk : request.getDisksList()) {
            String why = full.getOrDefault(disk.getDiskId(), "");
            state.addDisks(BackupDiskState.newBuilder()
                    .setDiskId(disk.getDiskId())
                    .setIncremental(!disk.getSince().isEmpty() && why.isEmpty())
                    .setWhyFull(why));
        }
        return state.build();
    }

    /** One that came from another host, or was started by an older agent, may have its disks on threads all the same. */
    private void requireSurvival(Machine machine, Domain domain) {
        boolean threads = Xml.child(Xml.document(domain.xml()), "iothreads").isPresent();
        if (threads && !qemu.threads()) {
            throw Refusal.wrongState(machine.called() + " cannot be backed up while it runs: I/O threads serve its"
                            + " disks, and this host's QEMU would end during the backup, and the machine with it")
                    .next("Shut it down and start it again on this host, where it then runs without them; or back it up"
                            + " while it is off; or move it to a host with a newer QEMU.");
        }
    }

    /** Whether the machine runs and QEMU serves this backup. */
    boolean goesOn(String machineId, Path socket) {
        boolean[] on = {false};
        try {
            calls.onDomain(
                    machineId,
                    "look at a backup of",
                    (machine, domain) -> on[0] = domain.status().active()
                            && socketOf(domain)
                                    .filter(socket.toString()::equals)
                                    .isPresent());
        } catch (Refusal gone) {
            LOG.info("a backup of machine {} is over: {}", machineId, gone.getMessage());
        }
        return on[0];
    }

    /**
     * Ends it, and lets libvirt forget what it was told.
     *
     * @param taken back: the checkpoint that came with it goes, too
     */
    void end(String machineId, Path socket, Optional<Checkpoint> taken) {
        calls.onDomain(machineId, "end a backup of", (machine, domain) -> {
            if (!domain.status().active()) {
                forget(domain);
                return;
            }
            if (socketOf(domain).filter(socket.toString()::equals).isPresent()) {
                abandon(domain);
            }
            taken.ifPresent(checkpoint -> remove(domain, checkpoint));
            forget(domain);
        });
    }

    /** Deletes the bitmaps of a checkpoint; one that is not there is gone already. */
    void removeCheckpoint(String machineId, Checkpoint checkpoint) {
        calls.onDomain(machineId, "remove a checkpoint of", (machine, domain) -> {
            remove(domain, checkpoint);
            forget(domain);
        });
    }

    private static void remove(Domain domain, Checkpoint checkpoint) {
        tell(domain, List.of(checkpoint));
        if (domain.checkpoints().names().contains(checkpoint.getCheckpointId())) {
            domain.checkpoints().delete(checkpoint.getCheckpointId());
        }
    }

    private static Map<String, String> targets(Machine machine, Domain domain, List<BackupDisk> disks) {
        DomainView view = DomainView.parse(domain.xml());
        Map<String, String> targets = new LinkedHashMap<>();
        for (BackupDisk disk : disks) {
            targets.put(disk.getDiskId(), DiskCalls.target(machine, view, disk.getDiskId()));
        }
        return targets;
    }

    /** QEMU has at the most one backup of a machine: what an agent that died has begun is ended. */
    private static void abandon(Domain domain) {
        if (socketOf(domain).isPresent()) {
            domain.jobs().abort();
        }
    }

    private static Optional<String> socketOf(Domain domain) {
        try {
            return Optional.of(Xml.attribute(Xml.document(domain.checkpoints().backupXml()), "server", "socket"));
        } catch (LibvirtException e) {
            if (e.is(ErrorCode.NO_DOMAIN_BACKUP) || e.is(ErrorCode.OPERATION_INVALID)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** One whose bitmaps are not there cannot be told; it is left out, and its disks are taken whole. */
    private static void tell(Domain domain, List<Checkpoint> checkpoints) {
        Map<String, String> targets = DomainView.parse(domain.xml()).diskTargets();
        List<String> known = domain.checkpoints().names();
        String parent = "";
        for (Checkpoint checkpoint : checkpoints) {
            String id = checkpoint.getCheckpointId();
            if (!known.contains(id)) {
                try {
                    domain.checkpoints()
                            .create(checkpointXml(checkpoint, parent, targets), CheckpointCreateFlag.REDEFINE);
                } catch (LibvirtException e) {
                    LOG.info("checkpoint {} of {} is of no use: {}", id, domain.name(), e.getMessage());
                    continue;
                }
            }
            parent = id;
        }
    }

    private static void forget(Domain domain) {
        for (String name : domain.checkpoints().names()) {
            try {
                domain.checkpoints().delete(name, CheckpointDeleteFlag.METADATA_ONLY);
            } catch (LibvirtException e) {
                LOG.warn("libvirt does not forget checkpoint {} of {}: {}", name, domain.name(), e.getMessage());
            }
        }
    }

    /** Whether something can be done about it: the disk of whose bitmap libvirt speaks is taken whole, or all are. */
    private static boolean takeWhole(
            BeginBackupRequest request, Map<String, String> targets, Map<String, String> full, LibvirtException e) {
        if (!e.is(ErrorCode.CHECKPOINT_INCONSISTENT)
                && !e.is(ErrorCode.NO_DOMAIN_CHECKPOINT)
                && !String.valueOf(e.getMessage()).contains("bitmap")) {
            return false;
        }
        Matcher named = DISK_IN_WORDS.matcher(String.valueOf(e.getMessage()));
        String target = named.find() ? named.group(1) : "";
        boolean changed = false;
        for (BackupDisk disk : request.getDisksList()) {
            boolean meant = !targets.containsValue(target) || target.equals(targets.get(disk.getDiskId()));
            if (meant && !disk.getSince().isEmpty()) {
                changed |= full.putIfAbsent(disk.getDiskId(), String.valueOf(e.getMessage())) == null;
            }
        }
        return changed;
    }

    private interface Writing {
        void write(XMLStreamWriter xml) throws XMLStreamException;
    }

    private static String written(Writing writing) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            writing.write(xml);
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing XML to memory", e);
        }
        return text.toString();
    }

    private static String document(
            BeginBackupRequest request,
            Domain domain,
            Map<String, String> targets,
            Map<String, String> full,
            Path socket,
            Path scratch) {
        Map<String, BackupDisk> byTarget = new HashMap<>();
        request.getDisksList().forEach(disk -> byTarget.put(targets.getOrDefault(disk.getDiskId(), ""), disk));
        Set<String> all = allTargets(domain);
        return written(xml -> {
            xml.writeStartElement("domainbackup");
            xml.writeAttribute("mode", "pull");
            xml.writeEmptyElement("server");
            xml.writeAttribute("transport", "unix");
            xml.writeAttribute("socket", socket.toString());
            xml.writeStartElement("disks");
            for (String target : all) {
                BackupDisk disk = byTarget.get(target);
                xml.writeStartElement("disk");
                xml.writeAttribute("name", target);
                if (disk == null) {
                    xml.writeAttribute("backup", "no");
                } else {
                    boolean incremental = !disk.getSince().isEmpty() && !full.containsKey(disk.getDiskId());
                    xml.writeAttribute("backup", "yes");
                    xml.writeAttribute("type", "file");
                    xml.writeAttribute("backupmode", incremental ? "incremental" : "full");
                    if (incremental) {
                        xml.writeAttribute("incremental", disk.getSince());
                        xml.writeAttribute("exportbitmap", disk.getDiskId());
                    }
                    xml.writeAttribute("exportname", disk.getDiskId());
                    xml.writeEmptyElement("scratch");
                    xml.writeAttribute(
                            "file", scratch.resolve(target + ".qcow2").toString());
                }
                xml.writeEndElement();
            }
            xml.writeEndElement();
            xml.writeEndElement();
        });
    }

    private static String noted(BeginBackupRequest request, Domain domain) {
        Checkpoint.Builder checkpoint = Checkpoint.newBuilder().setCheckpointId(request.getCheckpointId());
        request.getDisksList().stream()
                .filter(BackupDisk::getNoted)
                .forEach(disk -> checkpoint.addDiskIds(disk.getDiskId()));
        return checkpointXml(
                checkpoint.build(), "", DomainView.parse(domain.xml()).diskTargets());
    }

    private static String checkpointXml(Checkpoint checkpoint, String parent, Map<String, String> targets) {
        return written(xml -> {
            xml.writeStartElement("domaincheckpoint");
            element(xml, "name", checkpoint.getCheckpointId());
            if (!parent.isEmpty()) {
                xml.writeStartElement("parent");
                element(xml, "name", parent);
                xml.writeEndElement();
            }
            if (checkpoint.getCreatedS() > 0) {
                element(xml, "creationTime", Long.toString(checkpoint.getCreatedS()));
            }
            xml.writeStartElement("disks");
            for (Map.Entry<String, String> target : targets.entrySet()) {
                xml.writeEmptyElement("disk");
                xml.writeAttribute("name", target.getKey());
                if (checkpoint.getDiskIdsList().contains(target.getValue())) {
                    xml.writeAttribute("checkpoint", "bitmap");
                    xml.writeAttribute("bitmap", checkpoint.getCheckpointId());
                } else {
                    xml.writeAttribute("checkpoint", "no");
                }
            }
            xml.writeEndElement();
            xml.writeEndElement();
        });
    }

    private static void element(XMLStreamWriter xml, String name, String text) throws XMLStreamException {
        xml.writeStartElement(name);
        xml.writeCharacters(text);
        xml.writeEndElement();
    }

    /** All that have something in them: a CD drive may be empty, and libvirt wants none that is. */
    private static Set<String> allTargets(Domain domain) {
        var targets = new java.util.LinkedHashSet<String>();
        var document = Xml.document(domain.xml());
        for (var disk : Xml.children(Xml.child(document, "devices").orElse(document), "disk")) {
            if (Xml.child(disk, "source").isPresent()
                    && Xml.child(disk, "readonly").isEmpty()) {
                targets.add(Xml.attribute(disk, "target", "dev"));
            }
        }
        return targets;
    }
}
