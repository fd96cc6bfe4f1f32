package org.bellwether.engine.licence;

import java.time.Clock;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.vm.ObservedMachines;
import org.bellwether.engine.vm.Vms;

/** Puts the parts of licence zones together. */
public final class LicenceFeature {

    private final LicenceZones zones;
    private final LicenceRepository records;
    private final ChangeZones change;
    private final WatchZones watch;
    private final Clusters clusters;
    private final Hosts hosts;
    private final Vms vms;
    private final Clock clock;

    public LicenceFeature(
            Database database,
            LicenceZones zones,
            Clusters clusters,
            Hosts hosts,
            Vms vms,
            ObservedMachines observed,
            Events events,
            Clock clock) {
        this.zones = zones;
        this.clusters = clusters;
        this.hosts = hosts;
        this.vms = vms;
        this.clock = clock;
        this.records = new LicenceRepository(database);
        this.change = new ChangeZones(database, zones, records, hosts, vms, events, clock);
        this.watch = new WatchZones(database, zones, records, hosts, vms, observed, events, clock);
    }

    /** What looks at the proofs: it hears the agents. */
    public WatchZones watch() {
        return watch;
    }

    /** The pages, for whom that gate lets in. */
    public void declare(Site.Builder site, Gate gate) {
        new LicencePages(zones, records, change, watch, clusters, hosts, vms, gate, clock).declare(site);
    }
}
