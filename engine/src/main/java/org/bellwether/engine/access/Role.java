package org.bellwether.engine.access;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.store.Stored;

/**
 * A named set of permits.
 *
 * @param administrative whether it makes its holder an administrator, who sees everything
 * @param mutable whether it is one that people made
 */
record Role(Id<Role> id, String name, String description, boolean administrative, boolean mutable, Set<Permit> permits)
        implements Stored<Role> {

    static final Id<Role> SUPER_USER = Id.of("00000000-0000-0000-0000-000000000001");

    /** What one does somewhere without having to see what else is there. */
    private static final Set<Permit> WITHOUT_SEEING = EnumSet.of(
            Permit.CREATE_VM,
            Permit.CREATE_INSTANCE,
            Permit.CREATE_TEMPLATE,
            Permit.CREATE_VM_POOL,
            Permit.CREATE_DISK,
            Permit.ACCESS_IMAGE_STORAGE,
            Permit.LOGIN,
            Permit.TAG_MANAGEMENT,
            Permit.BOOKMARK_MANAGEMENT,
            Permit.EVENT_NOTIFICATION_MANAGEMENT,
            Permit.AUDIT_LOG_MANAGEMENT,
            Permit.INJECT_EXTERNAL_EVENTS,
            Permit.INJECT_EXTERNAL_TASKS,
            Permit.EDIT_PROFILE,
            Permit.CONFIGURE_VM_NETWORK,
            Permit.CONFIGURE_TEMPLATE_NETWORK,
            Permit.CONSUME_QUOTA,
            Permit.ATTACH_DISK_PROFILE,
            Permit.CREATE_CPU_PROFILE,
            Permit.UPDATE_CPU_PROFILE,
            Permit.DELETE_CPU_PROFILE,
            Permit.ASSIGN_CPU_PROFILE,
            Permit.CONFIGURE_MAC_POOL);

    /** Where one may make or use something, one sees what it is made in or used from. */
    private static final Map<Permit, Set<String>> SHOWN = new EnumMap<>(Map.of(
            Permit.CREATE_VM, Set.of("data_center", "cluster"),
            Permit.CREATE_VM_POOL, Set.of("data_center", "cluster"),
            Permit.CREATE_TEMPLATE, Set.of("data_center", "cluster"),
            Permit.CREATE_DISK, Set.of("data_center", "storage_domain"),
            Permit.CONFIGURE_VM_NETWORK, Set.of("network", "vnic_profile"),
            Permit.CONSUME_QUOTA, Set.of("quota"),
            Permit.ATTACH_DISK_PROFILE, Set.of("disk_profile"),
            Permit.ASSIGN_CPU_PROFILE, Set.of("cpu_profile"),
            Permit.CONFIGURE_MAC_POOL, Set.of("mac_pool")));

    Role {
        permits = permits.isEmpty() ? Set.of() : Set.copyOf(permits);
    }

    Role changed(String newName, String newDescription) {
        return new Role(id, newName, newDescription, administrative, mutable, permits);
    }

    Role with(Set<Permit> others) {
        return new Role(id, name, description, administrative, mutable, others);
    }

    /** Whether who holds it on an object sees what of a kind lies in that object. */
    boolean shows(String kind) {
        boolean below = permits.stream().anyMatch(permit -> !WITHOUT_SEEING.contains(permit));
        if (below && (administrative || !kind.equals("host"))) {
            return true;
        }
        return permits.stream()
                .anyMatch(permit -> SHOWN.getOrDefault(permit, Set.of()).contains(kind));
    }
}
