package org.bellwether.engine.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.junit.jupiter.api.Test;

final class LeaseIdsTest {

    private final Id<Cluster> cluster = Id.random();
    private final LeaseIds ids = new LeaseIds();

    private Host host(int number) {
        return new Host(
                        Id.random(),
                        "host" + number,
                        cluster,
                        "192.0.2.1",
                        54321,
                        Host.Wanted.ACTIVE,
                        org.bellwether.api.types.Host.builder().build())
                .leasingAs(number);
    }

    @Test
    void two_hosts_never_get_the_same_and_a_number_left_free_is_not_given_at_once() {
        assertThat(ids.next(cluster, List.of())).isEqualTo(1);
        assertThat(ids.next(cluster, List.of()))
                .as("asked for at the same time")
                .isEqualTo(2);
        assertThat(ids.next(cluster, List.of(host(1))))
                .as("2 was given to a host that is gone")
                .isEqualTo(3);
        assertThat(new LeaseIds().next(cluster, List.of(host(7))))
                .as("after a restart")
                .isEqualTo(8);
    }

    @Test
    void numbers_go_round_leave_out_the_reserved_one_and_end_in_words() {
        var hosts = new ArrayList<Host>();
        for (int count = 1; count < LeaseIds.MOST; count++) {
            hosts.add(host(ids.next(cluster, hosts)));
        }
        assertThat(hosts).extracting(Host::leaseId).doesNotContain(250).doesNotHaveDuplicates();
        assertThatThrownBy(() -> ids.next(cluster, hosts)).isInstanceOf(Failure.class);
        hosts.removeFirst();
        assertThat(ids.next(cluster, hosts)).isEqualTo(1);
    }
}
