package org.bellwether.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.bellwether.libvirt.foreign.TooNew;
import org.junit.jupiter.api.Test;

class CallTest {
    @Test
    void a_function_newer_than_the_hosts_libvirt_fails_its_own_call_only() {
        var failure = catchThrowableOfType(LibvirtException.class, () -> Call.number(TooNew.FUNCTION));
        assertThat(failure.code()).isEqualTo(ErrorCode.NO_SUPPORT);
        assertThat(failure).hasMessageContaining("virDomainTeleport").hasMessageContaining("Update libvirt");
        assertThat(Libvirt.version().major()).isPositive();
    }
}
