package org.bellwether.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bellwether.libvirt.flags.ListFlag;
import org.bellwether.libvirt.flags.ModifyFlag;
import org.bellwether.libvirt.flags.StatsGroup;
import org.bellwether.libvirt.flags.VcpuFlag;
import org.bellwether.libvirt.flags.XmlFlag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The breadth of the calls, against the driver that libvirt has for tests. */
class TestDriverTest {
    private static final String METADATA = "http://bellwether.example/test";

    private Connection connection;

    @BeforeEach
    void open() {
        connection = Libvirt.open("test:///default");
    }

    @AfterEach
    void close() {
        connection.close();
    }

    private static String xml(String name) {
        return """
                <domain type='test'>
                  <name>%s</name>
                  <memory unit='KiB'>8192</memory>
                  <vcpu>2</vcpu>
                  <os><type>hvm</type></os>
                  <devices>
                    <disk type='file' device='disk'><source file='/guest/disk1.img'/><target dev='vda'/></disk>
                  </devices>
                </domain>""".formatted(name);
    }

    @Test
    void the_host_tells_what_it_is() {
        assertThat(Libvirt.version()).isGreaterThanOrEqualTo(new Version(7, 0, 0));
        assertThat(connection.libvirtVersion()).isEqualTo(Libvirt.version());
        assertThat(connection.hypervisorVersion()).isEqualTo(new Version(0, 0, 2));
        assertThat(connection.driver()).isEqualTo("TEST");
        assertThat(connection.uri()).isEqualTo("test:///default");
        assertThat(connection.canonicalUri()).isEqualTo("test:///default");
        assertThat(connection.hostName()).isNotEmpty();
        assertThat(connection.capabilities()).contains("<capabilities>");
        assertThat(connection.isAlive()).isTrue();
        assertThat(connection.isEncrypted()).isFalse();
        var node = connection.nodeInfo();
        assertThat(node).isEqualTo(new NodeInfo("i686", 3145728, 16, 1400, 2, 2, 2, 2));
    }

    @Test
    void a_domain_lives_from_definition_to_its_end() {
        try (var domain = connection.define(xml("life"))) {
            assertThat(domain.name()).isEqualTo("life");
            assertThat(domain.isPersistent()).isTrue();
            assertThat(domain.status()).isEqualTo(new DomainStatus(DomainState.SHUTOFF, StateReason.SHUTOFF_UNKNOWN));
            assertThat(domain.id()).isEmpty();
            domain.create();
            assertThat(domain.isActive()).isTrue();
            assertThat(domain.id()).isPresent();
            assertThat(domain.status()).isEqualTo(new DomainStatus(DomainState.RUNNING, StateReason.RUNNING_BOOTED));
            domain.suspend();
            assertThat(domain.status()).isEqualTo(new DomainStatus(DomainState.PAUSED, StateReason.PAUSED_USER));
            domain.resume();
            assertThat(domain.status().reason()).isEqualTo(StateReason.RUNNING_UNPAUSED);
            domain.destroy();
            assertThat(domain.status().reason()).isEqualTo(StateReason.SHUTOFF_DESTROYED);
            domain.undefine();
            var failure = catchThrowableOfType(LibvirtException.class, domain::create);
            assertThat(failure.code()).isEqualTo(ErrorCode.NO_DOMAIN);
        }
        assertThat(connection.findDomain("life")).isEmpty();
    }

    @Test
    void a_domain_is_found_by_id_and_by_name_and_in_lists() {
        try (var made = connection.createTransient(xml("found"));
                var byUuid = connection.domain(made.uuid());
                var byName = connection.domain("found")) {
            assertThat(byUuid.identity()).isEqualTo(byName.identity());
            assertThat(made.isPersistent()).isFalse();
            var all = connection.domains();
            assertThat(all).extracting(Domain::name).contains("test", "found");
            all.forEach(Domain::close);
            var running = connection.domains(ListFlag.ACTIVE, ListFlag.TRANSIENT);
            assertThat(running).extracting(Domain::name).containsExactly("found");
            running.forEach(Domain::close);
            made.destroy();
        }
        assertThat(connection.findDomain(UUID.randomUUID())).isEmpty();
        var failure = catchThrowableOfType(LibvirtException.class, () -> connection.domain("found"));
        assertThat(failure.code()).isEqualTo(ErrorCode.NO_DOMAIN);
        assertThat(failure.number()).isEqualTo(42);
        assertThat(failure.domain()).isEqualTo(ErrorDomain.TEST);
        assertThat(failure.level()).isEqualTo(ErrorLevel.ERROR);
        assertThat(failure.function()).isEqualTo("virDomainLookupByName");
        assertThat(failure).hasMessageContaining("Domain not found");
    }

    @Test
    void bad_input_is_refused_and_changes_nothing() {
        assertThatThrownBy(() -> connection.define("<domain"))
                .isInstanceOfSatisfying(
                        LibvirtException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.XML_DETAIL));
        assertThatThrownBy(() -> connection.domain("a\0b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Libvirt.open("nowhere:///at-all")).isInstanceOf(LibvirtException.class);
        assertThatThrownBy(() -> Libvirt.open("qemu+unix:///system?socket=/nonexistent"))
                .isInstanceOf(LibvirtException.class)
                .hasMessageContaining("/nonexistent");
        assertThatThrownBy(() -> TypedParameters.builder().text("n".repeat(80), ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(connection.findDomain("größe-不存在")).isEmpty();
    }

    @Test
    void a_read_only_connection_changes_nothing() {
        try (var readOnly = Libvirt.openReadOnly("test:///default");
                var domain = readOnly.domain("test")) {
            var failure = catchThrowableOfType(LibvirtException.class, domain::destroy);
            assertThat(failure.code()).isEqualTo(ErrorCode.OPERATION_DENIED);
            assertThat(domain.isActive()).isTrue();
        }
    }

    @Test
    void metadata_xml_and_autostart_are_kept() {
        try (var domain = connection.define(xml("kept"))) {
            assertThat(domain.metadata(METADATA)).isEmpty();
            domain.setMetadata("<machine>größe 7</machine>", "bw", METADATA, ModifyFlag.CONFIG);
            assertThat(domain.metadata(METADATA))
                    .hasValueSatisfying(text -> assertThat(text).contains("größe 7"));
            assertThat(domain.xml(XmlFlag.INACTIVE)).contains("größe 7").contains("<name>kept</name>");
            domain.removeMetadata(METADATA, ModifyFlag.CONFIG);
            assertThat(domain.metadata(METADATA)).isEmpty();
            assertThat(domain.autostart()).isFalse();
            domain.setAutostart(true);
            assertThat(domain.autostart()).isTrue();
            domain.rename("kept-otherwise");
            domain.undefine();
        }
    }

    @Test
    void memory_and_processors_can_be_changed() {
        try (var domain = connection.domain("test")) {
            domain.devices().setMemory(4_194_304);
            assertThat(domain.xml()).contains("<currentMemory unit='KiB'>4194304</currentMemory>");
            assertThat(domain.devices().vcpus(VcpuFlag.MAXIMUM)).isGreaterThanOrEqualTo(2);
            domain.devices().setVcpus(1, VcpuFlag.LIVE);
            assertThat(domain.devices().vcpus(VcpuFlag.LIVE)).isEqualTo(1);
        }
    }

    @Test
    void statistics_come_in_bulk_and_one_by_one() {
        var groups = List.of(StatsGroup.STATE);
        var all = connection.statistics(groups);
        assertThat(all).hasSize(1);
        assertThat(all.getFirst().domain().name()).isEqualTo("test");
        assertThat(all.getFirst().values().number("state.state")).hasValue(1);
        try (var domain = connection.domain("test")) {
            assertThat(domain.statistics(groups)).isEqualTo(all.getFirst().values());
        }
        assertThat(connection.statistics(EnumSet.noneOf(StatsGroup.class))).hasSize(1);
    }

    @Test
    void a_domain_is_saved_and_restored(@TempDir Path directory) {
        var file = directory.resolve("memory");
        try (var domain = connection.domain("test")) {
            domain.save(file.toString());
            assertThat(domain.isActive()).isFalse();
            assertThat(Files.exists(file)).isTrue();
        }
        connection.restore(file.toString());
        try (var domain = connection.domain("test")) {
            assertThat(domain.isActive()).isTrue();
            domain.managedSave();
            assertThat(domain.hasManagedSave()).isTrue();
            domain.removeManagedSave();
            assertThat(domain.hasManagedSave()).isFalse();
        }
    }

    @Test
    void snapshots_and_checkpoints_are_made_listed_and_deleted() {
        try (var domain = connection.domain("test")) {
            var snapshots = domain.snapshots();
            assertThat(snapshots.create("<domainsnapshot><name>one</name></domainsnapshot>"))
                    .isEqualTo("one");
            assertThat(snapshots.names()).containsExactly("one");
            assertThat(snapshots.xml("one")).contains("<name>one</name>");
            snapshots.revert("one");
            snapshots.delete("one");
            assertThat(snapshots.names()).isEmpty();
            var failure = catchThrowableOfType(LibvirtException.class, () -> snapshots.xml("one"));
            assertThat(failure.code()).isEqualTo(ErrorCode.NO_DOMAIN_SNAPSHOT);

            var checkpoints = domain.checkpoints();
            assertThat(checkpoints.names()).isEmpty();
            assertThatThrownBy(checkpoints::backupXml).isInstanceOf(LibvirtException.class);
        }
    }

    @Test
    void the_guest_answers() {
        try (var domain = connection.domain("test")) {
            assertThat(domain.guest().interfaces(AddressSource.LEASE))
                    .singleElement()
                    .satisfies(each -> {
                        assertThat(each.name()).isEqualTo("testnet0");
                        assertThat(each.mac()).hasSize(17);
                        assertThat(each.addresses()).isNotEmpty().allSatisfy(address -> {
                            assertThat(address.address()).contains(".");
                            assertThat(address.prefix()).isEqualTo(24);
                        });
                    });
            assertThat(domain.guest().freeze()).isPositive();
            assertThat(domain.guest().thaw()).isPositive();
            domain.guest().setPassword("root", "secret");
        }
    }

    @Test
    void a_screenshot_is_a_picture() {
        try (var domain = connection.domain("test")) {
            var screenshot = domain.screenshot(0);
            assertThat(screenshot.mimeType()).isEqualTo("image/png");
            assertThat(screenshot.image()).startsWith(0x89, 'P', 'N', 'G');
        }
    }

    @Test
    void events_come_in_order_and_end_with_the_subscription() {
        var events = new CopyOnWriteArrayList<DomainEvent>();
        try (var domain = connection.domain("test")) {
            try (var _ = connection.subscribe(events::add)) {
                domain.suspend();
                domain.resume();
                domain.destroy();
                domain.create();
                await().atMost(Duration.ofSeconds(30)).until(() -> events.size() == 4);
            }
            assertThat(events)
                    .extracting(event -> ((DomainEvent.Lifecycle) event).event())
                    .containsExactly(
                            LifecycleEvent.SUSPENDED,
                            LifecycleEvent.RESUMED,
                            LifecycleEvent.STOPPED,
                            LifecycleEvent.STARTED);
            assertThat(events)
                    .extracting(event -> ((DomainEvent.Lifecycle) event).detail())
                    .contains(LifecycleDetail.SUSPENDED_PAUSED, LifecycleDetail.STOPPED_DESTROYED);
            domain.suspend();
            var later = new CopyOnWriteArrayList<DomainEvent>();
            try (var _ = connection.subscribe(later::add, DomainEventType.LIFECYCLE)) {
                domain.resume();
                await().atMost(Duration.ofSeconds(30)).until(() -> later.size() == 1);
            }
            assertThat(events).hasSize(4);
        }
    }
}
