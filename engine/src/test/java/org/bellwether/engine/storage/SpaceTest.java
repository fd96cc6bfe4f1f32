package org.bellwether.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Id;
import org.junit.jupiter.api.Test;

class SpaceTest {

    private static final long GIB = 1L << 30;

    @Test
    void room_is_judged_by_what_was_decided_for_the_domain() {
        assertThat(space(10, 5, 50, 100)).isEqualTo(Space.ENOUGH);
        assertThat(space(10, 5, 9, 100)).isEqualTo(Space.LOW);
        assertThat(space(10, 5, 4, 100)).isEqualTo(Space.CRITICAL);
        assertThat(space(0, 0, 0, 100)).isEqualTo(Space.ENOUGH);
        assertThat(space(null, null, 0, 100)).isEqualTo(Space.ENOUGH);
    }

    private static Space space(
            @org.jspecify.annotations.Nullable Integer percent,
            @org.jspecify.annotations.Nullable Integer blocker,
            long free,
            long total) {
        var domain = new StorageDomain(
                Id.random(),
                "gold",
                null,
                Id.<Cluster>random(),
                new StorageDomain.Connection(StorageDomain.Connection.Type.NFS, "filer", "/gold", "", ""),
                StorageDomain.Kind.DATA,
                false,
                StorageDomain.Wanted.ACTIVE,
                org.bellwether.api.types.StorageDomain.builder()
                        .warningLowSpaceIndicator(percent == null ? null : (long) percent)
                        .criticalSpaceActionBlocker(blocker == null ? null : (long) blocker)
                        .build());
        return Space.of(domain, free * GIB, total * GIB);
    }
}
