package org.bellwether.libvirt.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bellwether.libvirt.AddressSource;
import org.bellwether.libvirt.DomainEvent;
import org.bellwether.libvirt.ErrorCode;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.libvirt.LifecycleDetail;
import org.bellwether.libvirt.flags.DeviceFlag;
import org.bellwether.libvirt.flags.GuestInfoGroup;
import org.bellwether.libvirt.flags.RebootFlag;
import org.bellwether.libvirt.flags.ShutdownFlag;
import org.bellwether.libvirt.flags.StatsGroup;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A guest with an operating system and QEMU's agent in it. */
class GuestTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Made by the lab's recipe, and kept where the lab keeps it, so that it is made once. */
    private static Path image() throws Exception {
        var root = Path.of("").toAbsolutePath();
        while (root.getParent() != null && !Files.exists(root.resolve("lab/guest/build"))) {
            root = root.getParent();
        }
        var recipe = root.resolve("lab/guest/build");
        Assumptions.assumeTrue(Files.exists(recipe), "the recipe of the tiny guest, lab/guest/build, is not here");
        var cache = Files.createDirectories(Path.of(System.getProperty("user.home"), ".cache", "bellwether"));
        var image =
                cache.resolve("tiny-" + Machines.run(recipe.toString(), "key").strip() + ".qcow2");
        if (!Files.exists(image)) {
            Machines.run(recipe.toString(), "image", image.toString());
        }
        return image;
    }

    @Test
    void the_agent_tells_and_obeys() throws Exception {
        var image = image();
        try (var daemon = PrivateLibvirtd.start("guest");
                var connection = daemon.open()) {
            var overlay = daemon.directory().resolve("disk.qcow2");
            Machines.run(
                    "qemu-img",
                    "create",
                    "-q",
                    "-f",
                    "qcow2",
                    "-b",
                    image.toString(),
                    "-F",
                    "qcow2",
                    overlay.toString());
            var xml = Machines.xml(
                            "guest",
                            UUID.randomUUID(),
                            Machines.disk(overlay)
                                    + "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"
                                    + "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>")
                    .replace("<memory unit='MiB'>32<", "<memory unit='MiB'>192<");
            var events = new CopyOnWriteArrayList<DomainEvent>();
            try (var _ = connection.subscribe(events::add);
                    var domain = connection.createTransient(xml)) {
                awaitAgent(events);
                var guest = domain.guest();
                guest.setResponseTimeout(Duration.ofSeconds(30));
                assertThat(guest.command("{\"execute\":\"guest-ping\"}", Duration.ofSeconds(30)))
                        .isEqualTo("{\"return\":{}}");
                var refused = catchThrowableOfType(
                        LibvirtException.class,
                        () -> guest.command("{\"execute\":\"no-such-command\"}", Duration.ofSeconds(30)));
                assertThat(refused.getMessage()).contains("no-such-command");

                var information = guest.information(EnumSet.of(GuestInfoGroup.OS, GuestInfoGroup.HOSTNAME));
                assertThat(information.text("os.kernel-release")).isPresent();
                assertThat(information.text("hostname")).isPresent();
                assertThat(guest.interfaces(AddressSource.AGENT))
                        .anySatisfy(each -> assertThat(each.addresses())
                                .anySatisfy(
                                        address -> assertThat(address.address()).isEqualTo("127.0.0.1")));

                domain.devices().setMemoryStatisticsPeriod(Duration.ofSeconds(1));
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(domain.statistics(List.of(StatsGroup.BALLOON))
                                        .number("balloon.available"))
                                .isPresent());
                domain.devices().setMemory(128 * 1024);
                awaitEvent(
                        events,
                        event -> event instanceof DomainEvent.BalloonChanged balloon
                                && balloon.kibibytes() == 128 * 1024);

                var rng =
                        "<rng model='virtio'><backend model='random'>/dev/random</backend><alias name='ua-more'/></rng>";
                domain.devices().attach(rng, DeviceFlag.LIVE);
                awaitEvent(
                        events,
                        event -> event instanceof DomainEvent.DeviceAdded added
                                && added.alias().equals("ua-more"));

                events.clear();
                domain.reboot(RebootFlag.GUEST_AGENT);
                awaitEvent(events, DomainEvent.Rebooted.class::isInstance);
                awaitAgent(events);
                domain.shutdown(ShutdownFlag.GUEST_AGENT);
                awaitEvent(
                        events,
                        event -> event instanceof DomainEvent.Lifecycle change
                                && change.detail() == LifecycleDetail.STOPPED_SHUTDOWN);
                var gone = catchThrowableOfType(LibvirtException.class, () -> guest.freeze());
                assertThat(gone.code()).isIn(ErrorCode.NO_DOMAIN, ErrorCode.OPERATION_INVALID);
            }
        }
    }

    private static void awaitAgent(CopyOnWriteArrayList<DomainEvent> events) {
        awaitEvent(events, event -> event instanceof DomainEvent.AgentLifecycle agent && agent.connected());
    }

    private static void awaitEvent(
            CopyOnWriteArrayList<DomainEvent> events, java.util.function.Predicate<DomainEvent> wanted) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(events).anyMatch(wanted));
    }
}
