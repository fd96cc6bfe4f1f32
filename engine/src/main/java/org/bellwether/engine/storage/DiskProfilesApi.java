package org.bellwether.engine.storage;

import static org.bellwether.engine.platform.Permit.CONFIGURE_STORAGE_DISK_PROFILE;
import static org.bellwether.engine.platform.Permit.CREATE_STORAGE_DISK_PROFILE;
import static org.bellwether.engine.platform.Permit.DELETE_STORAGE_DISK_PROFILE;
import static org.bellwether.engine.platform.Permit.EDIT_STORAGE_POOL_CONFIGURATION;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import org.bellwether.api.types.QosType;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.inventory.DataCenters;
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
import org.jspecify.annotations.Nullable;

/** Disk profiles on the wire, and the QoS entries that they name. */
final class DiskProfilesApi {

    private static final Set<String> LINKS = Set.of("qos", "storage_domain", "data_center");

    private final Database database;
    private final DiskProfiles profiles;
    private final StorageDomains domains;
    private final DataCenters dataCenters;
    private final Events events;

    DiskProfilesApi(
            Database database, DiskProfiles profiles, StorageDomains domains, DataCenters dataCenters, Events events) {
        this.events = events;
        this.database = database;
        this.profiles = profiles;
        this.domains = domains;
        this.dataCenters = dataCenters;
    }

    void serve(ApiRoutes routes) {
        routes.read("disk_profiles", "list", request -> list(request, Optional.empty()));
        routes.on("disk_profiles", "add", CREATE_STORAGE_DISK_PROFILE, request -> add(request, Optional.empty()));
        routes.read("disk_profile", "get", request -> Reply.of(document(profiles.get(request.id()))));
        routes.on("disk_profile", "update", CONFIGURE_STORAGE_DISK_PROFILE, this::update);
        routes.on("disk_profile", "remove", DELETE_STORAGE_DISK_PROFILE, this::remove);
        routes.read("assigned_disk_profiles", "list", request -> list(request, Optional.of(domain(request))));
        routes.on(
                "assigned_disk_profiles",
                "add",
                CREATE_STORAGE_DISK_PROFILE,
                request -> add(request, Optional.of(domain(request))));
        routes.read("assigned_disk_profile", "get", request -> Reply.of(document(profiles.get(request.id()))));
        routes.on("assigned_disk_profile", "remove", DELETE_STORAGE_DISK_PROFILE, this::remove);
        routes.read("qoss", "list", this::listQoss);
        routes.on("qoss", "add", EDIT_STORAGE_POOL_CONFIGURATION, this::addQos);
        routes.read("qos", "get", request -> Reply.of(document(profiles.qos(request.id()))));
        routes.on("qos", "update", EDIT_STORAGE_POOL_CONFIGURATION, this::updateQos);
        routes.on("qos", "remove", EDIT_STORAGE_POOL_CONFIGURATION, this::removeQos);
    }

    private Reply list(ApiRequest request, Optional<StorageDomain> domain) {
        return Reply.list(request
                .limited(profiles.model().all().stream()
                        .filter(each -> domains.model().find(each.domain()).isPresent())
                        .filter(each ->
                                domain.map(of -> of.id().equals(each.domain())).orElse(true))
                        .sorted(Comparator.comparing(DiskProfile::name))
                        .toList())
                .stream()
                .map(DiskProfilesApi::document));
    }

    private Reply add(ApiRequest request, Optional<StorageDomain> of) {
        var body = request.body(org.bellwether.api.types.DiskProfile.class);
        var domain = of.orElseGet(() -> References.find(domains.model(), body.storageDomain(), "storage domain"));
        var made = new DiskProfile(Id.random(), name(body.name()), domain.id(), qos(body.qos()), decided(body));
        database.change(tx -> {
            profiles.insert(tx, made);
            tell(tx, EventCode.DISK_PROFILE_ADDED, request, made, "added");
        });
        return Reply.created(document(made));
    }

    private Reply update(ApiRequest request) {
        var body = request.body(org.bellwether.api.types.DiskProfile.class);
        Id<DiskProfile> id = request.id();
        var qos = qos(body.qos());
        var changed = database.transaction(tx -> {
            var after = profiles.update(
                    tx,
                    id,
                    now -> new DiskProfile(
                            now.id(),
                            body.name() == null ? now.name() : name(body.name()),
                            now.domain(),
                            qos == null ? now.qos() : qos,
                            org.bellwether.api.types.DiskProfile.TYPE.merge(now.spec(), decided(body))));
            tell(tx, EventCode.DISK_PROFILE_UPDATED, request, after, "changed");
            return after;
        });
        return Reply.of(document(changed));
    }

    private Reply remove(ApiRequest request) {
        var profile = profiles.get(request.<DiskProfile>id());
        database.change(tx -> {
            profiles.delete(tx, profile.id());
            tell(tx, EventCode.DISK_PROFILE_REMOVED, request, profile, "removed");
        });
        return Reply.done();
    }

    private Reply listQoss(ApiRequest request) {
        var dataCenter = dataCenters.get(request.<DataCenter>id(0));
        return Reply.list(request
                .limited(profiles.qoss().all().stream()
                        .filter(each -> each.dataCenter().equals(dataCenter.id()))
                        .sorted(Comparator.comparing(Qos::name))
                        .toList())
                .stream()
                .map(DiskProfilesApi::document));
    }

    private Reply addQos(ApiRequest request) {
        var dataCenter = dataCenters.get(request.<DataCenter>id(0));
        var body = request.body(org.bellwether.api.types.Qos.class);
        if (body.type() == null) {
            throw Failure.badRequest("The QoS has no type").next("Give storage, cpu, network or hostnetwork");
        }
        var made = new Qos(Id.random(), name(body.name()), dataCenter.id(), checked(decided(body)));
        database.change(tx -> {
            profiles.insert(tx, made);
            tell(tx, EventCode.QOS_ADDED, request, made, "added");
        });
        return Reply.created(document(made));
    }

    private Reply updateQos(ApiRequest request) {
        var body = request.body(org.bellwether.api.types.Qos.class);
        Id<Qos> id = request.id();
        var changed = database.transaction(tx -> {
            var after = profiles.updateQos(
                    tx,
                    id,
                    now -> new Qos(
                            now.id(),
                            body.name() == null ? now.name() : name(body.name()),
                            now.dataCenter(),
                            checked(org.bellwether.api.types.Qos.TYPE.merge(now.spec(), decided(body)))));
            tell(tx, EventCode.QOS_UPDATED, request, after, "changed");
            return after;
        });
        return Reply.of(document(changed));
    }

    private Reply removeQos(ApiRequest request) {
        var qos = profiles.qos(request.<Qos>id());
        database.change(tx -> {
            profiles.deleteQos(tx, qos.id());
            tell(tx, EventCode.QOS_REMOVED, request, qos, "removed");
        });
        return Reply.done();
    }

    private void tell(Transaction tx, EventCode code, ApiRequest request, DiskProfile profile, String what) {
        var asker = Asker.of(request);
        events.add(
                tx,
                code,
                asker,
                Concerns.NOTHING.withStorageDomain(profile.domain()),
                "The disk profile " + profile.name() + " was " + what + " by " + asker.name() + ".");
    }

    private void tell(Transaction tx, EventCode code, ApiRequest request, Qos qos, String what) {
        var asker = Asker.of(request);
        events.add(
                tx,
                code,
                asker,
                Concerns.NOTHING.withDataCenter(qos.dataCenter()),
                "The QoS " + qos.name() + " was " + what + " by " + asker.name() + ".");
    }

    private static org.bellwether.api.types.DiskProfile decided(org.bellwether.api.types.DiskProfile body) {
        return Decided.of(org.bellwether.api.types.DiskProfile.TYPE, body, LINKS, Set.of());
    }

    private static org.bellwether.api.types.Qos decided(org.bellwether.api.types.Qos body) {
        return Decided.of(org.bellwether.api.types.Qos.TYPE, body, LINKS, Set.of());
    }

    /** As QEMU has it: a total excludes limits of its parts. */
    private static org.bellwether.api.types.Qos checked(org.bellwether.api.types.Qos qos) {
        boolean bytes = set(qos.maxThroughput()) && (set(qos.maxReadThroughput()) || set(qos.maxWriteThroughput()));
        boolean operations = set(qos.maxIops()) && (set(qos.maxReadIops()) || set(qos.maxWriteIops()));
        if (qos.type() == QosType.STORAGE && (bytes || operations)) {
            throw Failure.badRequest("A limit of all I/O excludes limits of reading and of writing")
                    .next("Give the one or the others");
        }
        for (var value : java.util.Arrays.asList(
                qos.maxThroughput(),
                qos.maxReadThroughput(),
                qos.maxWriteThroughput(),
                qos.maxIops(),
                qos.maxReadIops(),
                qos.maxWriteIops())) {
            if (value != null && (value < 0 || value > 1_000_000_000)) {
                throw Failure.badRequest("A limit of I/O is a number from 0 on").because("it is " + value);
            }
        }
        return qos;
    }

    private static boolean set(@Nullable Long limit) {
        return limit != null && limit > 0;
    }

    private @Nullable Id<Qos> qos(org.bellwether.api.types.@Nullable Qos link) {
        return link == null
                ? null
                : References.find(profiles.qoss(), link, "QoS").id();
    }

    private static String name(@Nullable String name) {
        var plain = name == null ? "" : name.strip();
        if (plain.isEmpty() || plain.length() > 255 || plain.codePoints().anyMatch(Character::isISOControl)) {
            throw Failure.badRequest("It needs a name of 1 to 255 characters, without control characters");
        }
        return plain;
    }

    private StorageDomain domain(ApiRequest request) {
        return domains.get(request.<StorageDomain>id(0));
    }

    private static org.bellwether.api.types.DiskProfile document(DiskProfile profile) {
        return profile.spec().toBuilder()
                .id(profile.id().toString())
                .name(profile.name())
                .storageDomain(org.bellwether.api.types.StorageDomain.builder()
                        .id(profile.domain().toString())
                        .build())
                .qos(profile.qosId()
                        .map(id -> org.bellwether.api.types.Qos.builder()
                                .id(id.toString())
                                .build())
                        .orElse(null))
                .build();
    }

    private static org.bellwether.api.types.Qos document(Qos qos) {
        return qos.spec().toBuilder()
                .id(qos.id().toString())
                .name(qos.name())
                .dataCenter(org.bellwether.api.types.DataCenter.builder()
                        .id(qos.dataCenter().toString())
                        .build())
                .build();
    }
}
