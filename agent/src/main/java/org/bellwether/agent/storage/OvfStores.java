package org.bellwether.agent.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.OvfEntry;
import org.bellwether.protocol.VolumeFormat;
import org.bellwether.protocol.VolumeReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two OVF_STORE disks of a data domain: the machines and templates whose disks lie there, so that the domain carries
 * them along. They are written one after the other, the one that is older first, so that one good copy always stays.
 * Reading is done on the lane of the domain's mount; writing takes a turn there for each disk, because on a volume group
 * the whole of it takes long and machines are to start meanwhile.
 */
final class OvfStores {
    private static final Logger LOG = LoggerFactory.getLogger(OvfStores.class);
    private static final int STORES = 2;
    private static final long CAPACITY = 128L << 20;
    private static final String DISK_TYPE = "OVFS";
    private static final String SUFFIX = ".ovf";

    private final VolumeFiles files;
    private final Volumes volumes;
    private final Clock clock;

    OvfStores(VolumeFiles files, Volumes volumes, Clock clock) {
        this.files = files;
        this.volumes = volumes;
        this.clock = clock;
    }

    private record Store(VolumePlace volume, VolumeMetadata metadata, OvfDescription description) {
        Instant age() {
            return description.updated().orElse(Instant.EPOCH);
        }
    }

    /** @return the length of what was written */
    long write(String domainId, List<OvfEntry> entries, ConnectedDomains.Turns turns) {
        Instant now = Instant.ofEpochSecond(clock.instant().getEpochSecond());
        byte[] tar = Tar.write(content(domainId, entries, now), now);
        if (tar.length > CAPACITY) {
            throw Refusal.of(
                            Error.Code.NO_SPACE,
                            "The machines and templates of storage domain " + domainId + " take " + tar.length
                                    + " bytes, more than its OVF_STORE has")
                    .next("Move some of their disks to another storage domain.");
        }
        List<Store> stores = turns.take(this::stores);
        for (int missing = stores.size(); missing < STORES; missing++) {
            int number = missing;
            turns.take(place -> make(place, number));
        }
        if (stores.size() < STORES) {
            stores = turns.take(this::stores);
        }
        for (Store store :
                stores.stream().sorted(Comparator.comparing(Store::age)).toList()) {
            turns.take(place -> fill(place, store, tar, now));
        }
        LOG.info("wrote {} machines and templates to the OVF_STORE of {}", entries.size(), domainId);
        return tar.length;
    }

    /** The newest whole store that can be read; nothing when there is none. */
    List<OvfEntry> read(DomainPlace domain) throws IOException {
        List<Store> best = stores(domain).stream()
                .filter(store -> store.description.updated().isPresent()
                        && store.description.size().isPresent()
                        && store.metadata.legal())
                .sorted(Comparator.comparing((Store store) -> store.description.whole())
                        .thenComparing(Store::age)
                        .reversed())
                .toList();
        for (Store store : best) {
            try {
                files.activate(store.volume);
                return entries(store);
            } catch (IOException | Refusal e) {
                LOG.warn("OVF_STORE {} of {} cannot be read: {}", store.volume.imageId(), domain.id(), e.getMessage());
            }
        }
        if (!best.isEmpty()) {
            throw Refusal.broken("No OVF_STORE of storage domain " + domain.id() + " can be read")
                    .next("Its disks can still be registered one by one.");
        }
        return List.of();
    }

    private static List<OvfEntry> entries(Store store) throws IOException {
        long size = store.description.size().orElse(0L);
        byte[] content;
        ChainCheck.requirePlain(store.volume);
        try (InputStream in = Files.newInputStream(store.volume.data())) {
            content = in.readNBytes((int) Math.min(size, CAPACITY));
        }
        if (content.length < size) {
            throw Refusal.broken("It ends after " + content.length + " of " + size + " bytes");
        }
        List<OvfEntry> entries = new ArrayList<>();
        Tar.read(new ByteArrayInputStream(content)).forEach((name, ovf) -> {
            String id = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : "";
            if (Ids.valid(id)) {
                entries.add(OvfEntry.newBuilder()
                        .setEntityId(id)
                        .setOvf(new String(ovf, StandardCharsets.UTF_8))
                        .build());
            }
        });
        return entries;
    }

    private static Map<String, byte[]> content(String domainId, List<OvfEntry> entries, Instant now) {
        Map<String, byte[]> content = new LinkedHashMap<>();
        String info = "{\n  \"Last Updated\" : \"" + OvfDescription.date(now)
                + "\",\n  \"Storage Domains\" : [ {\n    \"uuid\" : \"" + domainId + "\"\n  } ]\n}";
        content.put("info.json", info.getBytes(StandardCharsets.UTF_8));
        for (OvfEntry entry : entries) {
            content.put(
                    Ids.checked("entity", entry.getEntityId()) + SUFFIX,
                    entry.getOvf().getBytes(StandardCharsets.UTF_8));
        }
        content.put("metadata.json", "{\n  \"VM Status\" : { }\n}".getBytes(StandardCharsets.UTF_8));
        return content;
    }

    private boolean fill(DomainPlace domain, Store store, byte[] tar, Instant now) throws IOException {
        VolumeMetadata text = files.require(store.volume);
        OvfDescription before = new OvfDescription(false, store.description.updated(), Optional.empty());
        files.write(store.volume, text.withDescription(before.render(domain.id())));
        files.activate(store.volume);
        ChainCheck.requirePlain(store.volume);
        try (FileChannel channel = FileChannel.open(store.volume.data(), StandardOpenOption.WRITE)) {
            if (!domain.block()) {
                channel.truncate(0);
            }
            ByteBuffer bytes = ByteBuffer.wrap(tar);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        OvfDescription after = new OvfDescription(true, Optional.of(now), Optional.of((long) tar.length));
        files.write(store.volume, text.withDescription(after.render(domain.id())));
        return true;
    }

    /** Under ids that follow from the domain's, so that a creation that died is found and ended. */
    private boolean make(DomainPlace domain, int number) throws IOException {
        VolumeReference reference = VolumeReference.newBuilder()
                .setDomainId(domain.id())
                .setImageId(derived(domain, "image " + number))
                .setVolumeId(derived(domain, "volume " + number))
                .build();
        volumes.create(
                domain,
                CreateVolumeRequest.newBuilder()
                        .setVolume(reference)
                        .setFormat(VolumeFormat.RAW)
                        .setCapacityBytes(CAPACITY)
                        .setDiskType(DISK_TYPE)
                        .setDescription(
                                new OvfDescription(false, Optional.empty(), Optional.empty()).render(domain.id()))
                        .build());
        return true;
    }

    private static String derived(DomainPlace domain, String what) {
        return UUID.nameUUIDFromBytes(("OVF_STORE " + domain.id() + " " + what).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private List<Store> stores(DomainPlace domain) throws IOException {
        List<Store> stores = new ArrayList<>();
        for (String imageId : files.images(domain)) {
            Path image = domain.image(imageId);
            for (String id : files.volumes(image)) {
                VolumePlace volume = new VolumePlace(image, id);
                try {
                    files.find(volume)
                            .filter(text -> text.legal()
                                    && (text.diskType().equals(DISK_TYPE)
                                            || text.description().contains("OVF_STORE")))
                            .filter(text -> volume.block() || Files.exists(volume.data()))
                            .ifPresent(text ->
                                    stores.add(new Store(volume, text, OvfDescription.parse(text.description()))));
                } catch (Refusal e) {
                    LOG.debug("{} is not looked at: {}", volume.meta(), e.getMessage());
                }
            }
        }
        return stores;
    }
}
