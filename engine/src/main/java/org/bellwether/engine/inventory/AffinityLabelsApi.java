package org.bellwether.engine.inventory;

import static org.bellwether.engine.platform.Permit.MANIPULATE_AFFINITY_GROUPS;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bellwether.api.Struct;
import org.bellwether.api.types.Host;
import org.bellwether.api.types.Vm;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.AffinityLabel.Side;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/** Affinity labels on the wire: all of them, and those on a machine or a host. */
public final class AffinityLabelsApi {
    private final Database database;
    private final AffinityLabels labels;
    private final Map<Side, Function<Struct, UUID>> referred;
    private final Events events;

    /**
     * @param vms the machine that a document refers to, by id or name
     * @param hosts the same of hosts
     */
    public AffinityLabelsApi(
            Database database,
            AffinityLabels labels,
            Function<Struct, UUID> vms,
            Function<Struct, UUID> hosts,
            Events events) {
        this.database = database;
        this.labels = labels;
        this.referred = Map.of(Side.VM, vms, Side.HOST, hosts);
        this.events = events;
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "affinity_labels",
                "list",
                request -> Reply.list(
                        request.limited(labels.model().all()).stream().map(AffinityLabelsApi::document)));
        routes.on("affinity_labels", "add", MANIPULATE_AFFINITY_GROUPS, this::add);
        routes.read("affinity_label", "get", request -> Reply.of(document(labels.get(request.id()))));
        routes.on("affinity_label", "update", MANIPULATE_AFFINITY_GROUPS, this::update);
        routes.on("affinity_label", "remove", MANIPULATE_AFFINITY_GROUPS, this::remove);
        serveSide(routes, Side.VM, "affinity_label_vms", "affinity_label_vm");
        serveSide(routes, Side.HOST, "affinity_label_hosts", "affinity_label_host");
        routes.read(
                "assigned_affinity_labels",
                "list",
                request -> Reply.list(
                        labels.on(side(request), request.<Object>id(0).value()).stream()
                                .map(AffinityLabelsApi::document)));
        routes.on("assigned_affinity_labels", "add", MANIPULATE_AFFINITY_GROUPS, this::assign);
        routes.read("assigned_affinity_label", "get", request -> Reply.of(document(assigned(request))));
        routes.on("assigned_affinity_label", "remove", MANIPULATE_AFFINITY_GROUPS, request -> {
            var label = assigned(request);
            change(
                    request,
                    label.id(),
                    now -> now.without(side(request), request.<Object>id(0).value()));
            return Reply.done();
        });
    }

    private void serveSide(ApiRoutes routes, Side side, String many, String one) {
        routes.read(
                many,
                "list",
                request -> Reply.list(labels.get(request.<AffinityLabel>id(0)).on(side).stream()
                        .sorted()
                        .map(id -> member(side, id))));
        routes.on(many, "add", MANIPULATE_AFFINITY_GROUPS, request -> {
            UUID object = referred(side, request.body(Struct.class));
            change(request, request.id(0), now -> now.with(side, object));
            return Reply.created(member(side, object));
        });
        routes.read(one, "get", request -> Reply.of(member(side, present(request, side))));
        routes.on(one, "remove", MANIPULATE_AFFINITY_GROUPS, request -> {
            UUID object = present(request, side);
            change(request, request.id(0), now -> now.without(side, object));
            return Reply.done();
        });
    }

    private UUID present(ApiRequest request, Side side) {
        var label = labels.get(request.<AffinityLabel>id(0));
        UUID object = request.<Object>id(1).value();
        if (!label.on(side).contains(object)) {
            throw Failure.notFound("The affinity label " + label.name() + " is not on " + object);
        }
        return object;
    }

    private UUID referred(Side side, Struct reference) {
        return java.util.Objects.requireNonNull(referred.get(side)).apply(reference);
    }

    private static Side side(ApiRequest request) {
        return request.targets().getFirst().service().equals("host") ? Side.HOST : Side.VM;
    }

    private AffinityLabel assigned(ApiRequest request) {
        var label = labels.get(request.<AffinityLabel>id(1));
        if (!label.on(side(request)).contains(request.<Object>id(0).value())) {
            throw Failure.notFound("The affinity label " + label.name() + " is not on it");
        }
        return label;
    }

    private Reply assign(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.AffinityLabel.class);
        var label = References.find(labels.model(), sent, "affinity label");
        return Reply.created(document(change(
                request,
                label.id(),
                now -> now.with(side(request), request.<Object>id(0).value()))));
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.AffinityLabel.class);
        var made = new AffinityLabel(
                Id.random(),
                Names.checked(sent.name(), "an affinity label"),
                Optional.ofNullable(sent.comment()).orElse(""),
                Boolean.TRUE.equals(sent.hasImplicitAffinityGroup()),
                members(Side.VM, sent.vms()),
                members(Side.HOST, sent.hosts()));
        database.change(tx -> {
            labels.insert(tx, made);
            tell(tx, EventCode.AFFINITY_LABEL_ADDED, made, request, "added");
        });
        return Reply.created(document(made));
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.AffinityLabel.class);
        Optional<Set<UUID>> vms = Optional.ofNullable(sent.vms()).map(list -> members(Side.VM, list));
        Optional<Set<UUID>> hosts = Optional.ofNullable(sent.hosts()).map(list -> members(Side.HOST, list));
        return Reply.of(document(change(
                request,
                request.id(),
                now -> new AffinityLabel(
                        now.id(),
                        sent.name() == null ? now.name() : Names.checked(sent.name(), "an affinity label"),
                        Optional.ofNullable(sent.comment()).orElse(now.comment()),
                        Optional.ofNullable(sent.hasImplicitAffinityGroup()).orElse(now.implicit()),
                        vms.orElse(now.vms()),
                        hosts.orElse(now.hosts())))));
    }

    private Reply remove(ApiRequest request) {
        var label = labels.get(request.<AffinityLabel>id());
        database.change(tx -> {
            labels.delete(tx, label.id());
            tell(tx, EventCode.AFFINITY_LABEL_REMOVED, label, request, "removed");
        });
        return Reply.done();
    }

    private AffinityLabel change(
            ApiRequest request, Id<AffinityLabel> id, java.util.function.UnaryOperator<AffinityLabel> change) {
        return database.transaction(tx -> {
            var label = labels.update(tx, id, change);
            tell(tx, EventCode.AFFINITY_LABEL_UPDATED, label, request, "changed");
            return label;
        });
    }

    private Set<UUID> members(Side side, @Nullable List<? extends Struct> sent) {
        return sent == null
                ? Set.of()
                : sent.stream().map(each -> referred(side, each)).collect(Collectors.toUnmodifiableSet());
    }

    private void tell(Transaction tx, EventCode code, AffinityLabel label, ApiRequest request, String what) {
        events.add(tx, code, Asker.of(request), Concerns.NOTHING, "The affinity label " + label.name(), what);
    }

    private static Struct member(Side side, UUID id) {
        return side == Side.VM
                ? Vm.builder().id(id.toString()).build()
                : Host.builder().id(id.toString()).build();
    }

    private static org.bellwether.api.types.AffinityLabel document(AffinityLabel label) {
        return org.bellwether.api.types.AffinityLabel.builder()
                .id(label.id().toString())
                .name(label.name())
                .comment(label.comment())
                .hasImplicitAffinityGroup(label.implicit())
                .readOnly(false)
                .vms(label.vms().stream()
                        .sorted()
                        .map(id -> Vm.builder().id(id.toString()).build())
                        .toList())
                .hosts(label.hosts().stream()
                        .sorted()
                        .map(id -> Host.builder().id(id.toString()).build())
                        .toList())
                .build();
    }
}
