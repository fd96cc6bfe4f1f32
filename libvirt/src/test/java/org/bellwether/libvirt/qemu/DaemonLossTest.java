package org.bellwether.libvirt.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bellwether.libvirt.CloseReason;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.DomainEvent;
import org.bellwether.libvirt.DomainState;
import org.bellwether.libvirt.ErrorCode;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.libvirt.flags.StatsGroup;
import org.junit.jupiter.api.Test;

/** The daemon dies or hangs: we are told, calls fail as exceptions, nothing crashes, and the machines run on. */
class DaemonLossTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Test
    void a_killed_daemon_fails_calls_and_a_new_connection_finds_the_machine_running() throws Exception {
        var uuid = UUID.randomUUID();
        try (var daemon = PrivateLibvirtd.start("killed")) {
            var reasons = new CopyOnWriteArrayList<CloseReason>();
            try (var connection = daemon.open();
                    var domain = connection.define(Machines.xml("survivor", uuid, ""))) {
                connection.onLost(reasons::add);
                connection.onLost(reason -> {
                    throw new IllegalStateException("a listener that fails harms nobody");
                });
                domain.create();
                var subscription = connection.subscribe(event -> {});
                daemon.kill();
                await().atMost(PATIENCE).until(() -> !reasons.isEmpty());
                assertThat(reasons).containsExactly(CloseReason.EOF);
                var late = new CopyOnWriteArrayList<CloseReason>();
                connection.onLost(late::add);
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(late).containsExactly(CloseReason.EOF));

                assertThat(connection.isAlive()).isFalse();
                assertThatThrownBy(domain::status).isInstanceOf(LibvirtException.class);
                assertThatThrownBy(() -> connection.statistics(List.of(StatsGroup.STATE)))
                        .isInstanceOf(LibvirtException.class);
                assertThatThrownBy(() -> connection.subscribe(event -> {})).isInstanceOf(LibvirtException.class);
                assertThatThrownBy(() -> domain.screenshot(0)).isInstanceOf(LibvirtException.class);
                subscription.close();
            }
            assertThatThrownBy(() -> org.bellwether.libvirt.Libvirt.open(daemon.uri()))
                    .isInstanceOf(LibvirtException.class);

            daemon.restart();
            try (var connection = daemon.open();
                    var domain = connection.domain(uuid)) {
                assertThat(domain.status().state()).isEqualTo(DomainState.RUNNING);
                var events = new CopyOnWriteArrayList<DomainEvent>();
                connection.subscribe(events::add);
                // Waits until the new daemon is through with finding its machines again: a destroy before that kills
                // QEMU and then
                // fails with "domain is not running", because libvirt's own search comes first to see it gone.
                domain.suspend();
                domain.resume();
                domain.destroy();
                await().atMost(PATIENCE).until(() -> !events.isEmpty());
                domain.undefine();
            }
        }
    }

    @Test
    void a_daemon_killed_under_many_calls_fails_each_of_them() throws Exception {
        try (var daemon = PrivateLibvirtd.start("storm");
                var connection = daemon.open();
                var domain = connection.createTransient(Machines.xml("storm", UUID.randomUUID(), ""))) {
            var callers = IntStream.range(0, 16)
                    .mapToObj(number -> {
                        var failed = new CompletableFuture<LibvirtException>();
                        var caller = number % 2 == 0
                                ? Thread.ofVirtual()
                                : Thread.ofPlatform().daemon();
                        caller.start(() -> {
                            try {
                                while (true) {
                                    domain.xml();
                                    connection.domains().forEach(each -> each.close());
                                }
                            } catch (LibvirtException e) {
                                failed.complete(e);
                            }
                        });
                        return failed;
                    })
                    .toList();
            Thread.sleep(300);
            daemon.kill();
            for (var failed : callers) {
                assertThat(failed.get(90, TimeUnit.SECONDS).getMessage()).isNotEmpty();
            }
        }
    }

    @Test
    void a_daemon_that_hangs_counts_as_lost_and_sets_its_callers_free() throws Exception {
        try (var daemon = PrivateLibvirtd.start("hung")) {
            var reasons = new CopyOnWriteArrayList<CloseReason>();
            try (var connection = daemon.open()) {
                connection.onLost(reasons::add);
                assertThat(connection.keepAlive(Duration.ofSeconds(1), 2)).isTrue();
                daemon.freeze();
                var failure = catchThrowableOfType(LibvirtException.class, connection::hostName);
                assertThat(failure.getMessage()).isNotEmpty();
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(reasons).containsExactly(CloseReason.KEEPALIVE));
            }
            daemon.thaw();
            try (var connection = daemon.open()) {
                assertThat(connection.hostName()).isNotEmpty();
            }
        }
    }

    @Test
    void a_connection_closed_under_calls_ends_them_with_an_exception() throws Exception {
        try (var daemon = PrivateLibvirtd.start("closed")) {
            Connection connection = daemon.open();
            var domain = connection.createTransient(Machines.xml("closed", UUID.randomUUID(), ""));
            var callers = IntStream.range(0, 8)
                    .mapToObj(number -> CompletableFuture.supplyAsync(() -> {
                        while (true) {
                            try {
                                domain.xml();
                            } catch (LibvirtException e) {
                                return e.code();
                            }
                        }
                    }))
                    .toList();
            Thread.sleep(100);
            connection.close();
            for (var caller : callers) {
                assertThat(caller.get(90, TimeUnit.SECONDS)).isEqualTo(ErrorCode.INVALID_DOMAIN);
            }
        }
    }
}
