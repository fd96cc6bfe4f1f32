package org.bellwether.engine.vm;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.api.types.HostDevice;
import org.bellwether.engine.platform.Id;

/** The devices of one host that a machine is given: what it has of them ties it to that host. */
public final class VmHostDevices {

    private VmHostDevices() {}

    static List<HostDevice> of(Vm vm) {
        return Optional.ofNullable(vm.spec().hostDevices()).orElse(List.of());
    }

    /** The host whose devices it is given. */
    static Optional<UUID> host(Vm vm) {
        return of(vm).stream()
                .flatMap(device -> Optional.ofNullable(device.host()).stream())
                .flatMap(host -> Optional.ofNullable(host.id()).stream())
                .map(UUID::fromString)
                .findFirst();
    }

    /**
     * The only hosts that a machine may run on.
     *
     * @param otherwise what others say of that; empty when they do not
     */
    public static Optional<Set<UUID>> narrowed(Vms vms, Id<Vm> id, Optional<Set<UUID>> otherwise) {
        var host = vms.model().find(id).flatMap(VmHostDevices::host);
        if (host.isEmpty()) {
            return otherwise;
        }
        boolean allowed = otherwise.map(hosts -> hosts.contains(host.get())).orElse(true);
        return Optional.of(allowed ? Set.of(host.get()) : Set.of());
    }
}
