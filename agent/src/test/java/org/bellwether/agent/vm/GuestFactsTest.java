package org.bellwether.agent.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bellwether.libvirt.TypedParameters;
import org.bellwether.protocol.GuestData;
import org.bellwether.protocol.GuestInterface;
import org.junit.jupiter.api.Test;

class GuestFactsTest {
    @Test
    void what_the_agent_tells_is_read() {
        GuestData data = GuestFacts.of(
                TypedParameters.builder()
                        .text("hostname", "web01")
                        .text("os.id", "debian")
                        .text("os.pretty-name", "Debian GNU/Linux 12 (bookworm)")
                        .text("os.version-id", "12")
                        .text("os.kernel-release", "6.1.0")
                        .text("timezone.name", "CET")
                        .integer("timezone.offset", 3600)
                        .unsignedInteger("if.count", 1)
                        .text("if.0.name", "eth0")
                        .text("if.0.hwaddr", "56:6f:00:00:00:01")
                        .unsignedInteger("if.0.addr.count", 2)
                        .text("if.0.addr.0.addr", "10.0.0.5")
                        .text("if.0.addr.1.addr", "fe80::1")
                        .unsignedInteger("fs.count", 1)
                        .text("fs.0.mountpoint", "/")
                        .text("fs.0.fstype", "ext4")
                        .unsignedLong("fs.0.total-bytes", 1000)
                        .unsignedLong("fs.0.used-bytes", 400)
                        .unsignedInteger("user.count", 1)
                        .text("user.0.name", "anna")
                        .unsignedLong("user.0.login-time", 1_700_000_000_000L)
                        .build(),
                5);
        assertThat(data.getHostName()).isEqualTo("web01");
        assertThat(data.getOsVersion()).isEqualTo("12");
        assertThat(data.getUtcOffsetSeconds()).isEqualTo(3600);
        assertThat(data.getInterfaces(0).getAddressesList()).containsExactly("10.0.0.5", "fe80::1");
        assertThat(data.getFilesystems(0).getUsedBytes()).isEqualTo(400);
        assertThat(data.getUsers(0).getName()).isEqualTo("anna");
    }

    @Test
    void only_an_address_that_others_reach_counts_as_one() {
        assertThat(List.of("10.0.0.5", "fd00::5", "2001:db8::7", "::1:2")).allMatch(GuestFactsTest::addressed);
        assertThat(List.of("", "127.0.0.1", "::1", "fe80::1", "FEBF::1", "169.254.3.4"))
                .noneMatch(GuestFactsTest::addressed);
        assertThat(GuestFacts.addressed(GuestData.getDefaultInstance())).isFalse();
    }

    private static boolean addressed(String address) {
        return GuestFacts.addressed(GuestData.newBuilder()
                .addInterfaces(GuestInterface.newBuilder().addAddresses(address))
                .build());
    }

    @Test
    void a_hostile_guest_cannot_fill_the_engine() {
        GuestData data = GuestFacts.of(
                TypedParameters.builder()
                        .text("hostname", "x".repeat(1_000_000))
                        .unsignedInteger("if.count", Integer.MAX_VALUE)
                        .integer("fs.count", -5)
                        .build(),
                5);
        assertThat(data.getHostName()).hasSize(256);
        assertThat(data.getInterfacesCount()).isLessThanOrEqualTo(128);
        assertThat(data.getFilesystemsCount()).isZero();
    }
}
