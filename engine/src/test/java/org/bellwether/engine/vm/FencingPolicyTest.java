package org.bellwether.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.bellwether.api.types.FencingPolicy;
import org.bellwether.api.types.SkipIfConnectivityBroken;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.HostStatus;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Id;
import org.junit.jupiter.api.Test;

final class FencingPolicyTest {
    private static final Id<Cluster> CLUSTER = Id.random();
    private static final List<Host> FOUR = List.of(host("a"), host("b"), host("c"), host("d"));

    private static Host host(String name) {
        return new Host(
                Id.random(),
                name,
                CLUSTER,
                name,
                54322,
                Host.Wanted.ACTIVE,
                org.bellwether.api.types.Host.builder().build());
    }

    private static FenceWatch.Statuses silent(Set<String> names, HostStatus how) {
        return host -> names.contains(host.name()) ? how : HostStatus.UP;
    }

    private static FencingPolicy threshold(long percent) {
        return FencingPolicy.builder()
                .enabled(true)
                .skipIfConnectivityBroken(SkipIfConnectivityBroken.builder()
                        .enabled(true)
                        .threshold(percent)
                        .build())
                .build();
    }

    @Test
    void a_silent_host_is_fenced_unless_the_policy_says_otherwise() {
        var statuses = silent(Set.of("a"), HostStatus.NON_RESPONSIVE);
        assertThat(FenceWatch.spared(null, FOUR.getFirst(), FOUR, statuses)).isEmpty();
        assertThat(FenceWatch.spared(threshold(50), FOUR.getFirst(), FOUR, statuses))
                .isEmpty();
        var off = FencingPolicy.builder().enabled(false).build();
        assertThat(FenceWatch.spared(off, FOUR.getFirst(), FOUR, statuses).map(FenceWatch.Spared::reason))
                .contains("fencing is switched off in its cluster");
    }

    @Test
    void when_many_are_silent_at_once_the_network_is_taken_for_broken() {
        var two = silent(Set.of("a", "b"), HostStatus.NON_RESPONSIVE);
        assertThat(FenceWatch.spared(threshold(50), FOUR.getFirst(), FOUR, two).map(FenceWatch.Spared::code))
                .contains(EventCode.FENCE_SKIPPED_CONNECTIVITY);
        assertThat(FenceWatch.spared(threshold(75), FOUR.getFirst(), FOUR, two)).isEmpty();
        FenceWatch.Statuses becoming = host -> switch (host.name()) {
            case "a" -> HostStatus.NON_RESPONSIVE;
            case "b" -> HostStatus.CONNECTING;
            default -> HostStatus.UP;
        };
        assertThat(FenceWatch.spared(threshold(50), FOUR.getFirst(), FOUR, becoming))
                .as("one that was lost a moment ago counts too")
                .isPresent();
    }
}
