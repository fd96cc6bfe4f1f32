package org.bellwether.engine.inventory;

import java.util.Set;
import org.bellwether.engine.platform.Decided;

/** The decided part of data centers. */
public final class DataCenterSpecs {

    private static final Set<String> OBSERVED = Set.of("status", "supported_versions");

    private DataCenterSpecs() {}

    /** What a data center has that was added without saying. */
    public static org.bellwether.api.types.DataCenter defaults() {
        return Holder.DEFAULTS;
    }

    private static final class Holder {
        static final org.bellwether.api.types.DataCenter DEFAULTS = Decided.defaults(
                DataCenterSpecs.class, "data-center-defaults.json", org.bellwether.api.types.DataCenter.TYPE);
    }

    static org.bellwether.api.types.DataCenter over(
            org.bellwether.api.types.DataCenter before, org.bellwether.api.types.DataCenter request) {
        return org.bellwether.api.types.DataCenter.TYPE.merge(
                before, Decided.of(org.bellwether.api.types.DataCenter.TYPE, request, OBSERVED, Set.of("mac_pool")));
    }
}
