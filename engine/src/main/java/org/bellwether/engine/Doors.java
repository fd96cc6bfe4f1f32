package org.bellwether.engine;

import org.bellwether.api.types.ApiSummary;
import org.bellwether.api.types.ApiSummaryItem;
import org.bellwether.api.types.StorageDomainStatus;
import org.bellwether.engine.access.Access;
import org.bellwether.engine.event.AuditPage;
import org.bellwether.engine.event.JobsApi;
import org.bellwether.engine.host.CockpitPages;
import org.bellwether.engine.host.HostJoin;
import org.bellwether.engine.host.HostNumaApi;
import org.bellwether.engine.host.HostStatus;
import org.bellwether.engine.host.HostTokens;
import org.bellwether.engine.host.RefreshHost;
import org.bellwether.engine.inventory.CatalogApi;
import org.bellwether.engine.inventory.OperatingSystemsApi;
import org.bellwether.engine.inventory.StatisticsApi;
import org.bellwether.engine.inventory.TagsApi;
import org.bellwether.engine.network.VnicProfilesApi;
import org.bellwether.engine.platform.feed.ChangeStream;
import org.bellwether.engine.platform.http.ApiEndpoint;
import org.bellwether.engine.platform.http.ApiRoot;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Enrolment;
import org.bellwether.engine.platform.http.HealthPage;
import org.bellwether.engine.platform.http.HttpSettings;
import org.bellwether.engine.platform.http.MetricsPage;
import org.bellwether.engine.platform.http.OpenApiPage;
import org.bellwether.engine.platform.http.PkiPages;
import org.bellwether.engine.platform.http.PortalFiles;
import org.bellwether.engine.platform.http.ServedMethods;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.http.TracedEndpoint;
import org.bellwether.engine.power.FenceAgentsApi;
import org.bellwether.engine.preference.PreferencePages;
import org.bellwether.engine.preference.Preferences;
import org.bellwether.engine.preference.UserOptionsApi;
import org.bellwether.engine.scheduling.SchedulingPoliciesApi;
import org.bellwether.engine.selfhosted.EngineMachinePages;
import org.bellwether.engine.selfhosted.TellKeepers;
import org.bellwether.engine.statistics.Measurements;
import org.bellwether.engine.statistics.StatisticsHistory;
import org.bellwether.engine.statistics.UsagePages;
import org.bellwether.engine.vm.PlacementPages;
import org.bellwether.engine.vm.SchedulePages;
import org.bellwether.engine.vm.VmFeature;

/** What the engine answers: the API's routes, and the pages beside it. */
final class Doors {

    private Doors() {}

    /** The routes of the API, each with its permit. */
    static ApiRoutes routes(Ground ground, Holdings held, Features features, Access access) {
        var routes = new ApiRoutes();
        var statistics = new StatisticsApi();
        new ApiRoot(ground.instance, () -> summary(held, features.machines, access), ground.clock).declare(routes);
        features.dataCenters.serve(routes);
        features.clusters.serve(routes);
        features.networks.serve(routes);
        new VnicProfilesApi(ground.database, held.networks, ground.events).serve(routes);
        features.hosts.serve(routes);
        new HostNumaApi(held.hosts).serve(routes, statistics);
        new RefreshHost(held.hosts, ground.agents).serve(routes);
        features.certificates.serve(routes);
        features.upgrades.serve(routes);
        features.hostNetworks.serve(routes, statistics);
        features.storage.serve(routes);
        features.templates.serve(routes);
        features.machines.serve(routes, statistics);
        features.backups.serve(routes);
        features.ovfs.serve(routes);
        new OperatingSystemsApi(ground.clock).serve(routes);
        new TagsApi(ground.database, held.tags, ground.events).serve(routes);
        features.bookmarks.serve(routes);
        new CatalogApi().serve(routes);
        features.events.serve(routes);
        new JobsApi(ground.operations, ground.events, access::userNamed).serve(routes);
        features.macPools.serve(routes);
        features.cpuProfiles.serve(routes);
        features.labels.serve(routes);
        features.groups.serve(routes);
        new FenceAgentsApi(ground.database, held.hosts, held.fenceAgents, ground.events).serve(routes);
        new SchedulingPoliciesApi(ground.database, held.policies, held.clusters, ground.events).serve(routes);
        features.quotas.serve(routes);
        features.notifications.serve(routes, access::mailOf);
        statistics.source("host", request -> features.hostDocuments.statistics(request.id(0)));
        statistics.serve(routes);
        access.declare(routes);
        new UserOptionsApi(new Preferences(ground.database), access::userOf, access::changedUserOf).serve(routes);
        return routes;
    }

    /** Everything that is served over HTTP: the API, and what stands beside it. */
    static Site site(
            Ground ground,
            Holdings held,
            Features features,
            Access access,
            StatisticsHistory history,
            Measurements measurements,
            HttpSettings settings,
            TellKeepers keepers) {
        var web = ground.web;
        var routes = routes(ground, held, features, access);
        var api = new ApiEndpoint(routes, access, settings);
        var site = Site.of(ground.traces
                .<Endpoint>map(traces -> new TracedEndpoint(api, traces))
                .orElse(api));
        new PkiPages(ground.authority::trustedByClients, web::certificate, () -> ground.identity.publicKey())
                .declare(site);
        site.onPlain("GET", HealthPage.PATH, new HealthPage(ground.database::answers));
        site.on("POST", Enrolment.PATH, new Enrolment(features.enrolments));
        var join = new HostJoin(features.enrolments, features.script, web::certificate, ground.origin(), ground.clock);
        join.declare(site);
        site.on("POST", HostTokens.PATH, new HostTokens(features.enrolments, join, held.clusters, access));
        access.declare(site);
        features.storage.declare(site);
        features.notifications.declare(site, access);
        features.licences.declare(site, access);
        features.upgrades.declare(site, access);
        features.certificates.declare(site, access, web::now);
        site.on("GET", AuditPage.PATH, new AuditPage(ground.events, access));
        site.on("GET", OpenApiPage.PATH, new OpenApiPage(routes));
        var metrics = EngineMetrics.of(
                ground.database,
                held.hosts,
                held.vms,
                held.domains,
                held.observedDomains,
                held.disks,
                ground.operations);
        site.on("GET", MetricsPage.PATH, new MetricsPage(access, metrics::text));
        site.on("GET", ChangeStream.PATH, new ChangeStream(held.feed, access));
        site.below(UsagePages.PATH, new UsagePages(history, measurements, access));
        site.on("GET", ServedMethods.PATH, new ServedMethods(routes));
        var preferences = new PreferencePages(new Preferences(ground.database), access);
        site.on("GET", PreferencePages.PATH, preferences).on("PUT", PreferencePages.PATH, preferences);
        site.below(PlacementPages.PATH, features.machines.placement().pages(access));
        site.below(SchedulePages.PATH, features.machines.schedules().pages(access));
        site.below(
                CockpitPages.PATH,
                new CockpitPages(ground.database, held.hosts, held.clusters, ground.agents, access, ground.events));
        new EngineMachinePages(
                        ground.database,
                        held.engineMachines,
                        keepers,
                        held.vms,
                        held.disks,
                        held.hosts,
                        ground.agents,
                        access,
                        ground.events)
                .declare(site);
        new PortalFiles().declare(site);
        return site.build();
    }

    private static ApiSummary summary(Holdings held, VmFeature machines, Access access) {
        long hostsUp = held.hosts.model().all().stream()
                .filter(host -> held.hosts.status(host) == HostStatus.UP)
                .count();
        long domainsActive = held.domains.model().all().stream()
                .filter(domain -> held.observedDomains.status(domain) == StorageDomainStatus.ACTIVE)
                .count();
        return ApiSummary.builder()
                .hosts(item(hostsUp, held.hosts.model().size()))
                .storageDomains(item(domainsActive, held.domains.model().size()))
                .users(item(access.usersSignedOn(), access.usersKnown()))
                .vms(item(machines.active(), held.vms.model().size()))
                .build();
    }

    private static ApiSummaryItem item(long active, long total) {
        return ApiSummaryItem.builder().active(active).total(total).build();
    }
}
