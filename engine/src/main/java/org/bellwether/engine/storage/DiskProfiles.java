package org.bellwether.engine.storage;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bellwether.engine.access.ObjectTree;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.protocol.IoLimits;
import org.jspecify.annotations.Nullable;

/** Disk profiles and the limits behind them. */
public final class DiskProfiles {

    private static final long MIB = 1L << 20;

    private final Database database;
    private final StorageDomains domains;
    private final ObjectTable<DiskProfile> profiles = new ObjectTable<>(
            "disk_profiles",
            "disk profile",
            DiskProfile.class,
            each -> Map.of("storage_domain_id", each.domain().value()));
    private final ObjectTable<Qos> qoss = new ObjectTable<>(
            "qoss",
            "QoS",
            Qos.class,
            each -> Map.of("data_center_id", each.dataCenter().value()));

    public DiskProfiles(Database database, StorageDomains domains) {
        this.database = database;
        this.domains = domains;
    }

    public void load() {
        profiles.load(database);
        qoss.load(database);
    }

    /** Lets permissions be given on profiles. */
    public void declare(ObjectTree tree) {
        tree.kind(
                "disk_profile",
                "disk_profiles",
                profiles.model(),
                profile -> Stream.of(ObjectTree.Node.of("storage_domain", profile.domain())));
    }

    /** What a reference to a QoS, by id or by name, calls it; nothing when it is gone. */
    public Optional<String> qosName(org.bellwether.api.types.Qos reference) {
        return Optional.ofNullable(reference.name())
                .or(() -> Optional.ofNullable(reference.id())
                        .flatMap(id -> qoss.model().find(Id.of(id)))
                        .map(Qos::name));
    }

    ReadModel<DiskProfile> model() {
        return profiles.model();
    }

    ReadModel<Qos> qoss() {
        return qoss.model();
    }

    /** The profile of a domain that still is, or a failure that says that there is none. */
    DiskProfile get(Id<DiskProfile> id) {
        var profile = profiles.get(id);
        domains.get(profile.domain());
        return profile;
    }

    Qos qos(Id<Qos> id) {
        return qoss.get(id);
    }

    /** Any limits of that id, for those whose limits are not of disks. */
    public Optional<org.bellwether.api.types.Qos> limitsOf(String id) {
        return qoss.model().find(Id.of(id)).map(Qos::spec);
    }

    /** What a machine's disk is held to; empty when it has no profile, or one without limits. */
    public Optional<IoLimits> limits(Disk disk) {
        var link = disk.spec().diskProfile();
        if (link == null || link.id() == null) {
            return Optional.empty();
        }
        return profiles.model()
                .find(Id.of(link.id()))
                .flatMap(DiskProfile::qosId)
                .flatMap(id -> qoss.model().find(id))
                .map(qos -> limits(qos.spec()));
    }

    private static IoLimits limits(org.bellwether.api.types.Qos qos) {
        return IoLimits.newBuilder()
                .setTotalBytesPerSecond(MIB * number(qos.maxThroughput()))
                .setReadBytesPerSecond(MIB * number(qos.maxReadThroughput()))
                .setWriteBytesPerSecond(MIB * number(qos.maxWriteThroughput()))
                .setTotalOpsPerSecond(number(qos.maxIops()))
                .setReadOpsPerSecond(number(qos.maxReadIops()))
                .setWriteOpsPerSecond(number(qos.maxWriteIops()))
                .build();
    }

    private static long number(@Nullable Long value) {
        return value == null ? 0 : value;
    }

    void insert(Transaction tx, DiskProfile profile) {
        profiles.insert(tx, profile);
    }

    /** As clients expect it: each new domain has a profile of its own name, without limits. */
    void furnish(Transaction tx, StorageDomain domain) {
        boolean there =
                profiles.model().all().stream().anyMatch(each -> each.domain().equals(domain.id()));
        if (!there) {
            profiles.insert(
                    tx,
                    new DiskProfile(
                            Id.random(),
                            domain.name(),
                            domain.id(),
                            null,
                            org.bellwether.api.types.DiskProfile.builder().build()));
        }
    }

    DiskProfile update(Transaction tx, Id<DiskProfile> id, java.util.function.UnaryOperator<DiskProfile> change) {
        return profiles.update(tx, id, change);
    }

    void delete(Transaction tx, Id<DiskProfile> id) {
        profiles.delete(tx, id);
    }

    void insert(Transaction tx, Qos qos) {
        qoss.insert(tx, qos);
    }

    Qos updateQos(Transaction tx, Id<Qos> id, java.util.function.UnaryOperator<Qos> change) {
        return qoss.update(tx, id, change);
    }

    void deleteQos(Transaction tx, Id<Qos> id) {
        if (profiles.model().all().stream().anyMatch(each -> each.qosId().equals(Optional.of(id)))) {
            throw Failure.conflict("The QoS " + qoss.get(id).name() + " is not removed")
                    .because("disk profiles use it")
                    .next("Take it from those first");
        }
        qoss.delete(tx, id);
    }
}
