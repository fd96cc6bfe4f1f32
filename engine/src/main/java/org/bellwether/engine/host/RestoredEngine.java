package org.bellwether.engine.host;

import java.time.Duration;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.EngineMaintenance;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the quiet in which a restored engine begins, as soon as every host that is in service has said what runs on it. Until
 * then the engine knows machines only where they were when the backup was made.
 */
public final class RestoredEngine implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RestoredEngine.class);
    private static final Duration PACE = Duration.ofSeconds(2);

    private final Database database;
    private final Hosts hosts;
    private final Agents agents;
    private final Events events;
    private volatile boolean closed;

    public RestoredEngine(Database database, Hosts hosts, Agents agents, Events events) {
        this.database = database;
        this.hosts = hosts;
        this.agents = agents;
        this.events = events;
    }

    /** Once, at start; does nothing in an engine that was not restored. */
    public void start() {
        if (waits()) {
            Thread.ofVirtual().name("restored").start(this::await);
        }
    }

    private boolean waits() {
        return database.transaction(EngineMaintenance::now)
                .filter(state -> state.kind() == EngineMaintenance.Kind.RESTORED)
                .isPresent();
    }

    private void await() {
        while (!closed) {
            // Looked at before the pause: what a host said must have been taken in by all who hear it.
            boolean all = hosts.model().all().stream()
                    .filter(host -> host.wanted() == Host.Wanted.ACTIVE)
                    .allMatch(host -> agents.connected(host.id().value()));
            sleep();
            try {
                if (!waits()) {
                    return;
                }
                if (all && !closed) {
                    database.change(tx -> {
                        EngineMaintenance.end(tx);
                        events.add(
                                tx,
                                EventCode.ENGINE_STARTED,
                                Asker.engine(),
                                Concerns.NOTHING,
                                "The restored engine has heard of every host in service and takes orders again.");
                    });
                    return;
                }
            } catch (RuntimeException e) { // a database that is away for a moment must not leave the engine quiet
                log.error("Whether all hosts were heard of was not settled", e);
            }
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(PACE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
