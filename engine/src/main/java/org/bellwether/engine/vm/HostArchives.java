package org.bellwether.engine.vm;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.ImageCopies;
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.protocol.ArchiveDescription;
import org.bellwether.protocol.ArchivePlace;
import org.bellwether.protocol.ExportArchiveRequest;
import org.bellwether.protocol.ExportedDisk;
import org.bellwether.protocol.ForeignMachine;
import org.bellwether.protocol.ImportImageRequest;
import org.bellwether.protocol.MeasuredImage;
import org.bellwether.protocol.VolumeFormat;

/** Archives of machines (OVA) as hosts read and write them: in a directory of the host, or on a raw disk. */
final class HostArchives {

    private static final Duration HOST_PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK_LIMIT = Duration.ofMinutes(3);

    private final Agents agents;
    private final Disks disks;
    private final StorageDomains domains;
    private final Volumes volumes;
    private final ImageCopies tasks;

    HostArchives(Agents agents, Disks disks, StorageDomains domains, Volumes volumes, ImageCopies tasks) {
        this.agents = agents;
        this.disks = disks;
        this.domains = domains;
        this.volumes = volumes;
        this.tasks = tasks;
    }

    /** A machine of a libvirt that is not the engine's. */
    record Foreign(String uri, String name) {}

    /** Where an archive lies, or what stands for one; exactly one of the three. */
    record Place(Optional<String> file, Optional<Id<Disk>> disk, Optional<Foreign> machine) {
        static Place of(String file) {
            return new Place(Optional.of(file), Optional.empty(), Optional.empty());
        }

        static Place of(Id<Disk> disk) {
            return new Place(Optional.empty(), Optional.of(disk), Optional.empty());
        }

        static Place of(Foreign machine) {
            return new Place(Optional.empty(), Optional.empty(), Optional.of(machine));
        }

        String words() {
            return file.map(path -> "the file " + path)
                    .or(() -> disk.map(id -> "the disk " + id))
                    .or(() -> machine.map(each -> each.name() + " on " + each.uri()))
                    .orElseThrow();
        }
    }

    private ArchivePlace place(Place place) {
        var told = ArchivePlace.newBuilder();
        place.file().ifPresent(told::setFile);
        place.disk().ifPresent(disk -> told.setVolume(volumes.request(disks.get(disk))));
        place.machine()
                .ifPresent(each -> told.setMachine(
                        ForeignMachine.newBuilder().setUri(each.uri()).setName(each.name())));
        return told.build();
    }

    private StorageDomain domain(Disk disk) {
        return disk.domainId()
                .map(domains::get)
                .orElseThrow(() -> Failure.conflict("The disk " + disk.name() + " lies on no storage domain"));
    }

    ArchiveDescription inspect(Id<Host> host, Place place) {
        var where = place(place);
        return agents.of(host.value(), HOST_PATIENCE).ask(LOOK_LIMIT, agent -> agent.inspectArchive(where));
    }

    /** Makes a disk of one in the archive, and returns when it is there. */
    void take(Id<Host> host, String task, Place place, String file, long capacity, Disk disk) {
        var request = ImportImageRequest.newBuilder()
                .setTaskId(task)
                .setArchive(place(place))
                .setFile(file)
                .setDestinationConnection(Volumes.connection(domain(disk)))
                .setDestination(Volumes.reference(disk))
                .setFormat(disk.format() == Disk.Format.COW ? VolumeFormat.QCOW2 : VolumeFormat.RAW)
                .setPreallocated(!disk.sparse())
                .setDescription(Volumes.description(disk))
                .setCapacityBytes(capacity)
                .build();
        tasks.complete(host, task, agent -> agent.importImage(request));
    }

    MeasuredImage measure(Id<Host> host, Disk disk) {
        var volume = volumes.request(disk);
        return agents.of(host.value(), HOST_PATIENCE).ask(LOOK_LIMIT, agent -> agent.measureImage(volume));
    }

    /** A disk as it goes into an archive. */
    record Packed(Id<Disk> disk, String file, long qcow2Bytes, long capacityBytes) {}

    /** Writes an archive, and returns when it is there. */
    void write(Id<Host> host, String task, Place place, String ovf, List<Packed> packed) {
        var request = ExportArchiveRequest.newBuilder()
                .setTaskId(task)
                .setArchive(place(place))
                .setOvf(ovf);
        for (var each : packed) {
            request.addDisks(ExportedDisk.newBuilder()
                    .setSource(volumes.request(disks.get(each.disk())))
                    .setFile(each.file())
                    .setQcow2Bytes(each.qcow2Bytes()));
        }
        var whole = request.build();
        tasks.complete(host, task, agent -> agent.exportArchive(whole));
    }

    /** Ends what may be under way of a task, and waits until the host has taken it back. */
    void cancel(Id<Host> host, String task) {
        tasks.cancel(host, task);
    }
}
