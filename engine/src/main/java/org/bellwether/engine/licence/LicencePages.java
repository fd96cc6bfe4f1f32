package org.bellwether.engine.licence;

import java.time.Clock;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.licence.ChangeZones.Order;
import org.bellwether.engine.placement.HostThread;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.ServiceCall;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Stored;
import org.bellwether.engine.vm.Vm;
import org.bellwether.engine.vm.Vms;

/**
 * Licence zones, for administrators: an addition to the API, described in the engine's README. Hosts and machines are named by
 * id or by name; {@code because} is the reason for the record, needed for whatever widens a zone.
 *
 * <pre>
 * GET    /ovirt-engine/services/licence-zones                     all
 * POST   /ovirt-engine/services/licence-zones                     name, cluster: one more, which covers nothing yet
 * GET    /ovirt-engine/services/licence-zones/{name}              one, with what was changed
 * DELETE /ovirt-engine/services/licence-zones/{name}?because=     one less; its evidence stays
 * POST   /ovirt-engine/services/licence-zones/{name}/declare      host, cpus, because: processors that may be used
 * POST   /ovirt-engine/services/licence-zones/{name}/withdraw     host: none of it any more
 * POST   /ovirt-engine/services/licence-zones/{name}/assign       vm, because: a machine that runs there and nowhere else
 * POST   /ovirt-engine/services/licence-zones/{name}/allow        vm, cpus, because: how many processors it may have
 * POST   /ovirt-engine/services/licence-zones/{name}/release      vm, because: it may run anywhere
 * GET    /ovirt-engine/services/licence-zones/{name}/report.csv   the evidence; report.html?language=de: to print
 * </pre>
 */
final class LicencePages implements Endpoint {

    static final String PATH = "/ovirt-engine/services/licence-zones";

    private final LicenceZones zones;
    private final LicenceRepository records;
    private final ChangeZones change;
    private final WatchZones watch;
    private final Clusters clusters;
    private final Hosts hosts;
    private final Vms vms;
    private final Gate gate;
    private final Clock clock;

    LicencePages(
            LicenceZones zones,
            LicenceRepository records,
            ChangeZones change,
            WatchZones watch,
            Clusters clusters,
            Hosts hosts,
            Vms vms,
            Gate gate,
            Clock clock) {
        this.zones = zones;
        this.records = records;
        this.change = change;
        this.watch = watch;
        this.clusters = clusters;
        this.hosts = hosts;
        this.vms = vms;
        this.gate = gate;
        this.clock = clock;
    }

    void declare(Site.Builder site) {
        site.on("GET", PATH, this).on("POST", PATH, this).below(PATH, this);
    }

    @Override
    public WebReply answer(WebRequest request) {
        var call = ServiceCall.of(request, gate, PATH, "licence zones");
        return switch (call.kind()) {
            case "GET0" ->
                WebReply.json(
                        200,
                        Json.write(Map.of(
                                "licence_zone",
                                zones.model().all().stream()
                                        .sorted(Comparator.comparing(LicenceZone::name))
                                        .map(this::shown)
                                        .toList())));
            case "POST0" -> {
                var sent = call.texts();
                var cluster = found(clusters.model(), sent, "cluster", "cluster");
                yield shown(201, change.create(sent.getOrDefault("name", ""), cluster, order(call, sent)));
            }
            case "GET1" -> {
                var zone = find(call);
                Map<String, Object> shown = shown(zone);
                shown.put(
                        "changes",
                        records.changes(zone.name()).stream()
                                .map(LicencePages::shown)
                                .toList());
                yield WebReply.json(200, Json.write(shown));
            }
            case "DELETE1" -> {
                change.remove(find(call), order(call, request.parameters()));
                yield WebReply.json(200, "{}");
            }
            case "GET2report.csv" ->
                WebReply.text(
                                200,
                                "text/csv; charset=utf-8",
                                report(call.name()).csv())
                        .with("Content-Disposition", "attachment; filename=\"" + call.name() + ".csv\"");
            case "GET2report.html" ->
                WebReply.text(
                        200,
                        "text/html; charset=utf-8",
                        report(call.name())
                                .page(LicenceWords.in(request.parameters().getOrDefault("language", ""))));
            default -> changed(call);
        };
    }

    private WebReply changed(ServiceCall call) {
        if (!call.kind().matches("POST2(declare|withdraw|assign|allow|release)")) {
            throw call.unknown();
        }
        var zone = find(call);
        var sent = call.texts();
        var order = order(call, sent);
        Supplier<Host> host = () -> found(hosts.model(), sent, "host", "host");
        Supplier<Vm> vm = () -> found(vms.model(), sent, "vm", "virtual machine");
        return shown(
                200,
                switch (call.kind()) {
                    case "POST2declare" -> change.declare(zone, host.get(), sent.getOrDefault("cpus", ""), order);
                    case "POST2withdraw" -> change.withdraw(zone, host.get(), order);
                    case "POST2assign" -> change.assign(zone, vm.get(), order);
                    case "POST2allow" -> change.allow(zone, vm.get(), count(sent.getOrDefault("cpus", "")), order);
                    default -> change.release(zone, vm.get(), order);
                });
    }

    private static Order order(ServiceCall call, Map<String, String> sent) {
        return new Order(
                new Asker(call.caller().name(), call.request().correlation()), sent.getOrDefault("because", ""));
    }

    private static long count(String text) {
        if (!text.matches("[1-9][0-9]{0,3}")) {
            throw Failure.badRequest("'" + text + "' is no number of CPUs");
        }
        return Long.parseLong(text);
    }

    /** An object that a member of the body names, by its id or its name. */
    private static <T extends Stored<T>> T found(
            ReadModel<T> model, Map<String, String> sent, String member, String what) {
        var said = sent.getOrDefault(member, "").strip();
        if (said.isEmpty()) {
            throw Failure.badRequest("No " + what + " is named").next("Send " + member);
        }
        var byId = said.matches("[0-9a-fA-F-]{36}") ? model.find(Id.of(said)) : Optional.<T>empty();
        return byId.or(() -> model.named(said).stream().findFirst())
                .orElseThrow(() -> Failure.notFound("There is no " + what + " " + said));
    }

    private LicenceZone find(ServiceCall call) {
        return zones.named(call.name())
                .or(() -> call.name().matches("[0-9a-f-]{36}")
                        ? zones.model().find(Id.of(call.name()))
                        : Optional.empty())
                .orElseThrow(() -> Failure.notFound("There is no licence zone called " + call.name())
                        .next("See which there are: bw licence-zone list"));
    }

    private LicenceReport report(String name) {
        var zone = zones.named(name);
        var changes = records.changes(name);
        if (zone.isEmpty() && changes.isEmpty()) {
            throw Failure.notFound("There is and was no licence zone called " + name);
        }
        return new LicenceReport(
                name,
                zone,
                zone.flatMap(each -> clusters.model().find(each.cluster()))
                        .map(Cluster::name)
                        .orElse("-"),
                changes,
                records.runs(name),
                clock.instant());
    }

    private WebReply shown(int status, LicenceZone zone) {
        return WebReply.json(status, Json.write(shown(zone)));
    }

    private Map<String, Object> shown(LicenceZone zone) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", zone.id().toString());
        shown.put("name", zone.name());
        shown.put("cluster", zone.cluster().toString());
        clusters.model().find(zone.cluster()).ifPresent(cluster -> shown.put("cluster_name", cluster.name()));
        shown.put("footprint", zone.footprint());
        shown.put("hosts", zone.hosts().stream().map(this::shown).toList());
        shown.put("machines", zone.machines().stream().map(this::shown).toList());
        shown.put("verdict", verdict(zone));
        return shown;
    }

    /** The worst of what is known of its machines. */
    private String verdict(LicenceZone zone) {
        return zone.machines().stream()
                .flatMap(member -> watch.newest(member.vm()).stream())
                .map(LicenceRun::verdict)
                .max(Comparator.comparing(verdict -> switch (verdict) {
                    case WITHIN -> 0;
                    case UNPROVEN, NOT_SAMPLED -> 1;
                    case BEYOND -> 2;
                }))
                .map(LicencePages::word)
                .orElse("idle");
    }

    private Map<String, Object> shown(LicenceZone.DeclaredHost host) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", host.host().toString());
        shown.put("name", host.name());
        shown.put("cpus", host.cpus());
        put(shown, "declared", host.declared());
        put(shown, "all", host.all());
        shown.put("hardware_uuid", host.hardware());
        shown.put("processor", host.model());
        shown.put("at", host.at().toEpochMilli());
        shown.put("by", host.by());
        return shown;
    }

    private static void put(Map<String, Object> shown, String prefix, HostThread.Extent extent) {
        shown.put(prefix + "_sockets", extent.sockets());
        shown.put(prefix + "_cores", extent.cores());
        shown.put(prefix + "_threads", extent.threads());
    }

    private Map<String, Object> shown(LicenceZone.Member member) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", member.vm().toString());
        shown.put("name", vms.model().find(member.vm()).map(Vm::name).orElse(member.name()));
        shown.put("cpus", member.cpus());
        shown.put("at", member.at().toEpochMilli());
        shown.put("by", member.by());
        watch.newest(member.vm()).ifPresent(run -> {
            shown.put("host_name", run.hostName());
            shown.put("seen", run.seen());
            shown.put("verdict", word(run.verdict()));
            shown.put("strays", run.strays());
            shown.put("seen_at", run.until().toEpochMilli());
        });
        return shown;
    }

    private static String word(LicenceRun.Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> shown(LicenceChange change) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("at", change.at().toEpochMilli());
        shown.put("by", change.by());
        shown.put("what", change.what());
        shown.put("widens", change.widens());
        shown.put("because", change.because());
        shown.put("footprint", change.footprint());
        return shown;
    }
}
