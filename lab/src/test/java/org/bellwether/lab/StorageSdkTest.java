package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ovirt.engine.sdk4.builders.Builders.diskProfile;
import static org.ovirt.engine.sdk4.builders.Builders.host;
import static org.ovirt.engine.sdk4.builders.Builders.hostStorage;
import static org.ovirt.engine.sdk4.builders.Builders.qos;
import static org.ovirt.engine.sdk4.builders.Builders.storageConnection;
import static org.ovirt.engine.sdk4.builders.Builders.storageDomain;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.ovirt.engine.sdk4.Connection;
import org.ovirt.engine.sdk4.builders.DiskBuilder;
import org.ovirt.engine.sdk4.services.AttachedStorageDomainService;
import org.ovirt.engine.sdk4.services.DataCenterService;
import org.ovirt.engine.sdk4.services.DiskService;
import org.ovirt.engine.sdk4.services.StorageDomainService;
import org.ovirt.engine.sdk4.services.StorageServerConnectionService;
import org.ovirt.engine.sdk4.services.SystemService;
import org.ovirt.engine.sdk4.types.Disk;
import org.ovirt.engine.sdk4.types.DiskFormat;
import org.ovirt.engine.sdk4.types.DiskStatus;
import org.ovirt.engine.sdk4.types.File;
import org.ovirt.engine.sdk4.types.Qos;
import org.ovirt.engine.sdk4.types.QosType;
import org.ovirt.engine.sdk4.types.StorageConnection;
import org.ovirt.engine.sdk4.types.StorageDomain;
import org.ovirt.engine.sdk4.types.StorageDomainStatus;
import org.ovirt.engine.sdk4.types.StorageDomainType;
import org.ovirt.engine.sdk4.types.StorageType;

/** What storage can do, asked for by the published Java SDK; what needs LUNs is in {@link KernelStorageTest}. */
@ExtendWith(World.Extension.class)
final class StorageSdkTest {
    private static final long MIB = 1L << 20;
    private static final Path IMAGES = Path.of("images", "11111111-1111-1111-1111-111111111111");

    private final World world;

    @TempDir
    Path directory;

    StorageSdkTest(World world) {
        this.world = world;
    }

    @Test
    @SuppressWarnings("try") // the SDK's Connection.close() declares Exception
    void domains_connections_profiles_and_disks_are_looked_after() throws Exception {
        try (Connection connection = Sdk.connect(world.engine, directory)) {
            SystemService system = connection.systemService();
            Path place = Files.createDirectory(directory.resolve("data"));
            StorageDomain data = domain(system, "sdk-data", StorageDomainType.DATA, place);
            StorageDomainService service = system.storageDomainsService().storageDomainService(data.id());
            thresholds(service);
            connections(system, service);
            disks(system, profile(system, service));
            removed(system, data);
            assertThat(place).isEmptyDirectory();

            Path isos = Files.createDirectory(directory.resolve("isos"));
            StorageDomain iso = domain(system, "sdk-isos", StorageDomainType.ISO, isos);
            images(system, iso, isos);
            removed(system, iso);
        }
    }

    private StorageDomain domain(SystemService system, String name, StorageDomainType type, Path place) {
        StorageDomain made = system.storageDomainsService()
                .add()
                .storageDomain(storageDomain()
                        .name(name)
                        .type(type)
                        .host(host().name("host1"))
                        .storage(hostStorage()
                                .type(StorageType.POSIXFS)
                                .path(place.toString())
                                .vfsType("none")
                                .mountOptions("bind")))
                .send()
                .storageDomain();
        center(system)
                .storageDomainsService()
                .add()
                .storageDomain(storageDomain().id(made.id()))
                .send();
        await(() -> attached(system, made).get().send().storageDomain().status() == StorageDomainStatus.ACTIVE);
        return made;
    }

    private static void thresholds(StorageDomainService service) {
        service.update()
                .storageDomain(storageDomain().warningLowSpaceIndicator(15).criticalSpaceActionBlocker(1))
                .send();
        StorageDomain now = service.get().send().storageDomain();
        assertThat(now.warningLowSpaceIndicatorAsInteger()).isEqualTo(15);
        assertThat(now.criticalSpaceActionBlockerAsInteger()).isEqualTo(1);
        assertThat(service.isAttached().host(host().name("host1")).send().isAttached())
                .isTrue();
    }

    private static void connections(SystemService system, StorageDomainService service) {
        assertThat(service.storageConnectionsService().list().send().connections())
                .singleElement()
                .extracting(StorageConnection::type)
                .isEqualTo(StorageType.POSIXFS);
        StorageConnection noted = system.storageConnectionsService()
                .add()
                .connection(storageConnection()
                        .type(StorageType.NFS)
                        .address("filer.example")
                        .path("/gold"))
                .send()
                .connection();
        StorageServerConnectionService one = system.storageConnectionsService().storageConnectionService(noted.id());
        one.update().connection(storageConnection().address("other.example")).send();
        assertThat(one.get().send().conection().address()).isEqualTo("other.example");
        one.remove().send();
        assertThat(system.storageConnectionsService().list().send().connections())
                .extracting(StorageConnection::id)
                .doesNotContain(noted.id());
    }

    private static String profile(SystemService system, StorageDomainService service) {
        Qos limits = center(system)
                .qossService()
                .add()
                .qos(qos().name("sdk-slow").type(QosType.STORAGE).maxIops(500))
                .send()
                .qos();
        return service.diskProfilesService()
                .add()
                .profile(diskProfile().name("sdk-slow").qos(qos().id(limits.id())))
                .send()
                .profile()
                .id();
    }

    private void disks(SystemService system, String profile) {
        Disk raw = made(system, disk("sdk-raw", DiskFormat.RAW, false));
        Disk thin = made(
                system,
                disk("sdk-thin", DiskFormat.COW, true).diskProfile(diskProfile().id(profile)));
        Disk shared = made(system, disk("sdk-shared", DiskFormat.RAW, false).shareable(true));
        assertThat(shared.shareable()).isTrue();
        assertThat(thin.diskProfile().id()).isEqualTo(profile);
        assertThat(raw.actualSize()).isGreaterThanOrEqualTo(BigInteger.valueOf(64 * MIB));
        assertThat(thin.actualSize()).isLessThan(BigInteger.valueOf(8 * MIB));

        DiskService service = service(system, thin);
        service.update()
                .disk(org.ovirt.engine.sdk4.builders.Builders.disk().provisionedSize(96 * MIB))
                .send();
        await(() -> now(system, thin).provisionedSize().equals(BigInteger.valueOf(96 * MIB)));
        service.copy()
                .disk(org.ovirt.engine.sdk4.builders.Builders.disk().name("sdk-copy"))
                .storageDomain(storageDomain().name("shared"))
                .send();
        world.awaitQuiet();
        service.sparsify().send();
        world.awaitQuiet();
        service.move().storageDomain(storageDomain().name("shared")).send();
        world.awaitQuiet();
        assertThat(now(system, thin).storageDomains())
                .extracting(StorageDomain::id)
                .containsExactly(world.api()
                        .named("/storagedomains", "shared")
                        .path("id")
                        .asText());
        for (Disk each : system.disksService().list().send().disks()) {
            if (each.name().startsWith("sdk-")) {
                assertThat(each.status()).as(each.name()).isEqualTo(DiskStatus.OK);
                service(system, each).remove().send();
            }
        }
        world.awaitQuiet();
        assertThat(system.disksService().list().send().disks())
                .extracting(Disk::name)
                .noneMatch(name -> name.startsWith("sdk-"));
    }

    private static DiskBuilder disk(String name, DiskFormat format, boolean sparse) {
        return org.ovirt.engine.sdk4.builders.Builders.disk()
                .name(name)
                .format(format)
                .sparse(sparse)
                .provisionedSize(64 * MIB)
                .storageDomains(storageDomain().name("sdk-data"));
    }

    private static Disk made(SystemService system, DiskBuilder wish) {
        Disk made = system.disksService().add().disk(wish).send().disk();
        await(() -> now(system, made).status() == DiskStatus.OK);
        return now(system, made);
    }

    private static Disk now(SystemService system, Disk disk) {
        return service(system, disk).get().send().disk();
    }

    private static DiskService service(SystemService system, Disk disk) {
        return system.disksService().diskService(disk.id());
    }

    /** Images come to such a domain by whatever writes to its directory. */
    private static void images(SystemService system, StorageDomain iso, Path place) throws IOException {
        Path images = place.resolve(iso.id()).resolve(IMAGES);
        Files.write(images.resolve("rescue.iso"), new byte[2048]);
        await(() ->
                system
                        .storageDomainsService()
                        .storageDomainService(iso.id())
                        .filesService()
                        .list()
                        .send()
                        .file()
                        .stream()
                        .map(File::name)
                        .anyMatch("rescue.iso"::equals));
        Files.delete(images.resolve("rescue.iso"));
    }

    private static void removed(SystemService system, StorageDomain domain) {
        AttachedStorageDomainService attached = attached(system, domain);
        attached.deactivate().send();
        await(() -> attached.get().send().storageDomain().status() == StorageDomainStatus.MAINTENANCE);
        attached.activate().send();
        await(() -> attached.get().send().storageDomain().status() == StorageDomainStatus.ACTIVE);
        attached.deactivate().send();
        await(() -> attached.get().send().storageDomain().status() == StorageDomainStatus.MAINTENANCE);
        attached.remove().send();
        StorageDomainService service = system.storageDomainsService().storageDomainService(domain.id());
        await(() -> service.get().send().storageDomain().status() == StorageDomainStatus.UNATTACHED);
        service.remove().host("host1").format(true).send();
        assertThat(system.storageDomainsService().list().send().storageDomains())
                .extracting(StorageDomain::id)
                .doesNotContain(domain.id());
    }

    private static AttachedStorageDomainService attached(SystemService system, StorageDomain domain) {
        return center(system).storageDomainsService().storageDomainService(domain.id());
    }

    private static DataCenterService center(SystemService system) {
        String id = system.dataCentersService()
                .list()
                .search("name=Default")
                .send()
                .dataCenters()
                .getFirst()
                .id();
        return system.dataCentersService().dataCenterService(id);
    }

    private static void await(BooleanSupplier condition) {
        assertThat(Await.holds(Duration.ofMinutes(2), condition)).isTrue();
    }
}
