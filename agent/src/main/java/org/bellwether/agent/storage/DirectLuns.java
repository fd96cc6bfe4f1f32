package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.protocol.Error;

/**
 * LUNs that machines have as disks, as they are. Each gets a link that bears its id, so that its path is the same on every
 * host, whatever the kernel calls it there, and tells which machines use it.
 */
final class DirectLuns {
    private static final String DIRECTORY = "luns";
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    private final ConnectedDomains connected;
    private final Luns luns;
    private final Lvm lvm;
    private final LunScan scan;
    private final Ownership ownership;
    private final Path tree;
    private final Predicate<String> inUse;

    /** @param tree where the links are: among those of block domains */
    DirectLuns(
            ConnectedDomains connected,
            Luns luns,
            Lvm lvm,
            LunScan scan,
            Ownership ownership,
            Path tree,
            Predicate<String> inUse) {
        this.connected = connected;
        this.luns = luns;
        this.lvm = lvm;
        this.scan = scan;
        this.ownership = ownership;
        this.tree = tree;
        this.inUse = inUse;
    }

    /** What QEMU needs to open it; a LUN that the host or a storage domain uses is refused. */
    PreparedVolume prepare(String id) {
        if (!ID.matcher(id).matches()) {
            throw Refusal.badRequest("'" + id + "' is no id of a LUN");
        }
        return connected.named(DIRECTORY).call("prepare LUN " + id, ConnectedDomains.LONG, () -> {
            Luns.Lun lun = find(id);
            if (lun.held()) {
                throw inUse(id, "the host itself uses it");
            }
            lvm.physicals().stream()
                    .filter(physical -> physical.device().equals(lun.device()) && BlockDomains.owns(physical))
                    .findFirst()
                    .ifPresent(physical -> {
                        throw inUse(id, "it is a part of the storage domain " + physical.group());
                    });
            return new PreparedVolume(link(lun), false, false, true);
        });
    }

    /** A LUN that came since the host last looked is looked for. */
    private Luns.Lun find(String id) {
        Optional<Luns.Lun> known =
                luns.all().stream().filter(lun -> lun.id().equals(id)).findFirst();
        if (known.isEmpty()) {
            scan.run();
        }
        return known.orElseGet(() -> luns.require(id));
    }

    private static Refusal inUse(String id, String why) {
        return Refusal.of(Error.Code.IN_USE, "LUN " + id + " cannot be a machine's disk")
                .because(why);
    }

    private Path link(Luns.Lun lun) throws IOException {
        Path directory = Files.createDirectories(tree.resolve(DIRECTORY));
        Path device = Path.of(lun.device());
        Path link = directory.resolve(lun.id());
        if (!Files.isSymbolicLink(link) || !Files.readSymbolicLink(link).equals(device)) {
            Path draft = directory.resolve("." + lun.id());
            Files.deleteIfExists(draft);
            Files.createSymbolicLink(draft, device);
            Files.move(draft, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        ownership.give(link.toRealPath(), Ownership.DATA);
        return link;
    }

    /** The sessions of those that machines run with, which must stay. */
    Set<Integer> sessions() {
        Set<Integer> needed = new HashSet<>();
        List<String> used = Luns.list(tree.resolve(DIRECTORY)).stream()
                .map(link -> String.valueOf(link.getFileName()))
                .filter(id -> inUse.test("/" + DIRECTORY + "/" + id))
                .toList();
        luns.all().stream().filter(lun -> used.contains(lun.id())).forEach(lun -> needed.addAll(lun.sessions()));
        return needed;
    }
}
