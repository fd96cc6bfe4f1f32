package org.bellwether.engine.network;

import static org.bellwether.engine.platform.Permit.CONFIGURE_NETWORK_VNIC_PROFILE;
import static org.bellwether.engine.platform.Permit.CREATE_NETWORK_VNIC_PROFILE;
import static org.bellwether.engine.platform.Permit.DELETE_NETWORK_VNIC_PROFILE;

import java.util.Set;
import org.bellwether.api.types.VnicPassThroughMode;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.inventory.NetworkFilters;
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

/** vNIC profiles on the wire. */
public final class VnicProfilesApi {

    private static final Set<String> KEPT_LINKS = Set.of("network_filter", "qos", "failover");

    private final Database database;
    private final Networks networks;
    private final Events events;
    private final NetworkFilters filters = new NetworkFilters();

    public VnicProfilesApi(Database database, Networks networks, Events events) {
        this.database = database;
        this.networks = networks;
        this.events = events;
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "vnic_profiles",
                "list",
                request -> Reply.list(
                        request.limited(networks.profiles().all()).stream().map(this::document)));
        routes.on("vnic_profiles", "add", CREATE_NETWORK_VNIC_PROFILE, this::add);
        routes.read("vnic_profile", "get", request -> Reply.of(document(networks.profile(request.id()))));
        routes.on("vnic_profile", "update", CONFIGURE_NETWORK_VNIC_PROFILE, this::update);
        routes.on("vnic_profile", "remove", DELETE_NETWORK_VNIC_PROFILE, this::remove);
        routes.read(
                "assigned_vnic_profiles",
                "list",
                request -> Reply.list(
                        request
                                .limited(networks.profilesOf(
                                        networks.get(request.<Network>id(0)).id()))
                                .stream()
                                .map(this::document)));
        routes.on("assigned_vnic_profiles", "add", CREATE_NETWORK_VNIC_PROFILE, this::add);
        routes.read("assigned_vnic_profile", "get", request -> Reply.of(document(networks.profile(request.id()))));
        routes.on("assigned_vnic_profile", "remove", DELETE_NETWORK_VNIC_PROFILE, this::remove);
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.VnicProfile.class);
        var network = request.targets().isEmpty()
                ? References.find(networks.model(), sent.network(), "network")
                : networks.get(request.<Network>id(0));
        var made = new VnicProfile(
                Id.random(),
                Names.checked(sent.name(), "a vNIC profile"),
                network.id(),
                spec(Networks.profileDefaults(), sent));
        check(made);
        database.change(tx -> {
            networks.insert(tx, made);
            tell(tx, EventCode.VNIC_PROFILE_ADDED, made, request, "added");
        });
        return Reply.created(document(made));
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.VnicProfile.class);
        var before = networks.profile(request.id());
        var changed = database.transaction(tx -> {
            var after = networks.updateProfile(tx, before.id(), now -> {
                var wanted = new VnicProfile(
                        now.id(),
                        sent.name() == null ? now.name() : Names.checked(sent.name(), "a vNIC profile"),
                        now.network(),
                        spec(now.spec(), sent));
                check(wanted);
                return wanted;
            });
            tell(tx, EventCode.VNIC_PROFILE_UPDATED, after, request, "changed");
            return after;
        });
        return Reply.of(document(changed));
    }

    private Reply remove(ApiRequest request) {
        var profile = networks.profile(request.id());
        database.change(tx -> {
            networks.deleteProfile(tx, profile.id());
            tell(tx, EventCode.VNIC_PROFILE_REMOVED, profile, request, "removed");
        });
        return Reply.done();
    }

    private void tell(Transaction tx, EventCode code, VnicProfile profile, ApiRequest request, String what) {
        var asker = Asker.of(request);
        var network = networks.get(profile.network());
        events.add(
                tx,
                code,
                asker,
                Concerns.NOTHING.withDataCenter(network.dataCenter()),
                "The vNIC profile " + profile.name() + " of the network " + network.name() + " was " + what + " by "
                        + asker.name() + ".");
    }

    private void check(VnicProfile profile) {
        var spec = profile.spec();
        var filter = spec.networkFilter();
        if (filter != null && filter.id() != null && filters.find(filter.id()).isEmpty()) {
            throw Failure.notFound("There is no network filter with the id " + filter.id());
        }
        var passThrough = spec.passThrough();
        boolean passes = passThrough != null && passThrough.mode() == VnicPassThroughMode.ENABLED;
        if (passes && Boolean.TRUE.equals(spec.portMirroring())) {
            throw Failure.badRequest(
                            "The vNIC profile " + profile.name() + " cannot pass a NIC through and mirror ports")
                    .because("what is passed through does not pass the host's bridge");
        }
        boolean taken = networks.profilesOf(profile.network()).stream()
                .anyMatch(other ->
                        !other.id().equals(profile.id()) && other.name().equals(profile.name()));
        if (taken) {
            throw Failure.conflict("The network has a vNIC profile " + profile.name() + " already");
        }
        if (!Networks.forMachines(networks.get(profile.network()))) {
            throw Failure.conflict(
                            "The network " + networks.get(profile.network()).name() + " cannot have vNIC profiles")
                    .because("machines cannot be plugged into it")
                    .next("Give it the usage vm first");
        }
    }

    private static org.bellwether.api.types.VnicProfile spec(
            org.bellwether.api.types.VnicProfile before, org.bellwether.api.types.VnicProfile sent) {
        return org.bellwether.api.types.VnicProfile.TYPE.merge(
                before, Decided.of(org.bellwether.api.types.VnicProfile.TYPE, sent, Set.of(), KEPT_LINKS));
    }

    private org.bellwether.api.types.VnicProfile document(VnicProfile profile) {
        return profile.spec().toBuilder()
                .id(profile.id().toString())
                .name(profile.name())
                .network(org.bellwether.api.types.Network.builder()
                        .id(profile.network().toString())
                        .build())
                .build();
    }
}
