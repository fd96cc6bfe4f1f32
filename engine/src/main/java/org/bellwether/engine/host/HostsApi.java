package org.bellwether.engine.host;

import static org.bellwether.engine.platform.Permit.CREATE_HOST;
import static org.bellwether.engine.platform.Permit.DELETE_HOST;
import static org.bellwether.engine.platform.Permit.EDIT_HOST_CONFIGURATION;
import static org.bellwether.engine.platform.Permit.MANIPULATE_HOST;

import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.bellwether.api.types.PowerManagement;
import org.bellwether.api.types.VmSummary;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.platform.Decided;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.protocol.CpuDescription;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.HostStatistics;
import org.jspecify.annotations.Nullable;

/** Hosts on the wire. */
public final class HostsApi {

    private static final Set<String> DECIDED_ELSEWHERE = Set.of(
            "address",
            "certificate",
            "cpu",
            "hardware_information",
            "libvirt_version",
            "max_scheduling_memory",
            "memory",
            "os",
            "port",
            "protocol",
            "root_password",
            "ssh",
            "status",
            "status_detail",
            "summary",
            "type",
            "update_available",
            "version");

    private static final int MIB = 20;

    private final Database database;
    private final Hosts hosts;
    private final Clusters clusters;
    private final HostDocuments documents;
    private final Operations operations;
    private final MaintainHost maintain;
    private final HostInstallations installations;
    private final Function<Id<Host>, VmSummary> summary;
    private final BiConsumer<Transaction, Id<Host>> leaving;
    private final Events events;
    private final SearchSchema<Host> schema;

    /**
     * @param summary counts of machines, which are a feature above this one
     * @param committed the memory that a host's machines may come to take, in bytes
     * @param leaving lets go of what other features keep of a host that is being removed
     */
    public HostsApi(
            Database database,
            Hosts hosts,
            Clusters clusters,
            HostDocuments documents,
            Operations operations,
            MaintainHost maintain,
            HostInstallations installations,
            Function<Id<Host>, VmSummary> summary,
            ToLongFunction<Id<Host>> committed,
            BiConsumer<Transaction, Id<Host>> leaving,
            Events events) {
        this.database = database;
        this.hosts = hosts;
        this.clusters = clusters;
        this.documents = documents;
        this.operations = operations;
        this.maintain = maintain;
        this.installations = installations;
        this.summary = summary;
        this.leaving = leaving;
        this.events = events;
        this.schema = SearchSchema.<Host>of("hosts")
                .text("id", each -> each.id().toString())
                .text("name", Host::name)
                .text("comment", each -> each.spec().comment())
                .text("address", Host::address)
                .choice("status", each -> hosts.status(each).name())
                .text("cluster", each -> clusters.get(each.cluster()).name())
                .text(
                        "hw_id",
                        each -> hosts.observed(each.id())
                                .description()
                                .map(description -> description.getHardwareUuid())
                                .orElse(null))
                .number(
                        "memory",
                        each -> hosts.observed(each.id())
                                .description()
                                .map(description -> description.getMemoryBytes())
                                .orElse(null))
                .number("active_vms", each -> summary.apply(each.id()).active())
                .number("migrating_vms", each -> summary.apply(each.id()).migrating())
                .choice("external_status", each -> "ok")
                .choice("type", each -> "rhel")
                .number(
                        "network_usage",
                        each -> hosts.observed(each.id()).network().percent().orElse(null))
                .flag("update_available", documents::outdated)
                .number("ha_score", each -> documents.score(each).orElse(null))
                .number("spm_id", Host::leaseId)
                .number("committed_mem", each -> committed.applyAsLong(each.id()) >> MIB)
                .number("cpus", each -> described(each, description -> cpus(description.getCpu())))
                .number(
                        "cpu_speed",
                        each -> described(
                                each, description -> description.getCpu().getSpeedMhz()))
                .text(
                        "cpu_model",
                        each -> described(
                                each, description -> description.getCpu().getModelName()))
                .choice(
                        "architecture",
                        each -> described(
                                each, description -> description.getCpu().getArchitecture()))
                .text("version", each -> described(each, HostDescription::getAgentVersion))
                .number("load", each -> measured(each, HostStatistics::getLoad5M))
                .number("cpu_usage", each -> measured(each, now -> Math.round(100 - now.getCpuIdlePercent())))
                .number(
                        "mem_usage",
                        each -> measured(
                                each,
                                now -> 100
                                        * (now.getMemoryTotalBytes() - now.getMemoryAvailableBytes())
                                        / Math.max(1, now.getMemoryTotalBytes())))
                .build();
    }

    private static long cpus(CpuDescription cpu) {
        return (long) cpu.getSockets() * cpu.getCoresPerSocket() * Math.max(1, cpu.getThreadsPerCore());
    }

    private <R> @Nullable R described(Host host, Function<HostDescription, R> value) {
        return hosts.observed(host.id()).description().map(value).orElse(null);
    }

    private <R> @Nullable R measured(Host host, Function<HostStatistics, R> value) {
        return hosts.observed(host.id()).statistics().map(value).orElse(null);
    }

    public SearchSchema<Host> schema() {
        return schema;
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "hosts",
                "list",
                request -> Reply.list(
                        request.search(schema, hosts.model().all()).stream().map(this::document)));
        routes.on("hosts", "add", CREATE_HOST, this::add);
        routes.read("host", "get", request -> Reply.of(document(hosts.get(request.id()))));
        routes.on("host", "update", EDIT_HOST_CONFIGURATION, this::update);
        routes.on("host", "remove", DELETE_HOST, this::remove);
        routes.on("host", "install", EDIT_HOST_CONFIGURATION, this::install);
        routes.on("host", "activate", MANIPULATE_HOST, this::activate);
        routes.on("host", "deactivate", MANIPULATE_HOST, this::deactivate);
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Host.class);
        var spec = Decided.of(org.bellwether.api.types.Host.TYPE, sent, DECIDED_ELSEWHERE, Set.of());
        return Reply.accepted(document(installations.add(sent, spec, Asker.of(request))));
    }

    private Reply install(ApiRequest request) {
        var action = request.action();
        var host = hosts.get(request.<Host>id());
        return Reply.started(installations.again(host, action.ssh(), action.rootPassword(), Asker.of(request)));
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Host.class);
        Id<Host> id = request.id();
        var before = hosts.get(id);
        if (sent.cluster() != null && !clusters.referred(sent.cluster()).id().equals(before.cluster())) {
            throw Failure.conflict("Cannot move host " + before.name() + " to another cluster")
                    .because("its storage domains and machines belong to this one")
                    .next("Remove it and enrol it again for the other cluster");
        }
        database.change(tx -> {
            hosts.update(
                    tx,
                    id,
                    host -> new Host(
                            id,
                            sent.name() == null ? host.name() : Names.checked(sent.name(), "a host"),
                            host.cluster(),
                            host.address(),
                            host.port(),
                            host.wanted(),
                            org.bellwether.api.types.Host.TYPE.merge(
                                    host.spec(),
                                    Decided.of(
                                            org.bellwether.api.types.Host.TYPE,
                                            withoutSecrets(sent),
                                            DECIDED_ELSEWHERE,
                                            Set.of())),
                            host.leaseId(),
                            host.leftForUpgrade()));
            tell(tx, EventCode.HOST_UPDATED, before, request, "changed");
        });
        return Reply.of(document(hosts.get(id)));
    }

    /** Fence agents, and with them passwords, have a list of their own. */
    private static org.bellwether.api.types.Host withoutSecrets(org.bellwether.api.types.Host sent) {
        var management = sent.powerManagement();
        return management == null
                ? sent
                : sent.toBuilder()
                        .powerManagement(PowerManagement.builder()
                                .enabled(management.enabled())
                                .automaticPmEnabled(management.automaticPmEnabled())
                                .kdumpDetection(management.kdumpDetection())
                                .pmProxies(management.pmProxies())
                                .build())
                        .build();
    }

    private Reply remove(ApiRequest request) {
        var host = hosts.get(request.<Host>id());
        operations.requireFree(host.id(), "removing host " + host.name());
        boolean gone = request.flag("force") && !hosts.observed(host.id()).connected();
        if (host.wanted() == Host.Wanted.ACTIVE && !gone) {
            throw Failure.conflict("Cannot remove host " + host.name())
                    .because("it is in service")
                    .next("Move it to maintenance first");
        }
        database.change(tx -> {
            leaving.accept(tx, host.id());
            hosts.delete(tx, host.id());
            tell(tx, EventCode.HOST_REMOVED, host, request, "removed");
        });
        return Reply.done();
    }

    private Reply activate(ApiRequest request) {
        var host = hosts.get(request.<Host>id());
        operations.requireFree(host.id(), "activating host " + host.name());
        if (host.wanted() == Host.Wanted.INSTALLATION) {
            throw Failure.conflict("Cannot activate host " + host.name())
                    .because("its installation did not come to its end")
                    .next("Install it again, which goes on from there: bw host install " + host.name());
        }
        database.change(tx -> {
            hosts.update(tx, host.id(), before -> before.wanting(Host.Wanted.ACTIVE));
            tell(tx, EventCode.HOST_ACTIVATED, host, request, "activated");
        });
        return Reply.done();
    }

    private Reply deactivate(ApiRequest request) {
        var host = hosts.get(request.<Host>id());
        if (host.wanted() == Host.Wanted.ASLEEP) {
            database.change(tx -> {
                hosts.update(tx, host.id(), before -> before.wanting(Host.Wanted.MAINTENANCE));
                tell(tx, EventCode.HOST_MAINTENANCE_ASKED, host, request, "asked to leave service");
            });
            return Reply.done();
        }
        if (host.wanted() != Host.Wanted.ACTIVE) {
            return Reply.done();
        }
        var reason = Optional.ofNullable(request.action().reason()).orElse("");
        var asker = Asker.of(request);
        var job = operations.begin(
                maintain,
                new MaintainHost.Request(host.id(), host.name(), reason, asker),
                asker,
                tx -> tell(tx, EventCode.HOST_MAINTENANCE_ASKED, host, request, "asked to leave service"));
        return Reply.started(job.id().toString());
    }

    private void tell(Transaction tx, EventCode code, Host host, ApiRequest request, String what) {
        events.add(
                tx,
                code,
                Asker.of(request),
                Concerns.NOTHING.withHost(host.id()).withCluster(host.cluster()),
                "Host " + host.name(),
                what);
    }

    private org.bellwether.api.types.Host document(Host host) {
        return documents.of(host).toBuilder().summary(summary.apply(host.id())).build();
    }
}
