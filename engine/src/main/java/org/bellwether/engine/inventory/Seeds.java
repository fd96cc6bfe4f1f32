package org.bellwether.engine.inventory;

import java.util.UUID;

/** Identities that existing clients know by heart: the field's fixed ids of what exists from the first start. */
public final class Seeds {

    public static final UUID DATA_CENTER = UUID.fromString("58cfb470-02f3-03d7-0386-0000000003bc");
    public static final UUID CLUSTER = UUID.fromString("58cfb470-03b9-01d0-03b9-0000000001e7");
    public static final UUID MANAGEMENT_NETWORK = UUID.fromString("00000000-0000-0000-0000-000000000009");
    public static final UUID MANAGEMENT_PROFILE = UUID.fromString("0000000a-000a-000a-000a-000000000398");
    public static final UUID MAC_POOL = UUID.fromString("58ca604b-017d-0374-0220-00000000014e");
    public static final UUID SCHEDULING_POLICY = UUID.fromString("b4ed2332-a7ac-4d5f-9596-99a439cb2812");
    public static final UUID CPU_PROFILE = UUID.fromString("58ca604e-01a7-003f-01de-000000000250");

    public static final UUID LARGE_ICON = UUID.fromString("7d2a1f60-0001-4b65-8c3e-000000000001");
    public static final UUID SMALL_ICON = UUID.fromString("7d2a1f60-0001-4b65-8c3e-000000000002");
    public static final UUID NO_MAC_SPOOFING = UUID.fromString("d2370ab4-fee3-11e9-a310-8c1645ce738e");

    private Seeds() {}
}
