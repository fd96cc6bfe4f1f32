package org.bellwether.engine.licence;

import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bellwether.engine.placement.CpuDemand;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.vm.LicenceRule;
import org.bellwether.engine.vm.Vm;

/** All licence zones, and what they bind machines to. */
public final class LicenceZones implements LicenceRule {

    private final ObjectTable<LicenceZone> table = new ObjectTable<>(
            "licence_zones",
            "licence zone",
            LicenceZone.class,
            zone -> Map.of("cluster_id", zone.cluster().value()));

    public void load(Database database) {
        table.load(database);
    }

    ReadModel<LicenceZone> model() {
        return table.model();
    }

    /** The zone that a machine is in; it is in one at most. */
    Optional<LicenceZone> holding(Id<Vm> vm) {
        return table.model().all().stream()
                .filter(zone -> zone.member(vm).isPresent())
                .findFirst();
    }

    @Override
    public Optional<CpuDemand.Licence> of(Id<Vm> vm) {
        if (table.model().size() == 0) {
            return Optional.empty(); // asked for every machine of every cluster
        }
        return holding(vm).flatMap(zone -> zone.member(vm).map(zone::licence));
    }

    @Override
    public void require(Id<Vm> vm, String name, long cpus) {
        holding(vm).ifPresent(zone -> {
            long allowed = zone.member(vm).orElseThrow().cpus();
            if (cpus > allowed) {
                throw Failure.conflict("VM " + name + " cannot have " + cpus + " CPUs")
                        .because("it is in the licence zone " + zone.name() + ", which allows it " + allowed
                                + ": more would widen what is licensed")
                        .undone("Nothing was changed")
                        .next("Allow it first, on record: bw licence-zone allow " + zone.name() + " --vm " + name
                                + " --cpus " + cpus + " --because REASON");
            }
        });
    }

    Optional<LicenceZone> named(String name) {
        return table.model().named(name).stream().findFirst();
    }

    void insert(Transaction tx, LicenceZone zone) {
        table.insert(tx, zone);
    }

    /** The zone's row is locked meanwhile: what the change looks at is what it changes. */
    LicenceZone update(Transaction tx, Id<LicenceZone> id, UnaryOperator<LicenceZone> change) {
        return table.update(tx, id, change);
    }

    void delete(Transaction tx, Id<LicenceZone> id) {
        table.delete(tx, id);
    }
}
