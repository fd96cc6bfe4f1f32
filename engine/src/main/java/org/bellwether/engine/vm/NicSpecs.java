package org.bellwether.engine.vm;

import java.util.Optional;
import java.util.Set;
import org.bellwether.api.types.Mac;
import org.bellwether.api.types.Nic;
import org.bellwether.api.types.NicInterface;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.network.VnicProfile;
import org.bellwether.engine.platform.Decided;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.References;
import org.jspecify.annotations.Nullable;

/** What a request decides of a network interface, of a machine's or of a template's. */
final class NicSpecs {

    private static final Set<String> DECIDED_ELSEWHERE = Set.of("mac", "vnic_profile", "network", "synced");

    private NicSpecs() {}

    static Nic defaults() {
        return Nic.builder()
                .interface_(NicInterface.VIRTIO)
                .linked(true)
                .plugged(true)
                .build();
    }

    /** What a request decides, over what was decided before. */
    static Nic over(Nic before, Nic sent) {
        return Nic.TYPE.merge(before, Decided.of(Nic.TYPE, sent, DECIDED_ELSEWHERE, Set.of()));
    }

    static Optional<String> sentMac(Nic sent) {
        return Optional.ofNullable(sent.mac()).map(Mac::address).filter(address -> !address.isBlank());
    }

    /** A profile without id and name means: plugged into nothing. */
    static Optional<Id<VnicProfile>> profile(
            Networks networks, org.bellwether.api.types.@Nullable VnicProfile reference) {
        if (reference == null || (reference.id() == null && reference.name() == null)) {
            return Optional.empty();
        }
        return Optional.of(
                References.find(networks.profiles(), reference, "vnic profile").id());
    }
}
