package org.bellwether.engine;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bellwether.engine.access.Access;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Tag;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.platform.store.Stored;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.StorageDomain;

/** How kinds of objects can be searched by one another: {@code vms: storage.name=fast}, {@code hosts: vms.name=web*}. */
final class CrossReferences {
    private static final List<String> VM = List.of("vm", "vms");
    private static final List<String> HOST = List.of("host", "hosts");
    private static final List<String> TEMPLATE = List.of("template", "templates");
    private static final List<String> CLUSTER = List.of("cluster", "clusters");
    private static final List<String> STORAGE = List.of("storage", "storages", "storagedomain", "storagedomains");
    private static final List<String> NETWORK = List.of("network", "networks");
    private static final List<String> DATA_CENTER = List.of("datacenter", "datacenters");

    private final Holdings held;
    private final Features features;

    private CrossReferences(Holdings held, Features features) {
        this.held = held;
        this.features = features;
    }

    static void tie(Holdings held, Features features, Access access) {
        var references = new CrossReferences(held, features);
        references.machines();
        references.hosts();
        references.places();
        references.events();
        references.tags();
        access.searched("vm", VM, held.vms.model(), features.machines.schema());
        access.searched("host", HOST, held.hosts.model(), features.hosts.schema());
        access.searched("template", TEMPLATE, held.templates.model(), features.templates.schema());
    }

    private void machines() {
        features.machines
                .schema()
                .relate(
                        DATA_CENTER,
                        vm -> held.clusters.get(vm.cluster()).dataCenterId().stream()
                                .map(held.dataCenters::get)
                                .toList(),
                        features.dataCenters::schema)
                .relate(TEMPLATE, vm -> List.of(held.templates.get(vm.template())), features.templates::schema)
                .relate(
                        STORAGE,
                        vm -> storage(held.disks.ofVm(vm.id()).stream().map(each -> each.disk())),
                        features.storage::domainSchema);
        features.templates
                .schema()
                .relate(
                        VM,
                        template -> held.vms.model().all().stream()
                                .filter(vm -> vm.template().equals(template.id()))
                                .toList(),
                        features.machines::schema)
                .relate(
                        HOST,
                        template -> held.vms.model().all().stream()
                                .filter(vm -> vm.template().equals(template.id()))
                                .flatMap(vm -> vm.hostId().stream())
                                .distinct()
                                .map(held.hosts::get)
                                .toList(),
                        features.hosts::schema)
                .relate(
                        STORAGE,
                        template -> storage(
                                held.disks.ofTemplate(template.id()).stream().map(each -> each.disk())),
                        features.storage::domainSchema);
    }

    private void hosts() {
        features.hosts
                .schema()
                .relate(
                        DATA_CENTER,
                        host -> held.clusters.get(host.cluster()).dataCenterId().stream()
                                .map(held.dataCenters::get)
                                .toList(),
                        features.dataCenters::schema)
                .relate(VM, host -> held.vms.on(host.id()), features.machines::schema)
                .relate(
                        TEMPLATE,
                        host -> held.vms.on(host.id()).stream()
                                .map(vm -> held.templates.get(vm.template()))
                                .distinct()
                                .toList(),
                        features.templates::schema)
                .relate(STORAGE, host -> storageOf(held.clusters.get(host.cluster())), features.storage::domainSchema);
    }

    private void places() {
        features.machines
                .poolSchema()
                .relate(
                        DATA_CENTER,
                        pool -> held.clusters.get(pool.cluster()).dataCenterId().stream()
                                .map(held.dataCenters::get)
                                .toList(),
                        features.dataCenters::schema);
        features.clusters
                .schema()
                .relate(
                        DATA_CENTER,
                        cluster -> cluster.dataCenterId().stream()
                                .map(held.dataCenters::get)
                                .toList(),
                        features.dataCenters::schema)
                .relate(STORAGE, this::storageOf, features.storage::domainSchema)
                .relate(
                        List.of("cluster_network", "network", "networks"),
                        cluster -> held.networks.ofCluster(cluster.id()).stream()
                                .map(each -> held.networks.get(each.network()))
                                .toList(),
                        features.networks::schema);
        features.dataCenters
                .schema()
                .relate(
                        STORAGE,
                        center -> held.domains.model().all().stream()
                                .filter(domain -> domain.dataCenterId().equals(Optional.of(center.id())))
                                .toList(),
                        features.storage::domainSchema)
                .relate(
                        NETWORK,
                        center -> held.networks.model().all().stream()
                                .filter(network -> network.dataCenter().equals(center.id()))
                                .toList(),
                        features.networks::schema);
        features.storage
                .diskSchema()
                .relate(
                        DATA_CENTER,
                        disk -> domain(disk).flatMap(StorageDomain::dataCenterId).map(held.dataCenters::get).stream()
                                .toList(),
                        features.dataCenters::schema)
                .relate(
                        VM,
                        disk -> held.disks.ofDisk(disk.id()).stream()
                                .flatMap(each -> each.vmId().stream())
                                .flatMap(id -> held.vms.model().find(Id.of(id)).stream())
                                .toList(),
                        features.machines::schema);
        features.storage
                .domainSchema()
                .relate(CLUSTER, domain -> List.of(held.clusters.get(domain.cluster())), features.clusters::schema)
                .relate(
                        HOST,
                        domain -> held.hosts.model().all().stream()
                                .filter(host -> host.cluster().equals(domain.cluster()))
                                .toList(),
                        features.hosts::schema);
        features.networks
                .schema()
                .relate(
                        List.of("cluster_network", "cluster", "clusters"),
                        network -> held.clusters.model().all().stream()
                                .filter(cluster -> held.networks.ofCluster(cluster.id()).stream()
                                        .anyMatch(each -> each.network().equals(network.id())))
                                .toList(),
                        features.clusters::schema)
                .relate(
                        List.of("host_network", "host", "hosts"),
                        network -> held.hosts.model().all().stream()
                                .filter(host -> held.networks.ofCluster(host.cluster()).stream()
                                        .anyMatch(each -> each.network().equals(network.id())))
                                .toList(),
                        features.hosts::schema);
    }

    private void tags() {
        var schema = SearchSchema.<Tag>of("tags").text("name", Tag::name).build();
        tagged(features.machines.schema(), schema);
        tagged(features.hosts.schema(), schema);
        tagged(features.templates.schema(), schema);
    }

    private <T extends Stored<T>> void tagged(SearchSchema<T> kind, SearchSchema<Tag> schema) {
        kind.relate(List.of("tag", "tags"), object -> held.tags.over(object.id().value()), () -> schema);
    }

    private void events() {
        features.events
                .about(VM, Concerns::vm, held.vms.model(), features.machines.schema())
                .about(HOST, Concerns::host, held.hosts.model(), features.hosts.schema())
                .about(TEMPLATE, Concerns::template, held.templates.model(), features.templates.schema())
                .about(CLUSTER, Concerns::cluster, held.clusters.model(), features.clusters.schema());
    }

    private List<StorageDomain> storage(Stream<Id<Disk>> disks) {
        return disks.flatMap(id -> held.disks.model().find(id).stream())
                .flatMap(disk -> domain(disk).stream())
                .distinct()
                .toList();
    }

    private Optional<StorageDomain> domain(Disk disk) {
        return disk.domainId().flatMap(held.domains.model()::find);
    }

    private List<StorageDomain> storageOf(Cluster cluster) {
        return held.domains.model().all().stream()
                .filter(domain -> domain.cluster().equals(cluster.id()))
                .toList();
    }
}
