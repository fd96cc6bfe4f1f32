package org.bellwether.engine.storage;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.platform.Id;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.DomainDescription;
import org.bellwether.protocol.Lun;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeReference;

/** What pretend hosts see on pretend servers: domains by their place, volumes by their image. Survives hosts and engines. */
final class PretendStorage {

    /** Domains by place and id. */
    final Map<String, Map<String, DomainDescription>> places = new ConcurrentHashMap<>();

    /** Volumes by domain, image and volume. */
    final Map<String, VolumeDescription> volumes = new ConcurrentHashMap<>();

    /** What was written into volumes, by image. */
    final Map<String, byte[]> content = new ConcurrentHashMap<>();

    /** LUNs by id, which every host sees once it is logged in to their target. */
    final Map<String, Lun> luns = new ConcurrentHashMap<>();

    /** Those that a domain is made of. */
    List<Lun> give(CreateDomainRequest request) {
        return request.getLunIdsList().stream()
                .map(id -> Objects.requireNonNull(luns.computeIfPresent(
                        id,
                        (any, lun) -> lun.toBuilder()
                                .setDomainId(request.getDomainId())
                                .setVolumeGroup(request.getDomainId())
                                .build())))
                .toList();
    }

    Map<String, DomainDescription> at(String place) {
        return places.computeIfAbsent(place, any -> new ConcurrentHashMap<>());
    }

    /** One domain, which must be there. */
    DomainDescription domain(Id<StorageDomain> id) {
        return Objects.requireNonNull(domains().get(id.toString()), "no domain " + id + " on storage");
    }

    /** The volume of one disk, which must be there. */
    VolumeDescription volume(Id<Disk> id) {
        return volumes.values().stream()
                .filter(volume -> volume.getVolume().getImageId().equals(id.toString()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no image " + id + " on storage"));
    }

    static String key(VolumeReference volume) {
        return image(volume.getDomainId(), volume.getImageId()) + volume.getVolumeId();
    }

    /** What the keys of all volumes of an image begin with. */
    static String image(String domain, String image) {
        return domain + "/" + image + "/";
    }

    Map<String, DomainDescription> domains() {
        var all = new TreeMap<String, DomainDescription>();
        places.values().forEach(all::putAll);
        return all;
    }
}
