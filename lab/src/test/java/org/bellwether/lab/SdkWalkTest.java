package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ovirt.engine.sdk4.builders.Builders.cluster;
import static org.ovirt.engine.sdk4.builders.Builders.dataCenter;
import static org.ovirt.engine.sdk4.builders.Builders.disk;
import static org.ovirt.engine.sdk4.builders.Builders.diskAttachment;
import static org.ovirt.engine.sdk4.builders.Builders.host;
import static org.ovirt.engine.sdk4.builders.Builders.hostStorage;
import static org.ovirt.engine.sdk4.builders.Builders.nic;
import static org.ovirt.engine.sdk4.builders.Builders.storageDomain;
import static org.ovirt.engine.sdk4.builders.Builders.template;
import static org.ovirt.engine.sdk4.builders.Builders.vm;
import static org.ovirt.engine.sdk4.builders.Builders.vmPlacementPolicy;
import static org.ovirt.engine.sdk4.builders.Builders.vnicProfile;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.ovirt.engine.sdk4.Connection;
import org.ovirt.engine.sdk4.services.AttachedStorageDomainService;
import org.ovirt.engine.sdk4.services.DataCenterService;
import org.ovirt.engine.sdk4.services.SystemService;
import org.ovirt.engine.sdk4.services.VmService;
import org.ovirt.engine.sdk4.types.Cluster;
import org.ovirt.engine.sdk4.types.DataCenter;
import org.ovirt.engine.sdk4.types.DiskAttachment;
import org.ovirt.engine.sdk4.types.DiskFormat;
import org.ovirt.engine.sdk4.types.DiskInterface;
import org.ovirt.engine.sdk4.types.DiskStatus;
import org.ovirt.engine.sdk4.types.Host;
import org.ovirt.engine.sdk4.types.HostStatus;
import org.ovirt.engine.sdk4.types.NicInterface;
import org.ovirt.engine.sdk4.types.StorageDomain;
import org.ovirt.engine.sdk4.types.StorageDomainStatus;
import org.ovirt.engine.sdk4.types.StorageDomainType;
import org.ovirt.engine.sdk4.types.StorageType;
import org.ovirt.engine.sdk4.types.Vm;
import org.ovirt.engine.sdk4.types.VmStatus;

/** The published Java SDK, unchanged, over HTTPS with the engine's authority checked. */
@ExtendWith(World.Extension.class)
final class SdkWalkTest {
    private final World world;

    SdkWalkTest(World world) {
        this.world = world;
    }

    @Test
    @SuppressWarnings("try") // the SDK's Connection.close() declares Exception
    void from_data_center_over_live_migration_to_removal(@TempDir Path directory) throws Exception {
        try (Connection connection = Sdk.connect(world.engine, directory)) {
            assertThat(connection.validate()).isTrue();
            SystemService system = connection.systemService();
            addDataCenterAndCluster(system);
            assertThat(system.hostsService().list().send().hosts())
                    .extracting(Host::name, Host::status)
                    .contains(org.assertj.core.groups.Tuple.tuple("host1", HostStatus.UP));
            StorageDomain added = addStorageDomain(system);
            liveOfAMachine(system);
            removeStorageDomain(system, added);
        }
    }

    private static void addDataCenterAndCluster(SystemService system) {
        DataCenter center = system.dataCentersService()
                .add()
                .dataCenter(dataCenter().name("sdk-center").local(false))
                .send()
                .dataCenter();
        Cluster made = system.clustersService()
                .add()
                .cluster(cluster().name("sdk-cluster").dataCenter(dataCenter().id(center.id())))
                .send()
                .cluster();
        assertThat(system.clustersService()
                        .clusterService(made.id())
                        .get()
                        .send()
                        .cluster()
                        .name())
                .isEqualTo("sdk-cluster");
        system.clustersService().clusterService(made.id()).remove().send();
        system.dataCentersService().dataCenterService(center.id()).remove().send();
    }

    private StorageDomain addStorageDomain(SystemService system) {
        world.lab.gluster().start("sdk");
        StorageDomain made = system.storageDomainsService()
                .add()
                .storageDomain(storageDomain()
                        .name("sdk-domain")
                        .type(StorageDomainType.DATA)
                        .host(host().name("host1"))
                        .storage(hostStorage()
                                .type(StorageType.GLUSTERFS)
                                .address(world.lab.gluster().address())
                                .path("/sdk")
                                .vfsType("glusterfs")))
                .send()
                .storageDomain();
        DataCenterService center = center(system);
        center.storageDomainsService()
                .add()
                .storageDomain(storageDomain().id(made.id()))
                .send();
        AttachedStorageDomainService attached = center.storageDomainsService().storageDomainService(made.id());
        await(() -> attached.get().send().storageDomain().status() == StorageDomainStatus.ACTIVE);
        return made;
    }

    private void removeStorageDomain(SystemService system, StorageDomain domain) {
        AttachedStorageDomainService attached =
                center(system).storageDomainsService().storageDomainService(domain.id());
        attached.deactivate().send();
        await(() -> attached.get().send().storageDomain().status() == StorageDomainStatus.MAINTENANCE);
        attached.remove().send();
        await(() -> system.storageDomainsService()
                        .storageDomainService(domain.id())
                        .get()
                        .send()
                        .storageDomain()
                        .status()
                == StorageDomainStatus.UNATTACHED);
        system.storageDomainsService()
                .storageDomainService(domain.id())
                .remove()
                .host("host1")
                .format(true)
                .send();
        assertThat(system.storageDomainsService().list().send().storageDomains())
                .extracting(StorageDomain::name)
                .doesNotContain("sdk-domain");
    }

    private static DataCenterService center(SystemService system) {
        DataCenter center = system.dataCentersService()
                .list()
                .search("name=Default")
                .send()
                .dataCenters()
                .getFirst();
        return system.dataCentersService().dataCenterService(center.id());
    }

    private void liveOfAMachine(SystemService system) {
        Vm made = system.vmsService()
                .add()
                .vm(vm().name("sdk-walk")
                        .cluster(cluster().name("Default"))
                        .template(template().name("tiny")))
                .send()
                .vm();
        VmService service = system.vmsService().vmService(made.id());
        await(() -> service.get().send().vm().status() == VmStatus.DOWN);

        DiskAttachment attachment = service.diskAttachmentsService()
                .add()
                .attachment(diskAttachment()
                        .interface_(DiskInterface.VIRTIO)
                        .bootable(false)
                        .active(true)
                        .disk(disk().name("sdk-data")
                                .format(DiskFormat.COW)
                                .provisionedSize(64L << 20)
                                .storageDomains(storageDomain().name("sdk-domain"))))
                .send()
                .attachment();
        await(() -> system.disksService()
                        .diskService(attachment.disk().id())
                        .get()
                        .send()
                        .disk()
                        .status()
                == DiskStatus.OK);
        String profile = system.vnicProfilesService().list().send().profiles().stream()
                .filter(one -> one.name().equals("ovirtmgmt"))
                .findFirst()
                .orElseThrow()
                .id();
        service.nicsService()
                .add()
                .nic(nic().name("nic2")
                        .interface_(NicInterface.VIRTIO)
                        .vnicProfile(vnicProfile().id(profile)))
                .send();

        service.start()
                .vm(vm().placementPolicy(vmPlacementPolicy().hosts(host().name("host1"))))
                .send();
        await(() -> service.get().send().vm().status() == VmStatus.UP);
        await(() -> service.reportedDevicesService().list().send().reportedDevice().stream()
                .filter(device -> device.ipsPresent())
                .flatMap(device -> device.ips().stream())
                .anyMatch(ip -> ip.address().startsWith(world.lab.network().prefix())));

        service.migrate().host(host().name("host2")).send();
        String second = system.hostsService()
                .list()
                .search("name=host2")
                .send()
                .hosts()
                .getFirst()
                .id();
        await(() -> {
            Vm now = service.get().send().vm();
            return now.status() == VmStatus.UP
                    && now.host() != null
                    && now.host().id().equals(second);
        });
        assertThat(world.two.qemuProcesses(made.id())).isEqualTo(1);
        assertThat(world.one.qemuProcesses(made.id())).isZero();

        service.stop().send();
        await(() -> service.get().send().vm().status() == VmStatus.DOWN);
        service.remove().send();
        await(() -> names(system).stream().noneMatch("sdk-walk"::equals));
        await(() -> system.disksService().list().send().disks().stream()
                .noneMatch(one -> one.id().equals(attachment.disk().id())));
    }

    private static List<String> names(SystemService system) {
        return system.vmsService().list().send().vms().stream().map(Vm::name).toList();
    }

    private static void await(BooleanSupplier condition) {
        assertThat(Await.holds(Duration.ofMinutes(3), condition)).isTrue();
    }
}
