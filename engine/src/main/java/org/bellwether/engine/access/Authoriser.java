package org.bellwether.engine.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.access.ObjectTree.Node;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Permit;

/**
 * Decides whether someone may do something, and whether they see an object. No for whoever is not known and whatever is not
 * granted. Safe for use by several threads.
 */
final class Authoriser {

    /** Objects may move (a machine to another cluster) without any permission changing. */
    private static final Duration REMEMBERED = Duration.ofSeconds(5);

    private static final int MOST_REMEMBERED = 10_000;

    private record Above(long version, Instant until, Set<Node> nodes) {}

    private final ObjectTree tree;
    private final Roles roles;
    private final Grants grants;
    private final Users users;
    private final InstantSource clock;
    private final Map<UUID, Above> above = new ConcurrentHashMap<>();

    Authoriser(ObjectTree tree, Roles roles, Grants grants, Users users, InstantSource clock) {
        this.tree = tree;
        this.roles = roles;
        this.grants = grants;
        this.users = users;
        this.clock = clock;
    }

    /** Whether a role of theirs on the object, or on what it lies in, has the permit. */
    boolean allows(UUID user, Permit permit, Node object) {
        Set<UUID> mine = grantees(user);
        return on(Node.SYSTEM, mine, permit) || tree.line(object).stream().anyMatch(node -> on(node, mine, permit));
    }

    private boolean on(Node node, Set<UUID> mine, Permit permit) {
        for (Permission permission : grants.on(node)) {
            if (mine.contains(permission.grantee())
                    && roles.find(permission.role())
                            .filter(role -> role.permits().contains(permit))
                            .isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** Whether they hold the permit on anything at all, by a permission that is not everyone's. */
    boolean anywhere(UUID user, Permit permit) {
        Set<UUID> mine = own(user);
        return roles.all().stream()
                .filter(role -> role.permits().contains(permit))
                .anyMatch(role -> mine.stream().anyMatch(grantee -> grants.holds(grantee, role.id())));
    }

    boolean administrator(UUID user) {
        Set<UUID> mine = own(user);
        return roles.all().stream()
                .filter(Role::administrative)
                .anyMatch(role -> mine.stream().anyMatch(grantee -> grants.holds(grantee, role.id())));
    }

    boolean superUser(UUID user) {
        return grants.on(Node.SYSTEM).stream()
                .anyMatch(permission -> permission.role().equals(Role.SUPER_USER)
                        && grantees(user).contains(permission.grantee()));
    }

    /**
     * Whether they see the object: they hold a role on it, one that shows what lies below on something that it lies in, or
     * one on something that lies in it.
     */
    boolean sees(UUID user, Node object) {
        return looksInto(user, object) || above(user).contains(object);
    }

    /** As {@link #sees}, without what they see only because something of theirs lies in it. */
    boolean looksInto(UUID user, Node object) {
        Set<UUID> mine = grantees(user);
        for (Node node : tree.line(object)) {
            for (Permission permission : grants.on(node)) {
                if (mine.contains(permission.grantee())
                        && (node.equals(object)
                                || roles.find(permission.role())
                                        .filter(role -> role.shows(object.kind()))
                                        .isPresent())) {
                    return true;
                }
            }
        }
        return false;
    }

    private Set<Node> above(UUID user) {
        long version = grants.version();
        Instant now = clock.instant();
        Above known = above.get(user);
        if (known != null && known.version() == version && known.until().isAfter(now)) {
            return known.nodes();
        }
        Set<Node> nodes = new HashSet<>();
        for (UUID grantee : own(user)) {
            for (Permission permission : grants.of(grantee)) {
                List<Node> line = tree.line(permission.object());
                nodes.addAll(line.subList(1, line.size()));
            }
        }
        if (above.size() > MOST_REMEMBERED) {
            above.clear();
        }
        above.put(user, new Above(version, now.plus(REMEMBERED), nodes));
        return nodes;
    }

    /** Whom a permission must be given to so that it is this user's: the user, their groups, everyone. */
    Set<UUID> grantees(UUID user) {
        Set<UUID> all = own(user);
        if (!all.isEmpty()) {
            all.add(Group.EVERYONE.id().value());
        }
        return all;
    }

    private Set<UUID> own(UUID user) {
        Optional<User> known = users.find(Id.of(user));
        Set<UUID> own = new HashSet<>();
        known.ifPresent(each -> {
            own.add(user);
            each.groups().forEach(group -> own.add(group.value()));
        });
        return own;
    }
}
