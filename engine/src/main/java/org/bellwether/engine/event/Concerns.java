package org.bellwether.engine.event;

import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Id;

/** Which objects an event is about. */
public record Concerns(
        Optional<UUID> dataCenter,
        Optional<UUID> cluster,
        Optional<UUID> host,
        Optional<UUID> storageDomain,
        Optional<UUID> template,
        Optional<UUID> vm) {

    public static final Concerns NOTHING = new Concerns(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public Concerns withDataCenter(Id<?> id) {
        return new Concerns(Optional.of(id.value()), cluster, host, storageDomain, template, vm);
    }

    public Concerns withCluster(Id<?> id) {
        return new Concerns(dataCenter, Optional.of(id.value()), host, storageDomain, template, vm);
    }

    public Concerns withHost(Id<?> id) {
        return new Concerns(dataCenter, cluster, Optional.of(id.value()), storageDomain, template, vm);
    }

    public Concerns withStorageDomain(Id<?> id) {
        return new Concerns(dataCenter, cluster, host, Optional.of(id.value()), template, vm);
    }

    public Concerns withTemplate(Id<?> id) {
        return new Concerns(dataCenter, cluster, host, storageDomain, Optional.of(id.value()), vm);
    }

    public Concerns withVm(Id<?> id) {
        return new Concerns(dataCenter, cluster, host, storageDomain, template, Optional.of(id.value()));
    }
}
