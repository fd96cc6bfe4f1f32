package org.bellwether.agent.storage;

import java.util.regex.Pattern;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.VolumeReference;

/** Ids become names of files, so none is used before it has been proved to be a lower-case UUID. */
final class Ids {
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private Ids() {}

    static boolean valid(String id) {
        return UUID.matcher(id).matches();
    }

    static String checked(String kind, String id) {
        if (!valid(id)) {
            throw Refusal.badRequest("The " + kind + " id \"" + id + "\" is no UUID in lower case");
        }
        return id;
    }

    static VolumeReference checked(VolumeReference volume) {
        checked("storage domain", volume.getDomainId());
        checked("image", volume.getImageId());
        checked("volume", volume.getVolumeId());
        return volume;
    }
}
