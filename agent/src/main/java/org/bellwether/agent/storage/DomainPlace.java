package org.bellwether.agent.storage;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.bellwether.agent.lease.DomainLease;
import org.bellwether.protocol.VolumeReference;

/**
 * Where a storage domain and its parts are on this host.
 *
 * @param local only this host sees it: it has no leases
 */
record DomainPlace(Path root, String id, boolean local) {
    static final String REMOVED_PREFIX = "_remove_me_";

    /** Whether it is a volume group, shown as a tree of links. */
    boolean block() {
        return BlockVolumes.holds(root);
    }

    Path metadata() {
        return root.resolve("dom_md").resolve("metadata");
    }

    /** sanlock's lockspace: a record for each host id. */
    Path ids() {
        return root.resolve("dom_md").resolve("ids");
    }

    /** The leases of the domain itself; its own is in the second slot. */
    Path leases() {
        return root.resolve("dom_md").resolve("leases");
    }

    /** The leases of machines, with an index. */
    Path machineLeases() {
        return root.resolve("dom_md").resolve("xleases");
    }

    /** Runs a change of the domain's metadata under its lease; a domain that only this host sees has none. */
    <T> T changing(DomainLease lease, String what, Callable<T> change) {
        return local
                ? DomainLease.without(change, what)
                : lease.during(id, leases(), LeaseArea.ALIGNMENT, what, change);
    }

    Path images() {
        return root.resolve("images");
    }

    Path image(String imageId) {
        return images().resolve(Ids.checked("image", imageId));
    }

    Path removed(String imageId) {
        return images().resolve(REMOVED_PREFIX + Ids.checked("image", imageId));
    }

    VolumePlace volume(VolumeReference volume) {
        Ids.checked(volume);
        return new VolumePlace(image(volume.getImageId()), volume.getVolumeId());
    }

    /** The three files of a volume. */
    record VolumePlace(Path image, String id) {
        /** Whether it is a logical volume. */
        boolean block() {
            return BlockVolumes.holds(image);
        }

        Path data() {
            return image.resolve(id);
        }

        Path meta() {
            return image.resolve(id + ".meta");
        }

        Path lease() {
            return image.resolve(id + ".lease");
        }

        String imageId() {
            return image.getFileName().toString();
        }
    }
}
