package org.bellwether.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.bellwether.libvirt.foreign.ConnectFunctions;
import org.junit.jupiter.api.Test;

/** Nothing is used after it was freed, and nothing is freed twice. */
class LifetimesTest {
    @Test
    void what_is_closed_refuses_every_use() {
        var connection = Libvirt.open("test:///default");
        var domain = connection.domain("test");
        domain.close();
        domain.close();
        var closedDomain = catchThrowableOfType(LibvirtException.class, domain::status);
        assertThat(closedDomain.code()).isEqualTo(ErrorCode.INVALID_DOMAIN);
        assertThat(domain.name()).isEqualTo("test");

        connection.close();
        connection.close();
        var closedConnection = catchThrowableOfType(LibvirtException.class, connection::hostName);
        assertThat(closedConnection.code()).isEqualTo(ErrorCode.INVALID_CONN);
        assertThat(closedConnection).hasMessageContaining("test:///default").hasMessageContaining("closed");
        assertThat(connection.isAlive()).isFalse();
        assertThatThrownBy(() -> connection.subscribe(event -> {})).isInstanceOf(LibvirtException.class);
    }

    @Test
    void closing_a_connection_closes_its_domains() {
        var connection = Libvirt.open("test:///default");
        var domain = connection.domain("test");
        connection.close();
        var failure = catchThrowableOfType(LibvirtException.class, domain::status);
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_DOMAIN);
        domain.close();
    }

    @Test
    void a_handle_closed_during_a_call_is_freed_when_the_call_ends() throws Exception {
        var inside = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        try (var arena = java.lang.foreign.Arena.ofConfined()) {
            Libvirt.version();
            var pointer = Call.pointer(
                    ConnectFunctions.CONNECT_OPEN, org.bellwether.libvirt.foreign.Text.toC(arena, "test:///default"));
            var handle =
                    new Handle(pointer, ConnectFunctions.CONNECT_CLOSE, ErrorCode.INVALID_CONN, "the connection", null);
            var name = CompletableFuture.supplyAsync(() -> handle.use(connection -> {
                inside.countDown();
                awaitQuietly(go);
                return Call.text(ConnectFunctions.CONNECT_GET_HOSTNAME, connection);
            }));
            assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
            handle.close();
            assertThat(handle.isClosed()).isTrue();
            assertThatThrownBy(() -> handle.use(connection -> "never")).isInstanceOf(LibvirtException.class);
            go.countDown();
            assertThat(name.get(30, TimeUnit.SECONDS)).isNotEmpty();
        }
    }

    @Test
    void a_part_of_a_forgotten_domain_stays_usable() {
        try (var connection = Libvirt.open("test:///default")) {
            var devices = connection.domain("test").devices();
            for (int round = 0; round < 5; round++) {
                System.gc();
                assertThat(devices.vcpus()).isPositive();
            }
        }
    }

    @Test
    void forgotten_domains_do_not_stop_a_connection_from_closing() {
        var connection = Libvirt.open("test:///default");
        for (int number = 0; number < 10_000; number++) {
            assertThat(connection.domain("test").name()).isEqualTo("test");
        }
        System.gc();
        connection.close();
    }

    @Test
    void a_subscription_outlives_nothing() {
        var connection = Libvirt.open("test:///default");
        var subscription = connection.subscribe(event -> {});
        subscription.close();
        subscription.close();
        var second = connection.subscribe(event -> {});
        connection.close();
        second.close();
    }

    @Test
    void a_lister_closed_in_the_middle_leaves_no_domain_open() throws Exception {
        // Lists and closes at the same time: a domain that is wrapped when its connection has just closed must not leak
        // or crash.
        for (int round = 0; round < 50; round++) {
            var connection = Libvirt.open("test:///default");
            var lister = CompletableFuture.runAsync(() -> {
                try {
                    while (true) {
                        connection.domains();
                    }
                } catch (LibvirtException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONN);
                }
            });
            connection.close();
            lister.get(30, TimeUnit.SECONDS);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let the call go on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
