package org.bellwether.engine.storage;

import static org.bellwether.engine.platform.Permit.CREATE_STORAGE_DOMAIN;
import static org.bellwether.engine.platform.Permit.DELETE_STORAGE_DOMAIN;
import static org.bellwether.engine.platform.Permit.EDIT_STORAGE_DOMAIN_CONFIGURATION;

import java.util.UUID;
import org.bellwether.api.types.HostStorage;
import org.bellwether.api.types.StorageConnection;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.storage.StorageDomain.Connection;

/** Storage connections on the wire: all of them, and a domain's. */
final class StorageConnectionsApi {

    private final StorageConnections connections;
    private final StorageDomains domains;
    private final DomainLayouts layouts;
    private final Hosts hosts;

    StorageConnectionsApi(StorageConnections connections, StorageDomains domains, DomainLayouts layouts, Hosts hosts) {
        this.connections = connections;
        this.domains = domains;
        this.layouts = layouts;
        this.hosts = hosts;
    }

    void serve(ApiRoutes routes) {
        routes.read(
                "storage_server_connections",
                "list",
                request -> Reply.list(request.limited(connections.all().stream()
                        .map(StorageDomainDocuments::connection)
                        .toList())));
        routes.on("storage_server_connections", "add", CREATE_STORAGE_DOMAIN, this::add);
        routes.read(
                "storage_server_connection",
                "get",
                request -> Reply.of(StorageDomainDocuments.connection(connections.get(id(request)))));
        routes.on("storage_server_connection", "update", EDIT_STORAGE_DOMAIN_CONFIGURATION, this::update);
        routes.on("storage_server_connection", "remove", DELETE_STORAGE_DOMAIN, this::remove);
        routes.read(
                "storage_domain_server_connections",
                "list",
                request -> Reply.list(domain(request).connection().each().stream()
                        .map(StorageDomainDocuments::connection)
                        .toList()));
        routes.on("storage_domain_server_connections", "add", EDIT_STORAGE_DOMAIN_CONFIGURATION, this::attach);
        routes.read("storage_domain_server_connection", "get", this::ofDomain);
        routes.on("storage_domain_server_connection", "remove", EDIT_STORAGE_DOMAIN_CONFIGURATION, this::detach);
    }

    private Reply add(ApiRequest request) {
        var body = request.body(StorageConnection.class);
        if (body.host() != null) {
            // A host that is named is to prove that the place can be reached.
            var host = References.find(hosts.model(), body.host(), "host");
            var wanted = place(body, host.id());
            layouts.found(host.id(), wanted);
            return Reply.created(StorageDomainDocuments.connection(connections.add(wanted)));
        }
        return Reply.created(StorageDomainDocuments.connection(connections.add(place(body, Id.random()))));
    }

    private Reply update(ApiRequest request) {
        var before = connections.get(id(request));
        var body = StorageConnection.TYPE.merge(
                StorageDomainDocuments.connection(before), request.body(StorageConnection.class));
        var after = place(body, Id.random());
        var kept = before.type() == Connection.Type.LOCALFS
                ? new Connection(after.type(), before.address(), after.path(), "", "")
                : after;
        return Reply.of(StorageDomainDocuments.connection(connections.update(id(request), kept, Asker.of(request))));
    }

    private Reply remove(ApiRequest request) {
        connections.remove(id(request));
        return Reply.done();
    }

    private Reply attach(ApiRequest request) {
        var wanted = request.body(StorageConnection.class).id();
        if (wanted == null) {
            throw Failure.badRequest("Which storage connection is to be attached is not said")
                    .next("Give its id");
        }
        return Reply.created(StorageDomainDocuments.connection(
                connections.attach(domain(request), uuid(wanted), Asker.of(request))));
    }

    private Reply detach(ApiRequest request) {
        connections.detach(domain(request), id(request));
        return Reply.done();
    }

    private Reply ofDomain(ApiRequest request) {
        return domain(request).connection().each().stream()
                .filter(each -> each.id().equals(id(request)))
                .findFirst()
                .map(each -> Reply.of(StorageDomainDocuments.connection(each)))
                .orElseThrow(() -> Failure.notFound("There is no storage connection with the id " + request.pathId()));
    }

    private StorageDomain domain(ApiRequest request) {
        return domains.get(request.<StorageDomain>id(0));
    }

    private static UUID id(ApiRequest request) {
        return uuid(request.pathId());
    }

    private static UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException malformed) {
            throw Failure.notFound("There is no storage connection with the id " + text);
        }
    }

    private static Connection place(StorageConnection body, Id<Host> host) {
        return StorageDomainSpecs.connection(
                HostStorage.builder()
                        .type(body.type())
                        .address(body.address())
                        .path(body.path())
                        .vfsType(body.vfsType())
                        .mountOptions(body.mountOptions())
                        .nfsVersion(body.nfsVersion())
                        .nfsTimeo(body.nfsTimeo())
                        .nfsRetrans(body.nfsRetrans())
                        .port(body.port())
                        .target(body.target())
                        .username(body.username())
                        .password(body.password())
                        .build(),
                host);
    }
}
