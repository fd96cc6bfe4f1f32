package org.bellwether.engine.quota;

import static org.bellwether.engine.platform.Permit.CONFIGURE_QUOTA;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bellwether.api.types.QuotaClusterLimit;
import org.bellwether.api.types.QuotaStorageLimit;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.inventory.DataCenters;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.platform.Decided;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.StorageDomains;
import org.jspecify.annotations.Nullable;

/** Quotas on the wire, below their data center, with their limits and what is taken of them. */
final class QuotasApi {
    private static final Set<String> ELSEWHERE = Set.of(
            "data_center", "quota_cluster_limits", "quota_storage_limits", "disks", "vms", "users", "permissions");
    private static final int MOST_PERCENT = 1_000;

    private final Database database;
    private final DataCenters dataCenters;
    private final Clusters clusters;
    private final StorageDomains domains;
    private final Quotas quotas;
    private final Consumption consumption;
    private final Events events;

    QuotasApi(
            Database database,
            DataCenters dataCenters,
            Clusters clusters,
            StorageDomains domains,
            Quotas quotas,
            Consumption consumption,
            Events events) {
        this.database = database;
        this.dataCenters = dataCenters;
        this.clusters = clusters;
        this.domains = domains;
        this.quotas = quotas;
        this.consumption = consumption;
        this.events = events;
    }

    void serve(ApiRoutes routes) {
        routes.read(
                "quotas",
                "list",
                request -> Reply.list(request.limited(quotas.of(center(request).id())).stream()
                        .map(QuotasApi::document)));
        routes.on("quotas", "add", CONFIGURE_QUOTA, this::add);
        routes.read("quota", "get", request -> Reply.of(document(quota(request))));
        routes.on("quota", "update", CONFIGURE_QUOTA, this::update);
        routes.on("quota", "remove", CONFIGURE_QUOTA, this::remove);
        routes.read("quota_cluster_limits", "list", request -> {
            var quota = quota(request);
            return Reply.list(quota.clusters().stream().map(limit -> document(quota, limit)));
        });
        routes.on("quota_cluster_limits", "add", CONFIGURE_QUOTA, this::addClusterLimit);
        routes.read("quota_cluster_limit", "get", request -> {
            var quota = quota(request);
            return Reply.of(document(quota, found(request, quota.clusters(), Quota.ClusterLimit::id)));
        });
        routes.on("quota_cluster_limit", "remove", CONFIGURE_QUOTA, request -> {
            var gone = found(request, quota(request).clusters(), Quota.ClusterLimit::id);
            change(request, now -> now.limited(without(now.clusters(), gone), now.storage()));
            return Reply.done();
        });
        routes.read("quota_storage_limits", "list", request -> {
            var quota = quota(request);
            return Reply.list(quota.storage().stream().map(limit -> document(quota, limit)));
        });
        routes.on("quota_storage_limits", "add", CONFIGURE_QUOTA, this::addStorageLimit);
        routes.read("quota_storage_limit", "get", request -> {
            var quota = quota(request);
            return Reply.of(document(quota, found(request, quota.storage(), Quota.StorageLimit::id)));
        });
        routes.on("quota_storage_limit", "remove", CONFIGURE_QUOTA, request -> {
            var gone = found(request, quota(request).storage(), Quota.StorageLimit::id);
            change(request, now -> now.limited(now.clusters(), without(now.storage(), gone)));
            return Reply.done();
        });
    }

    private DataCenter center(ApiRequest request) {
        return dataCenters.get(request.<DataCenter>id(0));
    }

    private Quota quota(ApiRequest request) {
        var center = center(request);
        var quota = quotas.get(request.<Quota>id(1));
        if (!quota.dataCenter().equals(center.id())) {
            throw Failure.notFound("The data center " + center.name() + " has no quota with the id " + quota.id());
        }
        return quota;
    }

    private static <L> L found(ApiRequest request, List<L> limits, Function<L, UUID> id) {
        UUID wanted = request.<Object>id(2).value();
        return limits.stream()
                .filter(limit -> id.apply(limit).equals(wanted))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The quota has no limit with the id " + wanted));
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Quota.class);
        var made = new Quota(
                Id.random(),
                Names.checked(sent.name(), "a quota"),
                center(request).id(),
                false,
                checked(decided(sent)),
                List.of(),
                List.of());
        database.change(tx -> {
            quotas.insert(tx, made);
            tell(tx, EventCode.QUOTA_ADDED, made, request, "added");
        });
        return Reply.created(document(made));
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Quota.class);
        return Reply.of(document(change(
                request,
                now -> now.decided(
                        sent.name() == null ? now.name() : Names.checked(sent.name(), "a quota"),
                        checked(org.bellwether.api.types.Quota.TYPE.merge(now.spec(), decided(sent)))))));
    }

    private Reply remove(ApiRequest request) {
        var quota = quota(request);
        database.change(tx -> {
            quotas.delete(tx, quota);
            tell(tx, EventCode.QUOTA_REMOVED, quota, request, "removed");
        });
        return Reply.done();
    }

    private Reply addClusterLimit(ApiRequest request) {
        var sent = request.body(QuotaClusterLimit.class);
        var limit = new Quota.ClusterLimit(
                UUID.randomUUID(),
                sent.cluster() == null
                        ? null
                        : clusters.referred(sent.cluster()).id().value(),
                sent.memoryLimit() == null ? Quota.UNLIMITED : sent.memoryLimit(),
                sent.vcpuLimit() == null ? Quota.UNLIMITED : sent.vcpuLimit());
        var changed = change(request, now -> {
            requireOneKind(
                    now.clusters().stream().map(Quota.ClusterLimit::cluster).toList(), limit.cluster(), "cluster");
            return now.limited(with(now.clusters(), limit), now.storage());
        });
        return Reply.created(document(changed, limit));
    }

    private Reply addStorageLimit(ApiRequest request) {
        var sent = request.body(QuotaStorageLimit.class);
        var limit = new Quota.StorageLimit(
                UUID.randomUUID(),
                sent.storageDomain() == null
                        ? null
                        : References.find(domains.model(), sent.storageDomain(), "storage domain")
                                .id()
                                .value(),
                sent.limit() == null ? Quota.UNLIMITED : sent.limit());
        var changed = change(request, now -> {
            requireOneKind(
                    now.storage().stream().map(Quota.StorageLimit::domain).toList(), limit.domain(), "storage domain");
            return now.limited(now.clusters(), with(now.storage(), limit));
        });
        return Reply.created(document(changed, limit));
    }

    /** Either one limit of all together, or one of each. */
    private static void requireOneKind(List<@Nullable UUID> there, @Nullable UUID added, String what) {
        boolean all = there.contains(null);
        if (there.contains(added) || (!there.isEmpty() && (all || added == null))) {
            throw Failure.conflict("The quota has a limit for this already")
                    .because("a quota limits either all " + what + "s together, or each once")
                    .undone("Nothing was changed")
                    .next("Remove the other limit first");
        }
    }

    private Quota change(ApiRequest request, UnaryOperator<Quota> change) {
        var quota = quota(request);
        return database.transaction(tx -> {
            var changed = quotas.update(tx, quota.id(), change);
            tell(tx, EventCode.QUOTA_UPDATED, changed, request, "changed");
            return changed;
        });
    }

    private static <L> List<L> with(List<L> limits, L added) {
        var more = new ArrayList<>(limits);
        more.add(added);
        return more;
    }

    private static <L> List<L> without(List<L> limits, L gone) {
        return limits.stream().filter(limit -> !limit.equals(gone)).toList();
    }

    private static org.bellwether.api.types.Quota decided(org.bellwether.api.types.Quota sent) {
        return Decided.of(org.bellwether.api.types.Quota.TYPE, sent, ELSEWHERE, Set.of());
    }

    private static org.bellwether.api.types.Quota checked(org.bellwether.api.types.Quota spec) {
        for (Long percent : java.util.Arrays.asList(
                spec.clusterSoftLimitPct(),
                spec.clusterHardLimitPct(),
                spec.storageSoftLimitPct(),
                spec.storageHardLimitPct())) {
            if (percent != null && (percent < 0 || percent > MOST_PERCENT)) {
                throw Failure.badRequest("A threshold or grace of a quota is 0 to " + MOST_PERCENT + " percent")
                        .because("it is " + percent);
            }
        }
        return spec;
    }

    private void tell(Transaction tx, EventCode code, Quota quota, ApiRequest request, String what) {
        events.add(
                tx,
                code,
                Asker.of(request),
                Concerns.NOTHING.withDataCenter(quota.dataCenter()).withQuota(quota.id()),
                "The quota " + quota.name(),
                what);
    }

    private static org.bellwether.api.types.Quota document(Quota quota) {
        return quota.spec().toBuilder()
                .id(quota.id().toString())
                .name(quota.name())
                .description(Optional.ofNullable(quota.spec().description()).orElse(""))
                .clusterSoftLimitPct(quota.clusterThreshold())
                .clusterHardLimitPct(quota.clusterGrace())
                .storageSoftLimitPct(quota.storageThreshold())
                .storageHardLimitPct(quota.storageGrace())
                .dataCenter(org.bellwether.api.types.DataCenter.builder()
                        .id(quota.dataCenter().toString())
                        .build())
                .build();
    }

    private QuotaClusterLimit document(Quota quota, Quota.ClusterLimit limit) {
        return QuotaClusterLimit.builder()
                .id(limit.id().toString())
                .memoryLimit(limit.memoryGib())
                .memoryUsage(consumption.memoryOf(quota, limit))
                .vcpuLimit(limit.vcpus())
                .vcpuUsage(consumption.vcpusOf(quota, limit))
                .cluster(
                        limit.cluster() == null
                                ? null
                                : org.bellwether.api.types.Cluster.builder()
                                        .id(limit.cluster().toString())
                                        .build())
                .quota(reference(quota))
                .build();
    }

    private QuotaStorageLimit document(Quota quota, Quota.StorageLimit limit) {
        return QuotaStorageLimit.builder()
                .id(limit.id().toString())
                .limit(limit.gib())
                .usage(consumption.storageOf(quota, limit))
                .storageDomain(
                        limit.domain() == null
                                ? null
                                : org.bellwether.api.types.StorageDomain.builder()
                                        .id(limit.domain().toString())
                                        .build())
                .quota(reference(quota))
                .build();
    }

    private static org.bellwether.api.types.Quota reference(Quota quota) {
        return org.bellwether.api.types.Quota.builder()
                .id(quota.id().toString())
                .build();
    }
}
