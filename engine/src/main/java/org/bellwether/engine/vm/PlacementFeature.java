package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.UUID;
import java.util.function.Function;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.power.HostPower;
import org.bellwether.engine.storage.StorageDomains;
import org.jspecify.annotations.Nullable;

/** Puts together what asks placement: for real, ahead of failures, and for people who want to know. */
public final class PlacementFeature {

    private final Vms vms;
    private final Hosts hosts;
    private final Clusters clusters;
    private final StorageDomains domains;
    private final VmRules rules;
    private final SustainedLoads loads;
    private final ClusterView view;
    private final PlaceVm place;
    private final Foresight foresight;
    private final SpareCapacity spare;
    private final Function<VmLifecycle, BalanceClusters> balanceBy;
    private @Nullable BalanceClusters balance;

    PlacementFeature(
            Database database,
            Operations operations,
            Events events,
            Clock clock,
            Clusters clusters,
            Hosts hosts,
            StorageDomains domains,
            Vms vms,
            ObservedMachines observed,
            VmRules rules,
            HostPower power) {
        this.vms = vms;
        this.hosts = hosts;
        this.clusters = clusters;
        this.domains = domains;
        this.rules = rules;
        this.loads = new SustainedLoads(clock);
        var underway = new Underway(operations);
        this.view = new ClusterView(vms, hosts, observed, rules, underway, loads);
        this.place = new PlaceVm(vms, hosts, view, underway, new PlacementRepository(database), clock);
        this.foresight = new Foresight(vms, hosts, view, power);
        this.spare = new SpareCapacity(database, clusters, hosts, foresight, events, clock);
        this.balanceBy =
                lifecycle -> new BalanceClusters(clusters, hosts, vms, observed, view, lifecycle, operations, clock);
    }

    Foresight foresight() {
        return foresight;
    }

    ClusterView view() {
        return view;
    }

    PlaceVm place() {
        return place;
    }

    /** What watches how busy hosts are. */
    public SustainedLoads loads() {
        return loads;
    }

    /** Why machines are where they are, for whom that gate lets in. */
    public PlacementPages pages(Gate gate) {
        return new PlacementPages(vms, hosts, clusters, domains, place, foresight, spare, gate);
    }

    /** Whether a rule of an affinity group does not hold for what runs now. */
    public boolean broken(Id<Cluster> cluster, UUID group) {
        return rules.groups().apply(cluster).stream()
                .filter(each -> each.id().equals(group))
                .anyMatch(each -> each.broken(view.situation(cluster).where()));
    }

    /** Begins to watch, and to balance by the lifecycle's migrations; once, when the engine acts. */
    void watch(VmLifecycle lifecycle) {
        spare.start();
        var begun = balanceBy.apply(lifecycle);
        begun.start();
        balance = begun;
    }

    /** Ends what {@link #watch} began. */
    void stopWatching() {
        spare.close();
        var begun = balance;
        if (begun != null) {
            begun.close();
        }
    }
}
