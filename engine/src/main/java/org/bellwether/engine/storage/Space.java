package org.bellwether.engine.storage;

import java.util.Optional;

/** How much room a storage domain has, against what was decided for it; worse comes later. */
enum Space {
    ENOUGH,
    LOW,
    CRITICAL;

    private static final long GIB = 1L << 30;

    static Space of(StorageDomain domain, long free, long total) {
        long blocker =
                Optional.ofNullable(domain.spec().criticalSpaceActionBlocker()).orElse(0L);
        long percent =
                Optional.ofNullable(domain.spec().warningLowSpaceIndicator()).orElse(0L);
        if (free < blocker * GIB) {
            return CRITICAL;
        }
        return free < total / 100 * percent ? LOW : ENOUGH;
    }
}
