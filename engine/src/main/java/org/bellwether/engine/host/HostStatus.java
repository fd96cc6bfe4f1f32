package org.bellwether.engine.host;

import java.time.Duration;
import java.time.Instant;

/** The states of a host that the API knows and this engine can tell apart. */
public enum HostStatus {
    CONNECTING,
    INITIALIZING,
    INSTALLING,
    INSTALL_FAILED,
    MAINTENANCE,
    NON_OPERATIONAL,
    NON_RESPONSIVE,
    PREPARING_FOR_MAINTENANCE,
    UNASSIGNED,
    UP;

    /** Follows from what was decided and what is observed; nothing else is stored. */
    static HostStatus of(
            Host host, ObservedHost observed, boolean leaving, boolean installing, Duration patience, Instant now) {
        if (installing) {
            return INSTALLING;
        }
        if (host.wanted() == Host.Wanted.INSTALLATION) {
            return INSTALL_FAILED;
        }
        if (leaving) {
            return PREPARING_FOR_MAINTENANCE;
        }
        if (host.wanted() == Host.Wanted.MAINTENANCE || host.wanted() == Host.Wanted.ASLEEP) {
            return MAINTENANCE;
        }
        if (!observed.connected()) {
            boolean late = Duration.between(observed.since(), now).compareTo(patience) >= 0;
            return !late ? CONNECTING : NON_RESPONSIVE;
        }
        return observed.unfit().isEmpty() ? UP : NON_OPERATIONAL;
    }
}
