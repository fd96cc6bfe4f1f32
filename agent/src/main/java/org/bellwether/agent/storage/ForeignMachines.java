package org.bellwether.agent.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.platform.Xml;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.Domain;
import org.bellwether.libvirt.Libvirt;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.libvirt.flags.XmlFlag;
import org.bellwether.protocol.ArchiveDescription;
import org.bellwether.protocol.ArchivedFile;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.ForeignMachine;
import org.w3c.dom.Element;

/** Machines of a libvirt that no engine of ours looks after: this host's own, or another host's. Nothing is changed there. */
final class ForeignMachines {
    /** What libvirt takes in a URI can start any program; only plain ones pass. */
    private static final Pattern PLAIN = Pattern.compile(
            "qemu(?:\\+(?:tcp|tls|ssh)://(?:[A-Za-z0-9_][A-Za-z0-9._-]{0,63}@)?(?:[A-Za-z0-9][A-Za-z0-9.-]{0,253}|\\[[0-9A-Fa-f:]{2,45}\\])(?::\\d{1,5})?|:(?://)?)/system");

    private ForeignMachines() {}

    /** A disk as the machine has it. */
    private record Disk(String path, String format) {}

    private static Connection open(String uri) {
        if (!PLAIN.matcher(uri).matches()) {
            throw Refusal.badRequest("The libvirt at '" + uri.replaceAll("\\p{Cntrl}", "?") + "' is not asked")
                    .because("it must be qemu:///system of this host, or qemu+ssh, qemu+tls or qemu+tcp://HOST/system")
                    .next("Leave out everything else; keys for ssh belong to the host's root.");
        }
        try {
            return Libvirt.open(uri);
        } catch (LibvirtException e) {
            throw Refusal.of(Error.Code.UNREACHABLE, "The libvirt at " + uri + " does not answer")
                    .because(String.valueOf(e.getMessage()))
                    .next("See whether this host can reach it: virsh -c " + uri + " list");
        }
    }

    private static boolean here(String uri) {
        return uri.startsWith("qemu:");
    }

    private static Domain find(Connection connection, String name) {
        List<String> names = new ArrayList<>();
        Domain wanted = null;
        for (Domain domain : connection.domains()) {
            if (wanted == null && domain.name().equals(name)) {
                wanted = domain;
            } else {
                names.add(domain.name());
                domain.close();
            }
        }
        if (wanted == null) {
            throw Refusal.notFound("The libvirt at " + connection.uri() + " has no machine called '" + name + "'")
                    .because(names.isEmpty() ? "it has none" : "it has " + String.join(", ", names));
        }
        return wanted;
    }

    /** The machine's document in place of an OVF, and its disks. */
    static ArchiveDescription inspect(ForeignMachine place) {
        try (Connection connection = open(place.getUri());
                Domain domain = find(connection, place.getName())) {
            requireOff(domain, place);
            String xml = domain.xml(XmlFlag.INACTIVE);
            var described = ArchiveDescription.newBuilder().setOvf(xml);
            for (Disk disk : disks(xml)) {
                described.addFiles(look(domain, disk));
            }
            return described.build();
        } catch (LibvirtException e) {
            throw refused(place, e);
        }
    }

    private static ArchivedFile look(Domain domain, Disk disk) {
        var file = ArchivedFile.newBuilder().setName(disk.path());
        try {
            var info = domain.disks().info(disk.path());
            return file.setFormat(disk.format())
                    .setBytes(info.physical())
                    .setCapacityBytes(info.capacity())
                    .build();
        } catch (LibvirtException e) {
            return file.setTrouble(String.valueOf(e.getMessage())).build();
        }
    }

    private static void requireOff(Domain domain, ForeignMachine place) {
        if (domain.isActive()) {
            throw Refusal.wrongState("The machine " + place.getName() + " runs on the libvirt at " + place.getUri())
                    .next("Shut it down there first: its disks change while they would be read.");
        }
    }

    private static Refusal refused(ForeignMachine place, LibvirtException e) {
        return Refusal.of(Error.Code.REFUSED, "The libvirt at " + place.getUri() + " refused")
                .because(String.valueOf(e.getMessage()));
    }

    private static List<Disk> disks(String xml) {
        List<Disk> disks = new ArrayList<>();
        Xml.child(Xml.document(xml), "devices").stream()
                .flatMap(devices -> Xml.children(devices, "disk").stream())
                .filter(disk -> disk.getAttribute("device").isEmpty()
                        || disk.getAttribute("device").equals("disk"))
                .forEach(disk -> disks.add(disk(disk)));
        return disks;
    }

    private static Disk disk(Element disk) {
        String path = Xml.attribute(disk, "source", "file");
        String device = Xml.attribute(disk, "source", "dev");
        String format = Xml.attribute(disk, "driver", "type");
        return new Disk(path.isEmpty() ? device : path, format.isEmpty() ? "raw" : format);
    }

    /**
     * Brings one of the machine's disks here.
     *
     * @param to a file that is to be made
     * @param wanted as which it is to be written
     * @param capacity the most that a guest may see of it
     */
    static void fetch(
            ForeignMachine place, String path, Path to, VolumeMetadata.Format wanted, long capacity, ChildWork work)
            throws IOException, InterruptedException {
        Disk disk;
        try (Connection connection = open(place.getUri());
                Domain domain = find(connection, place.getName())) {
            requireOff(domain, place);
            disk = disks(domain.xml(XmlFlag.INACTIVE)).stream()
                    .filter(each -> each.path().equals(path))
                    .findFirst()
                    .orElseThrow(() -> Refusal.notFound("The machine " + place.getName() + " has no disk " + path));
            if (!here(place.getUri())) {
                download(connection, disk, to, wanted, capacity, work);
                return;
            }
        } catch (LibvirtException e) {
            throw refused(place, e);
        }
        work.run(
                QemuImg.command("convert", "-p", "-f", disk.format(), "-O", QemuImg.name(wanted), path, to.toString()),
                "qemu-img could not copy the disk " + path,
                0,
                1);
    }

    /** The file as it is there; what it says of other files is refused, for they are not here. */
    private static void download(
            Connection connection, Disk disk, Path to, VolumeMetadata.Format wanted, long capacity, ChildWork work)
            throws IOException {
        if (!disk.format().equals(QemuImg.name(wanted))) {
            throw Refusal.badRequest(
                    "The disk " + disk.path() + " comes as " + disk.format() + " and not as " + QemuImg.name(wanted));
        }
        // A logical volume is there already, and what it held before must be written over.
        boolean holes = !Files.exists(to);
        try (FileChannel out =
                FileChannel.open(to, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long[] at = {0};
            connection.downloadVolume(disk.path(), bytes -> {
                if (work.cancelled()) {
                    throw Refusal.wrongState("It was cancelled");
                }
                try {
                    at[0] += write(out, at[0], bytes, holes);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            if (holes && out.size() < at[0]) {
                out.write(ByteBuffer.allocate(1), at[0] - 1);
            }
            if (wanted == VolumeMetadata.Format.COW) {
                out.force(true);
                UntrustedImage.requireHarmless(to, "", capacity);
            }
            out.force(true);
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** @param holes whether zeroes need not be written */
    private static int write(FileChannel out, long at, byte[] bytes, boolean holes) throws IOException {
        boolean zero = holes;
        for (byte each : bytes) {
            if (each != 0) {
                zero = false;
                break;
            }
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (!zero && buffer.hasRemaining()) {
            out.write(buffer, at + buffer.position());
        }
        return bytes.length;
    }
}
