package org.bellwether.engine.storage;

import static org.bellwether.engine.platform.Permit.CREATE_STORAGE_DOMAIN;

import java.util.List;
import java.util.Optional;
import org.bellwether.api.types.Action;
import org.bellwether.api.types.HostStorage;
import org.bellwether.api.types.IscsiDetails;
import org.bellwether.api.types.LogicalUnit;
import org.bellwether.api.types.LunStatus;
import org.bellwether.api.types.StorageType;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.storage.StorageDomain.Connection;
import org.bellwether.protocol.IscsiTarget;
import org.bellwether.protocol.Lun;
import org.jspecify.annotations.Nullable;

/** What a host sees of block storage: targets, LUNs, and domains on them that the engine does not know. */
final class HostStorageApi {

    private final Hosts hosts;
    private final StorageDomains domains;
    private final DomainLayouts layouts;
    private final StorageConnections connections;
    private final LunUse use;

    HostStorageApi(
            Hosts hosts, StorageDomains domains, DomainLayouts layouts, StorageConnections connections, LunUse use) {
        this.hosts = hosts;
        this.domains = domains;
        this.layouts = layouts;
        this.connections = connections;
        this.use = use;
    }

    void serve(ApiRoutes routes) {
        routes.on("host", "iscsi_discover", CREATE_STORAGE_DOMAIN, this::discoverNames);
        routes.on("host", "discover_iscsi", CREATE_STORAGE_DOMAIN, this::discover);
        routes.on("host", "iscsi_login", CREATE_STORAGE_DOMAIN, this::login);
        routes.on("host", "unregistered_storage_domains_discover", CREATE_STORAGE_DOMAIN, this::unregistered);
        routes.read("host_storage", "list", this::list);
        routes.read("storage", "get", this::get);
    }

    private Reply discoverNames(ApiRequest request) {
        return Reply.done(Action.builder()
                .iscsiTargets(found(request).stream()
                        .map(IscsiTarget::getTarget)
                        .distinct()
                        .toList())
                .build());
    }

    private Reply discover(ApiRequest request) {
        return Reply.done(Action.builder()
                .discoveredTargets(found(request).stream()
                        .map(target -> IscsiDetails.builder()
                                .address(target.getAddress())
                                .port((long) target.getPort())
                                .portal(target.getAddress() + ":" + target.getPort() + "," + target.getPortalGroup())
                                .target(target.getTarget())
                                .build())
                        .toList())
                .build());
    }

    private List<IscsiTarget> found(ApiRequest request) {
        var asked = details(request);
        var portal =
                StorageDomainSpecs.target(asked.address(), asked.port(), "any", asked.username(), asked.password());
        return layouts.targets(
                host(request), portal.asked().toBuilder().clearTarget().build());
    }

    /** The target is kept with its user, so that a domain on it needs neither again. */
    private Reply login(ApiRequest request) {
        var target = target(details(request));
        layouts.login(host(request), target.asked());
        connections.remember(target);
        return Reply.done();
    }

    private static San.Target target(IscsiDetails asked) {
        return StorageDomainSpecs.target(
                asked.address(), asked.port(), asked.target(), asked.username(), asked.password());
    }

    private static IscsiDetails details(ApiRequest request) {
        return Optional.ofNullable(request.action().iscsi())
                .orElseThrow(() -> Failure.badRequest("Which iSCSI portal is meant is not said")
                        .next("Give iscsi with its address"));
    }

    /** Domains that lie on LUNs which the host sees and that are not known here. */
    private Reply unregistered(ApiRequest request) {
        var asked = request.action().iscsi();
        if (asked != null && asked.target() != null) {
            login(request);
        }
        var place = new Connection(Connection.Type.ISCSI, "", "", "", "");
        var found = layouts.found(host(request), place).stream()
                .filter(each -> domains.model().find(Id.of(each.getDomainId())).isEmpty())
                .map(each -> org.bellwether.api.types.StorageDomain.builder()
                        .id(each.getDomainId())
                        .name(each.getName())
                        .storage(HostStorage.builder()
                                .type(
                                        each.getLunsList().stream()
                                                        .allMatch(lun -> lun.getTargetsList()
                                                                .isEmpty())
                                                ? StorageType.FCP
                                                : StorageType.ISCSI)
                                .logicalUnits(each.getLunsList().stream()
                                        .map(this::unit)
                                        .toList())
                                .build())
                        .build())
                .toList();
        return Reply.done(Action.builder().storageDomains(found).build());
    }

    private Reply list(ApiRequest request) {
        return Reply.list(layouts.luns(host(request)).stream().map(this::document));
    }

    private Reply get(ApiRequest request) {
        return layouts.luns(host(request)).stream()
                .filter(lun -> lun.getId().equals(request.pathId()))
                .findFirst()
                .map(lun -> Reply.of(document(lun)))
                .orElseThrow(() -> Failure.notFound("The host sees no LUN " + request.pathId()));
    }

    private HostStorage document(Lun lun) {
        return HostStorage.builder()
                .id(lun.getId())
                .type(lun.getTargetsList().isEmpty() ? StorageType.FCP : StorageType.ISCSI)
                .logicalUnits(List.of(unit(lun)))
                .build();
    }

    private LogicalUnit unit(Lun lun) {
        var disk = use.disk(lun.getId());
        var unit = LogicalUnit.builder()
                .id(lun.getId())
                .size(lun.getBytes())
                .vendorId(lun.getVendor())
                .productId(lun.getProduct())
                .serial(lun.getSerial())
                .lunMapping((long) lun.getNumber())
                .paths((long) lun.getPaths())
                .status(
                        lun.getVolumeGroup().isEmpty() && lun.getUsedFor().isEmpty() && disk.isEmpty()
                                ? LunStatus.FREE
                                : LunStatus.USED)
                .diskId(disk.map(each -> each.id().toString()).orElse(null))
                .volumeGroupId(given(lun.getVolumeGroup()))
                .storageDomainId(given(lun.getDomainId()));
        lun.getTargetsList().stream()
                .findFirst()
                .ifPresent(target -> unit.address(target.getAddress())
                        .port((long) target.getPort())
                        .portal(target.getAddress() + ":" + target.getPort() + "," + target.getPortalGroup())
                        .target(target.getTarget()));
        return unit.build();
    }

    private static @Nullable String given(String text) {
        return text.isEmpty() ? null : text;
    }

    private Id<Host> host(ApiRequest request) {
        return hosts.get(request.<Host>id(0)).id();
    }
}
