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
        Optional<UUID> vm,
        Optional<UUID> quota) {

    public static final Concerns NOTHING = new Concerns(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    public Concerns withDataCenter(Id<?> id) {
        return new Concerns(Optional.of(id.value()), cluster, host, storageDomain, template, vm, quota);
    }

    public Concerns withCluster(Id<?> id) {
        return new Concerns(dataCenter, Optional.of(id.value()), host, storageDomain, template, vm, quota);
    }

    public Concerns withHost(Id<?> id) {
        return new Concerns(dataCenter, cluster, Optional.of(id.value()), storageDomain, template, vm, quota);
    }

    public Concerns withStorageDomain(Id<?> id) {
        return new Concerns(dataCenter, cluster, host, Optional.of(id.value()), template, vm, quota);
    }

    public Concerns withTemplate(Id<?> id) {
        return new Concerns(dataCenter, cluster, host, storageDomain, Optional.of(id.value()), vm, quota);
    }

    public Concerns withVm(Id<?> id) {
        return new Concerns(dataCenter, cluster, host, storageDomain, template, Optional.of(id.value()), quota);
    }

    public Concerns withQuota(Id<?> id) {
        return new Concerns(dataCenter, cluster, host, storageDomain, template, vm, Optional.of(id.value()));
    }
}
