package org.bellwether.engine.power;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.HostStatus;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the controllers of hosts that are up now and then, so that a dead one is known before it is needed. */
public final class ControllerHealth implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ControllerHealth.class);

    /** Hosts are heard of by then. */
    private static final Duration FIRST = Duration.ofMinutes(2);

    private final Database database;
    private final Hosts hosts;
    private final HostPower power;
    private final Events events;
    private final Duration pace;
    private final Map<Id<Host>, String> unwell = new ConcurrentHashMap<>();
    private final Thread thread = Thread.ofVirtual().name("controllers").unstarted(this::watch);

    /** @param pace how often they are asked */
    public ControllerHealth(Database database, Hosts hosts, HostPower power, Events events, Duration pace) {
        this.database = database;
        this.hosts = hosts;
        this.power = power;
        this.events = events;
        this.pace = pace;
    }

    public void start() {
        thread.start();
    }

    private void watch() {
        try {
            Thread.sleep(FIRST.compareTo(pace) < 0 ? FIRST : pace);
            while (true) {
                hosts.model().all().forEach(this::lookSafely);
                Thread.sleep(pace);
            }
        } catch (InterruptedException e) {
            // It is closed.
        }
    }

    private void lookSafely(Host host) {
        try {
            look(host);
        } catch (RuntimeException e) { // one bad look must not end the watch
            log.error("The controllers of host {} were not looked at", host.name(), e);
        }
    }

    void look(Host host) {
        if (hosts.status(host) != HostStatus.UP || !power.managed(host) || !power.hasProxy(host)) {
            return;
        }
        var found = power.unwell(host);
        if (found.isPresent()) {
            if (!found.get().equals(unwell.put(host.id(), found.get()))) {
                tell(
                        host,
                        EventCode.FENCE_AGENT_UNWELL,
                        "Host " + host.name() + " could not be fenced now: " + found.get()
                                + ". Look at its management controller before it is needed.");
            }
        } else if (unwell.remove(host.id()) != null) {
            tell(host, EventCode.FENCE_AGENT_WELL, "The fence agents of host " + host.name() + " answer again.");
        }
    }

    private void tell(Host host, EventCode code, String message) {
        database.change(tx -> events.add(
                tx, code, Asker.engine(), Concerns.NOTHING.withHost(host.id()).withCluster(host.cluster()), message));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
