package org.bellwether.libvirt.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.EnumSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.DomainCapabilitiesQuery;
import org.bellwether.libvirt.DomainEvent;
import org.bellwether.libvirt.DomainState;
import org.bellwether.libvirt.ErrorCode;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.libvirt.LifecycleDetail;
import org.bellwether.libvirt.StateReason;
import org.bellwether.libvirt.flags.CreateFlag;
import org.bellwether.libvirt.flags.DeviceFlag;
import org.bellwether.libvirt.flags.ShutdownFlag;
import org.bellwether.libvirt.flags.StatsFlag;
import org.bellwether.libvirt.flags.StatsGroup;
import org.bellwether.libvirt.flags.XmlFlag;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One real machine from power-on to power-off. */
class LifecycleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static PrivateLibvirtd daemon;
    private static Connection connection;

    @BeforeAll
    static void start() throws Exception {
        daemon = PrivateLibvirtd.start("life");
        connection = daemon.open();
    }

    @AfterAll
    static void stop() throws Exception {
        if (daemon != null) {
            connection.close();
            daemon.close();
        }
    }

    @Test
    void the_host_tells_what_it_can() {
        assertThat(connection.driver()).isEqualTo("QEMU");
        assertThat(connection.hypervisorVersion().major()).isGreaterThan(2);
        assertThat(connection.capabilities()).contains("<arch name='x86_64'>");
        assertThat(connection.nodeInfo().cpus()).isPositive();
        assertThat(connection.keepAlive(Duration.ofSeconds(5), 3)).isTrue();
        var query = DomainCapabilitiesQuery.defaults()
                .emulator("/usr/bin/qemu-system-x86_64")
                .architecture("x86_64")
                .machine("q35")
                .domainType("qemu");
        var capabilities = connection.domainCapabilities(query);
        assertThat(capabilities).contains("<domain>qemu</domain>").contains("q35");
        int host = capabilities.indexOf("<mode name='host-model'");
        var model = "<cpu><arch>x86_64</arch>"
                + capabilities.substring(capabilities.indexOf("<model", host), capabilities.indexOf("</mode>", host))
                + "</cpu>";
        assertThat(connection.baselineCpu(query, java.util.List.of(model))).contains("<model");
    }

    @Test
    void a_machine_starts_paused_runs_and_is_destroyed() {
        var events = new CopyOnWriteArrayList<DomainEvent>();
        var uuid = UUID.randomUUID();
        try (var _ = connection.subscribe(events::add);
                var domain = connection.createTransient(Machines.xml("paused", uuid, ""), CreateFlag.PAUSED)) {
            assertThat(domain.uuid()).isEqualTo(uuid);
            assertThat(domain.status().state()).isEqualTo(DomainState.PAUSED);
            domain.resume();
            assertThat(domain.status().reason()).isEqualTo(StateReason.RUNNING_UNPAUSED);
            domain.suspend();
            assertThat(domain.status().reason()).isEqualTo(StateReason.PAUSED_USER);
            domain.resume();
            domain.reset();
            assertThat(domain.xml(XmlFlag.MIGRATABLE)).contains(uuid.toString());
            domain.destroy();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(events)
                            .filteredOn(DomainEvent.Lifecycle.class::isInstance)
                            .extracting(event -> ((DomainEvent.Lifecycle) event).detail())
                            .contains(
                                    LifecycleDetail.STARTED_BOOTED,
                                    LifecycleDetail.RESUMED_UNPAUSED,
                                    LifecycleDetail.SUSPENDED_PAUSED,
                                    LifecycleDetail.STOPPED_DESTROYED));
            assertThat(events)
                    .allSatisfy(event -> assertThat(
                                    ((DomainEvent.OfDomain) event).domain().uuid())
                            .isEqualTo(uuid));
            assertThat(events).anyMatch(DomainEvent.Rebooted.class::isInstance);
            var failure = catchThrowableOfType(LibvirtException.class, domain::status);
            assertThat(failure.code()).isEqualTo(ErrorCode.NO_DOMAIN);
        }
    }

    @Test
    void statistics_devices_screen_and_a_silent_agent() {
        var channel = "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>";
        try (var domain = connection.createTransient(Machines.xml("seen", UUID.randomUUID(), channel))) {
            var statistics = connection.statistics(EnumSet.allOf(StatsGroup.class), StatsFlag.RUNNING);
            assertThat(statistics).singleElement().satisfies(each -> {
                assertThat(each.domain()).isEqualTo(domain.identity());
                assertThat(each.values().number("balloon.maximum")).hasValue(32 * 1024);
                assertThat(each.values().number("cpu.time").orElseThrow()).isPositive();
                assertThat(each.values().number("vcpu.current")).hasValue(1);
            });

            var disk = "<disk type='file' device='cdrom'><target dev='hda' bus='ide'/></disk>";
            var refused = catchThrowableOfType(
                    LibvirtException.class, () -> domain.devices().attach(disk, DeviceFlag.LIVE));
            assertThat(refused.getMessage()).isNotEmpty();
            domain.devices()
                    .attach(
                            "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
                            DeviceFlag.LIVE);
            assertThat(domain.xml()).contains("/dev/urandom");

            var screenshot = domain.screenshot(0);
            assertThat(screenshot.mimeType()).startsWith("image/");
            assertThat(screenshot.image().length).isGreaterThan(1000);

            var silent = catchThrowableOfType(
                    LibvirtException.class,
                    () -> domain.guest().command("{\"execute\":\"guest-ping\"}", Duration.ofSeconds(1)));
            assertThat(silent.code()).isEqualTo(ErrorCode.AGENT_UNRESPONSIVE);
            var agent = catchThrowableOfType(LibvirtException.class, () -> domain.shutdown(ShutdownFlag.GUEST_AGENT));
            assertThat(agent.code()).isEqualTo(ErrorCode.AGENT_UNRESPONSIVE);
            domain.shutdown(ShutdownFlag.ACPI_POWER_BTN);
            domain.destroy();
        }
    }

    @Test
    void a_machine_is_saved_to_a_file_and_goes_on_from_it() {
        var file = daemon.directory().resolve("memory").toString();
        try (var domain = connection.define(Machines.xml("saved", UUID.randomUUID(), ""))) {
            domain.create();
            domain.save(file);
            assertThat(domain.status().reason()).isEqualTo(StateReason.SHUTOFF_SAVED);
            connection.restore(file);
            assertThat(domain.status().state()).isEqualTo(DomainState.RUNNING);
            domain.managedSave();
            assertThat(domain.hasManagedSave()).isTrue();
            domain.create();
            assertThat(domain.status().reason()).isEqualTo(StateReason.RUNNING_RESTORED);
            domain.destroy();
            domain.undefine();
        }
    }
}
