package org.bellwether.agent.storage;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bellwether.agent.platform.AtomicFile;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.platform.Undo;
import org.bellwether.protocol.DomainClass;
import org.bellwether.protocol.DomainDescription;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.UpdateDomainRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Storage domains on files in the V5 layout. Each call is made on the lane of the domain's mount. */
final class Domains {
    private static final Logger LOG = LoggerFactory.getLogger(Domains.class);
    private static final int VERSION = 5;
    private static final int MAILBOX_BYTES = 16 << 20;
    private static final String UNFINISHED_PREFIX = ".bellwether-unfinished-";

    private final Ownership ownership;
    private final Clock clock;
    private final BlockDomains block;
    private final int ioTimeout;

    /** @param ioTimeout seconds in which sanlock expects storage to answer, for fresh lockspaces */
    Domains(Ownership ownership, Clock clock, BlockDomains block, int ioTimeout) {
        this.ownership = ownership;
        this.clock = clock;
        this.block = block;
        this.ioTimeout = ioTimeout;
    }

    /** What only domains on block storage have. */
    BlockDomains block() {
        return block;
    }

    /** As the other creation, in a volume group of these LUNs. */
    DomainDescription create(
            Mount mount, String id, String name, DomainClass domainClass, List<String> luns, boolean overwrite)
            throws IOException {
        if (!mount.block()) {
            return create(mount, id, name, domainClass);
        }
        DomainMetadata.checkedName(name);
        if (domainClass != DomainClass.DATA && domainClass != DomainClass.DOMAIN_CLASS_UNSPECIFIED) {
            throw Refusal.badRequest("A storage domain on block storage is one for data");
        }
        DomainPlace place = mount.domain(id);
        block.create(place, metadata(mount, id, name, domainClass).with("REMOTE_PATH", null), luns, overwrite);
        return describe(place);
    }

    /**
     * Lays out a domain beside its final name and renames it there when it is complete, so that no half-made domain is
     * ever seen. Repeating it finds the domain and answers the same.
     */
    DomainDescription create(Mount mount, String id, String name, DomainClass domainClass) throws IOException {
        DomainPlace place = mount.domain(id);
        if (Files.exists(place.metadata())) {
            return describe(place);
        }
        DomainMetadata.checkedName(name);
        refuseSecond(mount, id);
        Path unfinished = mount.point().resolve(UNFINISHED_PREFIX + id);
        deleteTree(unfinished);
        try (Undo undo = new Undo()) {
            undo.add("remove half-made domain " + unfinished, () -> deleteTree(unfinished));
            layOut(new DomainPlace(unfinished, id, mount.local()), metadata(mount, id, name, domainClass));
            Files.move(unfinished, place.root(), StandardCopyOption.ATOMIC_MOVE);
            AtomicFile.forceDirectory(mount.point());
            undo.keep();
        }
        LOG.info("created storage domain {} ({}) on {}", name, id, mount.source());
        return describe(place);
    }

    DomainDescription describe(DomainPlace place) throws IOException {
        DomainMetadata metadata = read(place);
        return DomainDescription.newBuilder()
                .setDomainId(place.id())
                .setName(metadata.value("DESCRIPTION").orElse(""))
                .setDomainClass(
                        switch (metadata.value("CLASS").orElse("")) {
                            case "Data" -> DomainClass.DATA;
                            case "Iso" -> DomainClass.ISO;
                            case "Backup" -> DomainClass.EXPORT;
                            default -> DomainClass.DOMAIN_CLASS_UNSPECIFIED;
                        })
                .setVersion((int) metadata.number("VERSION"))
                .setPoolId(metadata.value("POOL_UUID").orElse(""))
                .setPoolDescription(metadata.value("POOL_DESCRIPTION").orElse(""))
                .setMaster(metadata.value("ROLE").orElse("").equalsIgnoreCase("Master"))
                .setMasterVersion((int) metadata.number("MASTER_VERSION"))
                .setBlockSize((int) metadata.number("BLOCK_SIZE"))
                .setAlignment(metadata.number("ALIGNMENT"))
                .addAllLuns(place.block() ? block.reports().describe(place.id()) : List.of())
                .build();
    }

    /** Domains whose metadata is in order; one that is not is named in the log and left out. */
    List<DomainDescription> list(Mount mount) throws IOException {
        List<DomainDescription> domains = new ArrayList<>();
        for (String id : mount.block() ? block.ids() : idsOn(mount.point())) {
            try {
                domains.add(describe(mount.domain(id)));
            } catch (Refusal e) {
                LOG.warn("storage domain {} on {} cannot be used: {}", id, mount.source(), e.getMessage());
            }
        }
        return domains;
    }

    /** Changes what the request names, in one atomic write; what is already so stays. */
    DomainDescription update(Mount mount, UpdateDomainRequest request) throws IOException {
        DomainPlace place = mount.domain(request.getDomainId());
        DomainMetadata before = read(place);
        DomainMetadata after = changed(before, request);
        if (request.hasMaster() && request.getMaster() && !place.block()) {
            makeMasterTree(place);
        }
        if (!after.checksum().equals(before.checksum())) {
            write(place, after);
            LOG.info("updated the metadata of storage domain {}", place.id());
        }
        return describe(place);
    }

    /** Deletes all that is on the domain; the metadata goes first, so that a domain half deleted is none any more. */
    void format(Mount mount, String id) throws IOException {
        DomainPlace place = mount.domain(id);
        if (place.block()) {
            block.format(place);
            return;
        }
        if (!Files.exists(place.root(), LinkOption.NOFOLLOW_LINKS)) {
            deleteTree(mount.point().resolve(UNFINISHED_PREFIX + id));
            return;
        }
        if (Files.exists(place.metadata())) {
            DomainMetadata metadata = read(place);
            String pool = metadata.value("POOL_UUID").orElse("");
            if (!pool.isEmpty()) {
                throw Refusal.of(
                                Error.Code.IN_USE,
                                "Storage domain " + id + " is not formatted: it is attached to data center " + pool)
                        .next("Detach it first.");
            }
        }
        Path unfinished = mount.point().resolve(UNFINISHED_PREFIX + id);
        deleteTree(unfinished);
        Files.move(place.root(), unfinished, StandardCopyOption.ATOMIC_MOVE);
        deleteTree(unfinished);
        LOG.info("formatted storage domain {} on {}", id, mount.source());
    }

    /** Removes images whose deletion was begun and not ended. */
    void sweep(DomainPlace place) throws IOException {
        // Several hosts at once must not change a volume group, so there nobody sweeps.
        if (place.block() || !Files.isDirectory(place.images())) {
            return;
        }
        List<Path> removed;
        try (Stream<Path> names = Files.list(place.images())) {
            removed = names.filter(path -> path.getFileName().toString().startsWith(DomainPlace.REMOVED_PREFIX))
                    .toList();
        }
        for (Path image : removed) {
            deleteTree(image);
            LOG.info("removed {} left by a deletion that did not end", image);
        }
    }

    DomainMetadata read(DomainPlace place) throws IOException {
        if (place.block()) {
            return block.read(place);
        }
        byte[] content;
        try {
            content = Files.readAllBytes(place.metadata());
        } catch (NoSuchFileException e) {
            throw Refusal.notFound("There is no storage domain " + place.id() + " at " + place.root())
                    .next("Check that the right storage is connected.");
        }
        DomainMetadata metadata = DomainMetadata.parse(content, "storage domain " + place.id());
        String written = metadata.value("SDUUID").orElse("");
        if (!written.equals(place.id())) {
            throw Refusal.broken(
                    "The directory of storage domain " + place.id() + " holds the metadata of \"" + written + "\"");
        }
        return metadata;
    }

    /** Refuses what this agent cannot change: another version or another sector size than it writes. */
    void requireOurs(DomainPlace place) throws IOException {
        DomainMetadata metadata = read(place);
        if (metadata.number("VERSION") != VERSION) {
            throw Refusal.wrongState("Storage domain " + place.id() + " has format V" + metadata.number("VERSION")
                            + "; only V5 is changed by this agent")
                    .next("Activate it once in an oVirt or OLVM data center of level 4.3 or newer, which converts it.");
        }
        long block = metadata.number("BLOCK_SIZE");
        long alignment = metadata.number("ALIGNMENT");
        if (block != LeaseArea.SECTOR || alignment != LeaseArea.ALIGNMENT) {
            throw Refusal.wrongState("Storage domain " + place.id() + " has " + block
                    + "-byte sectors and lease slots of " + alignment + " bytes, which this agent does not write");
        }
    }

    static List<String> idsOn(Path mountPoint) throws IOException {
        try (Stream<Path> names = Files.list(mountPoint)) {
            return names.filter(path -> Ids.valid(path.getFileName().toString()))
                    .filter(path -> Files.isDirectory(path.resolve("dom_md")))
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // another host removes the same leftovers
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null && !(failure instanceof NoSuchFileException)) {
                    throw failure;
                }
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void refuseSecond(Mount mount, String id) throws IOException {
        for (String other : idsOn(mount.point())) {
            throw Refusal.wrongState("Storage domain " + id + " is not created: " + mount.source()
                            + " already holds storage domain " + other)
                    .next("A mount holds one storage domain. Import that one, or give another path.");
        }
    }

    private DomainMetadata metadata(Mount mount, String id, String name, DomainClass domainClass) {
        return DomainMetadata.of(Map.ofEntries(
                Map.entry("ALIGNMENT", Integer.toString(LeaseArea.ALIGNMENT)),
                Map.entry("BLOCK_SIZE", Integer.toString(LeaseArea.SECTOR)),
                Map.entry(
                        "CLASS",
                        switch (domainClass) {
                            case DATA, DOMAIN_CLASS_UNSPECIFIED, UNRECOGNIZED -> "Data";
                            case ISO -> "Iso";
                            case EXPORT -> "Backup";
                        }),
                Map.entry("DESCRIPTION", name),
                Map.entry("IOOPTIMEOUTSEC", "10"),
                Map.entry("LEASERETRIES", "3"),
                Map.entry("LEASETIMESEC", "60"),
                Map.entry("LOCKPOLICY", ""),
                Map.entry("LOCKRENEWALINTERVALSEC", "5"),
                Map.entry("POOL_UUID", ""),
                Map.entry("REMOTE_PATH", mount.source()),
                Map.entry("ROLE", "Regular"),
                Map.entry("SDUUID", id),
                Map.entry("TYPE", mount.domainType()),
                Map.entry("VERSION", Integer.toString(VERSION))));
    }

    private void layOut(DomainPlace place, DomainMetadata metadata) throws IOException {
        Path dom = place.root().resolve("dom_md");
        directory(place.root());
        directory(dom);
        directory(place.images());
        if (metadata.value("CLASS").orElse("").equals("Iso")) {
            directory(place.images().resolve(IsoFiles.IMAGE));
        }
        file(dom.resolve("ids"), LeaseArea.lockspace(place.id(), ioTimeout), 0, LeaseArea.ALIGNMENT);
        file(
                dom.resolve("leases"),
                LeaseArea.resource(place.id(), "SDM"),
                LeaseArea.ALIGNMENT,
                2L * LeaseArea.ALIGNMENT);
        file(dom.resolve("inbox"), new byte[0], 0, MAILBOX_BYTES);
        file(dom.resolve("outbox"), new byte[0], 0, MAILBOX_BYTES);
        if (!place.local()) {
            byte[] index = LeaseIndex.empty(place.id(), clock.instant().getEpochSecond());
            file(dom.resolve("xleases"), index, LeaseArea.ALIGNMENT, LeaseArea.ALIGNMENT + (long) index.length);
        }
        write(place, metadata);
    }

    private void write(DomainPlace place, DomainMetadata metadata) throws IOException {
        if (place.block()) {
            block.write(place, metadata);
            return;
        }
        AtomicFile.write(place.metadata(), metadata.render(), Ownership.TEXT);
        ownership.give(place.metadata(), Ownership.TEXT);
    }

    private void makeMasterTree(DomainPlace place) throws IOException {
        Path master = place.root().resolve("master");
        for (Path path : List.of(master, master.resolve("vms"), master.resolve("tasks"))) {
            if (!Files.isDirectory(path)) {
                directory(path);
            }
        }
    }

    private void directory(Path path) throws IOException {
        Files.createDirectory(path);
        ownership.give(path, Ownership.DIRECTORY);
    }

    private void file(Path path, byte[] content, long offset, long length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(length);
            file.seek(offset);
            file.write(content);
            file.getFD().sync();
        }
        ownership.give(path, Ownership.DATA);
    }

    private static DomainMetadata changed(DomainMetadata before, UpdateDomainRequest request) {
        DomainMetadata after = before;
        if (request.hasName()) {
            after = after.with("DESCRIPTION", DomainMetadata.checkedName(request.getName()));
        }
        if (request.hasPoolId()) {
            String pool = request.getPoolId().isEmpty() ? "" : Ids.checked("data center", request.getPoolId());
            String now = before.value("POOL_UUID").orElse("");
            if (!pool.isEmpty() && !now.isEmpty() && !now.equals(pool)) {
                throw Refusal.of(
                                Error.Code.IN_USE,
                                "Storage domain " + request.getDomainId() + " is attached to another data center, "
                                        + now)
                        .next("Detach it there first; if that data center is no more, detach it here and attach it"
                                + " again.");
            }
            after = after.with("POOL_UUID", pool);
            if (pool.isEmpty()) {
                after = after.with("ROLE", "Regular");
            }
        }
        if (request.hasPoolDescription()) {
            after = after.with("POOL_DESCRIPTION", DomainMetadata.checkedName(request.getPoolDescription()));
        }
        if (request.hasMaster()) {
            after = after.with("ROLE", request.getMaster() ? "Master" : "Regular");
            if (request.getMaster()) {
                after = after.with("LOCKPOLICY", "ON")
                        .withDefault("POOL_DESCRIPTION", "Default")
                        .withDefault("POOL_DOMAINS", request.getDomainId() + ":Active")
                        .withDefault("POOL_SPM_ID", "-1")
                        .withDefault("POOL_SPM_LVER", "-1")
                        .withDefault("MASTER_VERSION", "1");
            }
        }
        if (request.hasMasterVersion()) {
            after = after.with("MASTER_VERSION", Integer.toUnsignedString(request.getMasterVersion()));
        }
        return after;
    }
}
