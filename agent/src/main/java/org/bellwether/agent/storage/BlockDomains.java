package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Storage domains as volume groups in the V5 layout: the text is in the group's tags, leases and slots are in volumes of
 * special names. Only one host at a time may change a group; the engine sees to that.
 */
final class BlockDomains {
    private static final Logger LOG = LoggerFactory.getLogger(BlockDomains.class);
    static final String READY = "RHAT_storage_domain";
    private static final String UNREADY = "RHAT_storage_domain_UNREADY";
    private static final long MIB = 1L << 20;
    private static final long SMALLEST = 10L << 30;
    private static final long MOST_LUNS = 10;
    private static final Duration FORMATTING = Duration.ofMinutes(2);

    /** In the order in which they are made; MiB. */
    private static final List<Special> SPECIALS = List.of(
            new Special("metadata", 128),
            new Special("ids", 8),
            new Special("inbox", 16),
            new Special("outbox", 16),
            new Special("leases", 2048),
            new Special("xleases", 1024),
            new Special("master", 1024));

    private record Special(String name, long mebibytes) {}

    private final Lvm lvm;
    private final Luns luns;
    private final Ownership ownership;
    private final Clock clock;

    BlockDomains(Lvm lvm, Luns luns, Ownership ownership, Clock clock) {
        this.lvm = lvm;
        this.luns = luns;
        this.ownership = ownership;
        this.clock = clock;
    }

    static BlockDomains ofThisHost(Ownership ownership, Clock clock) {
        Luns luns = new Luns();
        return new BlockDomains(new Lvm(luns::devices), luns, ownership, clock);
    }

    /** Its LUNs, and all others of this host, as the engine is told of them. */
    LunReports reports() {
        return new LunReports(lvm, luns, this);
    }

    /** Whether a storage domain has it, also one that is being made or taken down. */
    static boolean owns(Lvm.Physical physical) {
        return physical.groupTags().contains(READY) || physical.groupTags().contains(UNREADY);
    }

    /** Ids of the domains on the LUNs that this host sees. */
    List<String> ids() {
        return lvm.groups().stream()
                .filter(group -> group.tags().contains(READY) && Ids.valid(group.name()))
                .map(Lvm.Group::name)
                .sorted()
                .toList();
    }

    DomainMetadata read(DomainPlace place) {
        return DomainTags.read(require(place.id()));
    }

    private Lvm.Group require(String id) {
        return lvm.group(id)
                .filter(group -> group.tags().contains(READY))
                .orElseThrow(
                        () -> Refusal.notFound("There is no storage domain " + id + " on the LUNs that this host sees")
                                .next("Check that the host is logged in to its targets."));
    }

    /** One change of the group: all lines of the text that differ. */
    void write(DomainPlace place, DomainMetadata metadata) {
        Lvm.Group group = require(place.id());
        Set<String> wanted = DomainTags.of(metadata);
        List<String> words = new ArrayList<>();
        for (String tag : group.tags()) {
            if (tag.startsWith(DomainTags.LINE) && !wanted.contains(tag)) {
                words.addAll(List.of("--deltag", tag));
            }
        }
        for (String tag : wanted) {
            if (!group.tags().contains(tag)) {
                words.addAll(List.of("--addtag", tag));
            }
        }
        if (!words.isEmpty()) {
            words.add(place.id());
            lvm.run("vgchange", words);
        }
    }

    /** The group, whose text agrees with its checksum. */
    Lvm.Group proved(DomainPlace place) {
        Lvm.Group group = require(place.id());
        DomainTags.read(group);
        return group;
    }

    /** The LUNs of a domain. */
    List<Luns.Lun> luns(String id) {
        Map<String, Luns.Lun> byDevice = new HashMap<>();
        luns.all().forEach(lun -> byDevice.put(lun.device(), lun));
        return lvm.physicals().stream()
                .filter(physical -> physical.group().equals(id))
                .flatMap(physical -> Optional.ofNullable(byDevice.get(physical.device())).stream())
                .toList();
    }

    /**
     * Makes a group of the LUNs and lays the domain out in it. It is none until all is there: what a crash left is made
     * anew by the repetition.
     */
    void create(DomainPlace place, DomainMetadata metadata, List<String> lunIds, boolean overwrite) throws IOException {
        Optional<Lvm.Group> present = lvm.group(place.id());
        if (present.isPresent() && present.get().tags().contains(READY)) {
            open(place);
            return;
        }
        if (present.isPresent()) {
            lvm.run("vgremove", "--yes", "--force", place.id());
        }
        List<Luns.Lun> chosen = chosen(lunIds, overwrite, present.isPresent());
        if (chosen.stream().mapToLong(Luns.Lun::bytes).sum() < SMALLEST) {
            throw Refusal.badRequest("The LUNs are too small for a storage domain")
                    .because("together they have less than 10 GiB");
        }
        List<String> devices = chosen.stream().map(Luns.Lun::device).toList();
        // The group's metadata is on its first LUN alone, as oVirt has it.
        initialise(devices.subList(0, 1), overwrite || present.isPresent(), "n");
        if (devices.size() > 1) {
            initialise(devices.subList(1, devices.size()), overwrite || present.isPresent(), "y");
        }
        List<String> words = new ArrayList<>(
                List.of("--physicalextentsize", "128m", "--setautoactivation", "n", "--addtag", UNREADY, place.id()));
        words.addAll(devices);
        lvm.run("vgcreate", words);
        try {
            layOut(place);
            Lvm.Group group = lvm.group(place.id()).orElseThrow();
            DomainMetadata complete = mapped(metadata.with("VGUUID", group.uuid()), place.id());
            words = new ArrayList<>(List.of("--deltag", UNREADY, "--addtag", READY));
            for (String tag : DomainTags.of(complete)) {
                words.addAll(List.of("--addtag", tag));
            }
            words.add(place.id());
            lvm.run("vgchange", words);
        } catch (IOException | RuntimeException e) {
            undo(place, devices);
            throw e;
        }
        show(place);
        LOG.info("created storage domain {} on {}", place.id(), devices);
    }

    private void undo(DomainPlace place, List<String> devices) {
        try {
            lvm.run("vgremove", "--yes", "--force", place.id());
            List<String> words = new ArrayList<>(List.of("--yes", "--force"));
            words.addAll(devices);
            lvm.run("pvremove", words);
        } catch (Refusal e) {
            LOG.warn("the half-made volume group {} stays: {}", place.id(), e.getMessage());
        }
    }

    private List<Luns.Lun> chosen(List<String> ids, boolean overwrite, boolean again) {
        if (ids.isEmpty() || ids.size() > MOST_LUNS || new HashSet<>(ids).size() != ids.size()) {
            throw Refusal.badRequest("A block storage domain needs 1 to " + MOST_LUNS + " different LUNs");
        }
        List<Luns.Lun> chosen = ids.stream().map(luns::require).toList();
        Map<String, Lvm.Physical> physicals = new HashMap<>();
        lvm.physicals().forEach(physical -> physicals.put(physical.device(), physical));
        for (Luns.Lun lun : chosen) {
            Lvm.Physical physical = physicals.get(lun.device());
            if (lun.ownUse()) {
                throw inUse(lun, "the host itself uses it");
            }
            if (physical != null && !physical.group().isEmpty()) {
                throw inUse(lun, "it belongs to the volume group " + physical.group());
            }
            String signature = physical == null ? LunReports.signature(lun) : "LVM";
            if (!signature.isEmpty() && !overwrite && !again) {
                throw inUse(lun, "it holds data (" + signature + ")")
                        .next("If that may be lost, ask to overwrite it (override_luns).");
            }
        }
        return chosen;
    }

    private static Refusal inUse(Luns.Lun lun, String why) {
        return Refusal.of(Error.Code.IN_USE, "LUN " + lun.id() + " is not taken")
                .because(why);
    }

    /** @param ignored y or n: whether LVM leaves the room for metadata on them empty */
    private void initialise(List<String> devices, boolean overwrite, String ignored) {
        if (overwrite) {
            for (String device : devices) {
                Command.of("wipefs", "--all", "--force", device).run(Duration.ofSeconds(60));
            }
        }
        List<String> words = new ArrayList<>(
                List.of("--yes", "--metadatasize", "128m", "--metadatacopies", "2", "--metadataignore", ignored));
        words.addAll(devices);
        lvm.run("pvcreate", words);
    }

    private void layOut(DomainPlace place) throws IOException {
        for (Special special : SPECIALS) {
            lvm.create(place.id(), special.name, special.mebibytes * MIB, List.of());
        }
        BlockDevice.zero(device(place, "metadata"), 0, 17 * MIB);
        BlockDevice.zero(device(place, "inbox"), 0, MIB);
        BlockDevice.zero(device(place, "outbox"), 0, MIB);
        BlockDevice.write(device(place, "ids"), 0, LeaseArea.lockspace(place.id(), 10));
        BlockDevice.write(device(place, "leases"), LeaseArea.ALIGNMENT, LeaseArea.resource(place.id(), "SDM"));
        BlockDevice.write(
                device(place, "xleases"),
                LeaseArea.ALIGNMENT,
                LeaseIndex.empty(place.id(), clock.instant().getEpochSecond()));
        Command.Outcome made = Command.of(
                        "mke2fs",
                        "-q",
                        "-F",
                        "-t",
                        "ext3",
                        "-E",
                        "nodiscard",
                        device(place, "master").toString())
                .run(FORMATTING);
        if (!made.worked()) {
            throw Refusal.of(Error.Code.REFUSED, "The volume master could not be formatted")
                    .because(made.words());
        }
        lvm.run("lvchange", "--activate", "n", place.id() + "/master");
    }

    /** Writes the map of extents anew, after the group got or lost LUNs. */
    void remap(DomainPlace place) {
        write(place, mapped(read(place), place.id()));
    }

    /** The text with the map of extents, which oVirt keeps up to date though nothing depends on it. */
    private DomainMetadata mapped(DomainMetadata metadata, String id) {
        DomainMetadata mapped = metadata;
        for (int old = 0; metadata.value("PV" + old).isPresent(); old++) {
            mapped = mapped.with("PV" + old, null);
        }
        Map<String, Luns.Lun> byDevice = new HashMap<>();
        luns.all().forEach(lun -> byDevice.put(lun.device(), lun));
        long offset = 0;
        int number = 0;
        for (Lvm.Physical physical : lvm.physicals()) {
            if (physical.group().equals(id)) {
                Luns.Lun lun = byDevice.get(physical.device());
                mapped = mapped.with(
                        "PV" + number++,
                        "pv:%s,uuid:%s,pestart:0,pecount:%d,mapoffset:%d"
                                .formatted(lun == null ? "" : lun.id(), physical.uuid(), physical.extents(), offset));
                offset += physical.extents();
            }
        }
        return mapped;
    }

    /** Adds LUNs; those that are in already stay. */
    void extend(DomainPlace place, List<String> lunIds, boolean overwrite) {
        Set<String> in = new HashSet<>();
        luns(place.id()).forEach(lun -> in.add(lun.id()));
        List<String> fresh = lunIds.stream().filter(id -> !in.contains(id)).toList();
        if (fresh.isEmpty()) {
            return;
        }
        List<String> devices =
                chosen(fresh, overwrite, false).stream().map(Luns.Lun::device).toList();
        initialise(devices, overwrite, "y");
        List<String> words = new ArrayList<>(List.of(place.id()));
        words.addAll(devices);
        lvm.run("vgextend", words);
        remap(place);
        LOG.info("extended storage domain {} with {}", place.id(), devices);
    }

    /** Makes the group as large as its LUNs have become. */
    void resize(DomainPlace place) {
        for (Luns.Lun lun : luns(place.id())) {
            lvm.run("pvresize", lun.device());
        }
        remap(place);
    }

    /** Makes the special volumes and the tree that shows the domain as directories. */
    void open(DomainPlace place) throws IOException {
        List<String> words = new ArrayList<>(List.of("--activate", "y"));
        for (Special special : SPECIALS) {
            if (!special.name.equals("master")) {
                words.add(place.id() + "/" + special.name);
            }
        }
        lvm.run("lvchange", words);
        show(place);
    }

    /** The tree of a domain whose special volumes are active. */
    private void show(DomainPlace place) throws IOException {
        Files.createDirectories(place.images());
        for (Special special : SPECIALS) {
            if (!special.name.equals("master")) {
                BlockVolumes.link(place.root().resolve("dom_md"), place.id(), special.name);
                ownership.give(device(place, special.name), Ownership.DATA);
            }
        }
    }

    /** Whether the domain is open on this host; looks at links only. */
    static boolean isOpen(DomainPlace place) {
        return Files.isSymbolicLink(place.metadata()) && Files.exists(device(place, "ids"));
    }

    /** Takes all of the group out of use on this host. */
    void close(DomainPlace place) throws IOException {
        if (lvm.group(place.id()).isPresent()) {
            lvm.run("vgchange", "--activate", "n", place.id());
        }
        Domains.deleteTree(place.root());
    }

    void format(DomainPlace place) throws IOException {
        Optional<Lvm.Group> group = lvm.group(place.id());
        if (group.isPresent()) {
            String pool = group.get().tags().contains(READY)
                    ? DomainTags.read(group.get()).value("POOL_UUID").orElse("")
                    : "";
            if (!pool.isEmpty()) {
                throw Refusal.of(
                                Error.Code.IN_USE,
                                "Storage domain " + place.id() + " is not formatted: it is attached to data center "
                                        + pool)
                        .next("Detach it first.");
            }
            List<String> devices =
                    luns(place.id()).stream().map(Luns.Lun::device).toList();
            lvm.run("vgchange", "--activate", "n", place.id());
            if (group.get().tags().contains(READY)) {
                lvm.run("vgchange", "--deltag", READY, "--addtag", UNREADY, place.id());
            }
            lvm.run("vgremove", "--yes", "--force", place.id());
            List<String> words = new ArrayList<>(List.of("--yes", "--force"));
            words.addAll(devices);
            lvm.run("pvremove", words);
            LOG.info("formatted storage domain {}", place.id());
        }
        Domains.deleteTree(place.root());
    }

    private static Path device(DomainPlace place, String name) {
        return BlockVolumes.device(place.id(), name);
    }
}
