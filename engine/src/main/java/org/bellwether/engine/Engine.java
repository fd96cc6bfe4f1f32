package org.bellwether.engine;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bellwether.engine.access.Access;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.config.EngineConfig;
import org.bellwether.engine.platform.feed.StatusWatch;
import org.bellwether.engine.platform.http.HttpServer;
import org.bellwether.engine.platform.http.HttpSettings;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.selfhosted.TellKeepers;
import org.bellwether.engine.statistics.Measurements;
import org.bellwether.engine.statistics.StatisticsHistory;
import org.bellwether.engine.vm.Consoles;
import org.bellwether.engine.vm.VncDoor;

/**
 * The composition root: {@link Ground}, {@link Holdings}, {@link Features} and {@link Doors}, in the order in which they depend
 * on one another. Read these four and you have seen everything that exists.
 */
final class Engine implements AutoCloseable {

    private final Ground ground;
    private final Holdings held;
    private final Features features;
    private final Access access;
    private final StatisticsHistory history;
    private final StatusWatch hostWatch;
    private final StatusWatch domainWatch;
    private final Optional<VncDoor> vncDoor;
    private final HttpServer server;
    private final TellKeepers keepers;

    private Engine(Ground ground, EngineConfig config, Clock clock) {
        this.ground = ground;
        held = new Holdings(ground);
        features = new Features(ground, held);
        access = Access.open(ground.database, config.adminPasswordFile(), held.tree, ground.events, clock);
        CrossReferences.tie(held, features, access);
        var measurements = new Measurements(
                held.clusters, held.hosts, held.domains, held.observedDomains, held.vms, held.observedMachines);
        history = StatisticsHistory.start(ground.database, clock, measurements);
        var settings = HttpSettings.of(
                config.httpAddress(),
                config.httpsPort(),
                config.httpPort().map(OptionalInt::of).orElse(OptionalInt.empty()),
                ground.names());
        var web = ground.web;
        var first = web.now();
        keepers = new TellKeepers(
                held.engineMachines,
                held.vms,
                held.disks,
                held.domains,
                held.hosts,
                ground.agents,
                () -> Stream.concat(ground.authority.trusted().stream(), Stream.of(web.certificate()))
                        .toList());
        var site = Doors.site(ground, held, features, access, history, measurements, settings, keepers);

        // From here on the engine acts.
        features.start(ground, held);
        keepers.start();
        tell(EventCode.ENGINE_STARTED, "The engine has started.");
        hostWatch = new StatusWatch("hosts", this::hostStatuses, (host, status) -> {
            held.feed.changed("hosts", host);
            held.vms
                    .on(Id.of(host))
                    .forEach(vm -> held.feed.changed("vms", vm.id().value()));
        });
        domainWatch = new StatusWatch(
                "storage domains",
                this::domainStatuses,
                (domain, status) -> held.feed.changed("storage_domains", domain));
        vncDoor = config.vncPort().map(port -> features.machines.letVncIn(config.httpAddress(), port, access));
        server = HttpServer.start(settings, first, site, Map.of(Consoles.PATH, features.machines.consoles(access)));
        features.certificates.keepWeb(web::look, first, server::renew);
    }

    static Engine start(EngineConfig config, Clock clock) {
        var ground = new Ground(config, clock);
        try {
            return new Engine(ground, config, clock);
        } catch (RuntimeException e) {
            ground.abandon();
            throw e;
        }
    }

    int httpsPort() {
        return server.httpsPort();
    }

    Ground ground() {
        return ground;
    }

    Holdings held() {
        return held;
    }

    Features features() {
        return features;
    }

    private void tell(EventCode code, String message) {
        ground.database.change(tx -> ground.events.add(tx, code, Asker.engine(), Concerns.NOTHING, message));
    }

    private Map<UUID, String> hostStatuses() {
        return held.hosts.model().all().stream()
                .collect(Collectors.toMap(
                        host -> host.id().value(),
                        host -> held.hosts.status(host).name()));
    }

    private Map<UUID, String> domainStatuses() {
        return held.domains.model().all().stream()
                .collect(Collectors.toMap(
                        domain -> domain.id().value(),
                        domain -> held.observedDomains.status(domain).name()));
    }

    /** Stops taking requests, then hearing hosts, then the database; operations go on at the next start. */
    @Override
    public void close() {
        features.machines.poolKeeper().close();
        features.machines.schedules().keeper().close();
        ground.operations.stop();
        hostWatch.close();
        domainWatch.close();
        history.close();
        held.feed.close();
        server.close();
        vncDoor.ifPresent(VncDoor::close);
        keepers.close();
        features.close();
        ground.agents.close();
        tell(EventCode.ENGINE_STOPPED, "The engine is stopping.");
        access.close();
        // A reference to the method would load what it refers to, also where there is nothing.
        if (ground.traces.isPresent()) {
            ground.traces.get().close();
        }
        ground.database.close();
    }
}
