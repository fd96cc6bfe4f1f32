package org.bellwether.engine.hostnetwork;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.bellwether.api.types.HostNic;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.network.Network;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.protocol.HostDescription;
import org.jspecify.annotations.Nullable;

/** The ids that NICs and attachments have in the API; they follow from names, which hosts know them by. */
final class NicNames {

    private NicNames() {}

    static String id(Id<Host> host, String nic) {
        return uuid(host + "/" + nic);
    }

    static String attachmentId(Id<Host> host, Id<Network> network) {
        return uuid(host + "/attachment/" + network);
    }

    private static String uuid(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** The name of the NIC that somebody refers to, by name or by id. */
    static String referred(Host host, HostDescription description, @Nullable HostNic reference) {
        if (reference == null) {
            throw Failure.badRequest("A NIC of host " + host.name() + " is missing")
                    .next("Say host_nic with its name or id");
        }
        var name = reference.name();
        if (name != null && !name.isBlank()) {
            return name;
        }
        return named(host, description, String.valueOf(reference.id()));
    }

    static String named(Host host, HostDescription description, String id) {
        return description.getInterfacesList().stream()
                .map(link -> link.getName())
                .filter(each -> id(host.id(), each).equals(id))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The host " + host.name() + " has no NIC with the id " + id));
    }
}
