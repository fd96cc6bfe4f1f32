package org.bellwether.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class KvmProbeTest {
    @Test
    void a_processor_virtualises_when_it_says_so_whoever_made_it() {
        assertThat(KvmProbe.virtualises("processor\t: 0\nflags\t\t: fpu vmx sse\n"))
                .isTrue();
        assertThat(KvmProbe.virtualises("processor\t: 0\nflags\t\t: fpu svm sse\n"))
                .isTrue();
    }

    @Test
    void one_that_only_runs_virtually_itself_does_not() {
        assertThat(KvmProbe.virtualises("processor\t: 0\nflags\t\t: fpu hypervisor svme\n"))
                .isFalse();
        assertThat(KvmProbe.virtualises("")).isFalse();
    }
}
