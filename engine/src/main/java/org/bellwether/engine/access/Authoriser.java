package org.bellwether.engine.access;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.http.Target;

/**
 * Decides whether someone may do something. No for whoever is not known and whatever is not granted. Grants are on the
 * system as a whole so far, where they hold for every object in it.
 */
final class Authoriser {
    private final Map<UUID, List<Role>> ofSystem;

    /** @param ofSystem the roles that each user holds on the system */
    Authoriser(Map<UUID, List<Role>> ofSystem) {
        this.ofSystem = Map.copyOf(ofSystem);
    }

    boolean allows(Principal principal, Permit permit, List<Target> path) {
        // Whatever the path leads to lies in the system.
        return ofSystem.getOrDefault(principal.id(), List.of()).stream()
                .anyMatch(role -> role.permits().contains(permit));
    }
}
