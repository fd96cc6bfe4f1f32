package org.bellwether.engine.inventory;

import static org.bellwether.engine.platform.Permit.CREATE_CPU_PROFILE;
import static org.bellwether.engine.platform.Permit.DELETE_CPU_PROFILE;
import static org.bellwether.engine.platform.Permit.UPDATE_CPU_PROFILE;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bellwether.api.types.Qos;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Decided;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/** CPU profiles on the wire: all of them, and those of a cluster. */
public final class CpuProfilesApi {
    private static final Set<String> LINKS = Set.of("cluster", "qos", "permissions");

    private final Database database;
    private final CpuProfiles profiles;
    private final Clusters clusters;
    private final Function<Qos, UUID> qos;
    private final Events events;

    /** @param qos the QoS that a document refers to */
    public CpuProfilesApi(
            Database database, CpuProfiles profiles, Clusters clusters, Function<Qos, UUID> qos, Events events) {
        this.database = database;
        this.profiles = profiles;
        this.clusters = clusters;
        this.qos = qos;
        this.events = events;
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "cpu_profiles",
                "list",
                request -> Reply.list(
                        request.limited(profiles.model().all()).stream().map(CpuProfilesApi::document)));
        routes.on("cpu_profiles", "add", CREATE_CPU_PROFILE, request -> add(request, Optional.empty()));
        routes.read("cpu_profile", "get", request -> Reply.of(document(profiles.get(request.id()))));
        routes.on("cpu_profile", "update", UPDATE_CPU_PROFILE, this::update);
        routes.on("cpu_profile", "remove", DELETE_CPU_PROFILE, this::remove);
        routes.read(
                "assigned_cpu_profiles",
                "list",
                request ->
                        Reply.list(request.limited(profiles.of(cluster(request).id())).stream()
                                .map(CpuProfilesApi::document)));
        routes.on(
                "assigned_cpu_profiles",
                "add",
                CREATE_CPU_PROFILE,
                request -> add(request, Optional.of(cluster(request))));
        routes.read("assigned_cpu_profile", "get", request -> Reply.of(document(profiles.get(request.id()))));
        routes.on("assigned_cpu_profile", "remove", DELETE_CPU_PROFILE, this::remove);
    }

    /** Below a data center the cluster is the second object of the path. */
    private Cluster cluster(ApiRequest request) {
        return request.targets().stream()
                .filter(target -> target.service().equals("cluster"))
                .findFirst()
                .map(target -> clusters.get(request.id(request.targets().indexOf(target))))
                .orElseThrow();
    }

    private Reply add(ApiRequest request, Optional<Cluster> of) {
        var sent = request.body(org.bellwether.api.types.CpuProfile.class);
        var cluster = of.orElseGet(() -> clusters.referred(sent.cluster()));
        var made = new CpuProfile(
                Id.random(), Names.checked(sent.name(), "a CPU profile"), cluster.id(), qos(sent.qos()), decided(sent));
        database.change(tx -> {
            profiles.insert(tx, made);
            tell(tx, EventCode.CPU_PROFILE_ADDED, made, request, "added");
        });
        return Reply.created(document(made));
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.CpuProfile.class);
        var limit = qos(sent.qos());
        var changed = database.transaction(tx -> {
            var profile = profiles.update(
                    tx,
                    request.id(),
                    now -> new CpuProfile(
                            now.id(),
                            sent.name() == null ? now.name() : Names.checked(sent.name(), "a CPU profile"),
                            now.cluster(),
                            limit == null ? now.qos() : limit,
                            org.bellwether.api.types.CpuProfile.TYPE.merge(now.spec(), decided(sent))));
            tell(tx, EventCode.CPU_PROFILE_UPDATED, profile, request, "changed");
            return profile;
        });
        return Reply.of(document(changed));
    }

    private Reply remove(ApiRequest request) {
        var profile = profiles.get(request.<CpuProfile>id());
        database.change(tx -> {
            profiles.delete(tx, profile);
            tell(tx, EventCode.CPU_PROFILE_REMOVED, profile, request, "removed");
        });
        return Reply.done();
    }

    private @Nullable UUID qos(@Nullable Qos reference) {
        return Stream.ofNullable(reference).map(qos).findFirst().orElse(null);
    }

    private static org.bellwether.api.types.CpuProfile decided(org.bellwether.api.types.CpuProfile sent) {
        return Decided.of(org.bellwether.api.types.CpuProfile.TYPE, sent, LINKS, Set.of());
    }

    private void tell(Transaction tx, EventCode code, CpuProfile profile, ApiRequest request, String what) {
        events.add(
                tx,
                code,
                Asker.of(request),
                Concerns.NOTHING.withCluster(profile.cluster()),
                "The CPU profile " + profile.name(),
                what);
    }

    private static org.bellwether.api.types.CpuProfile document(CpuProfile profile) {
        return profile.spec().toBuilder()
                .id(profile.id().toString())
                .name(profile.name())
                .cluster(org.bellwether.api.types.Cluster.builder()
                        .id(profile.cluster().toString())
                        .build())
                .qos(profile.qosId()
                        .map(id -> Qos.builder().id(id.toString()).build())
                        .orElse(null))
                .build();
    }
}
