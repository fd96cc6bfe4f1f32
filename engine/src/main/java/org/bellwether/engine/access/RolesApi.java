package org.bellwether.engine.access;

import static org.bellwether.engine.platform.Permit.MANIPULATE_ROLES;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;

/** Roles and their permits on the wire. */
final class RolesApi {

    private final Database database;
    private final Roles roles;
    private final Grants grants;
    private final Authoriser authoriser;
    private final Events events;

    RolesApi(Database database, Roles roles, Grants grants, Authoriser authoriser, Events events) {
        this.authoriser = authoriser;
        this.database = database;
        this.roles = roles;
        this.grants = grants;
        this.events = events;
    }

    void declare(ApiRoutes routes) {
        routes.read(
                "roles",
                "list",
                request -> Reply.list(request.limited(roles.all()).stream().map(AccessDocuments::of)));
        routes.on("roles", "add", MANIPULATE_ROLES, this::add);
        routes.read("role", "get", request -> Reply.of(AccessDocuments.of(role(request))));
        routes.on("role", "update", MANIPULATE_ROLES, this::update);
        routes.on("role", "remove", MANIPULATE_ROLES, this::remove);
        routes.read(
                "permits",
                "list",
                request -> Reply.list(request.limited(AccessDocuments.permits(
                                roleOf(request, request.targets().size() - 1))
                        .toList())));
        routes.on("permits", "add", MANIPULATE_ROLES, this::addPermit);
        routes.read("permit", "get", request -> {
            var role = roleOf(request, request.targets().size() - 2);
            return Reply.of(AccessDocuments.of(role, permit(request, role)));
        });
        routes.on("permit", "remove", MANIPULATE_ROLES, this::removePermit);
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Role.class);
        Set<Permit> permits = EnumSet.noneOf(Permit.class);
        Optional.ofNullable(sent.permits()).ifPresent(list -> list.forEach(permit -> permits.add(referred(permit))));
        var role = new Role(
                Id.random(),
                name(sent),
                Optional.ofNullable(sent.description()).orElse(""),
                Boolean.TRUE.equals(sent.administrative()),
                true,
                permits);
        requireFitting(role);
        database.change(tx -> {
            roles.insert(tx, role);
            tell(tx, EventCode.ROLE_ADDED, request, "Role " + role.name() + " was added");
        });
        return Reply.created(AccessDocuments.of(role));
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Role.class);
        var role = mutable(request, request.targets().size() - 1);
        var changed = database.transaction(tx -> {
            tell(tx, EventCode.ROLE_UPDATED, request, "Role " + role.name() + " was changed");
            return roles.update(
                    tx,
                    role.id(),
                    before -> before.changed(
                            sent.name() == null ? before.name() : name(sent),
                            Optional.ofNullable(sent.description()).orElse(before.description())));
        });
        return Reply.of(AccessDocuments.of(changed));
    }

    private Reply remove(ApiRequest request) {
        if (request.targets().size() > 1) {
            throw Failure.badRequest("A role cannot be removed from here")
                    .next("Take the permission away that gives it, or remove the role itself at /roles");
        }
        var role = mutable(request, 0);
        if (!grants.ofRole(role.id()).isEmpty()) {
            throw Failure.conflict("The role " + role.name() + " cannot be removed")
                    .because("somebody holds it")
                    .undone("Nothing was changed")
                    .next("Take the permissions away that give it");
        }
        database.change(tx -> {
            roles.delete(tx, role.id());
            tell(tx, EventCode.ROLE_REMOVED, request, "Role " + role.name() + " was removed");
        });
        return Reply.done();
    }

    private Reply addPermit(ApiRequest request) {
        var role = mutable(request, request.targets().size() - 1);
        if (role.administrative() && !authoriser.superUser(request.principal().id())) {
            // It may be one's own.
            throw Failure.forbidden(request.principal().name() + " may not let the role " + role.name() + " do more")
                    .because("only who holds SuperUser on the system may make others administrators of more")
                    .next("Ask one of them");
        }
        var permit = referred(request.body(org.bellwether.api.types.Permit.class));
        var changed = changePermits(request, role, EventCode.ROLE_PERMITS_ADDED, permits -> permits.add(permit));
        return Reply.created(AccessDocuments.of(changed, permit));
    }

    private Reply removePermit(ApiRequest request) {
        var role = mutable(request, request.targets().size() - 2);
        var permit = permit(request, role);
        changePermits(request, role, EventCode.ROLE_PERMITS_REMOVED, permits -> permits.remove(permit));
        return Reply.done();
    }

    private Role changePermits(
            ApiRequest request, Role role, EventCode code, java.util.function.Consumer<Set<Permit>> change) {
        return database.transaction(tx -> {
            tell(tx, code, request, "The permits of role " + role.name() + " were changed");
            return roles.update(tx, role.id(), before -> {
                var permits = new HashSet<>(before.permits());
                change.accept(permits);
                var changed = before.with(permits);
                requireFitting(changed);
                return changed;
            });
        });
    }

    private static String name(org.bellwether.api.types.Role sent) {
        var name = Optional.ofNullable(sent.name()).map(String::strip).orElse("");
        if (name.isEmpty() || name.length() > 126 || name.chars().anyMatch(Character::isISOControl)) {
            throw Failure.badRequest("'" + name + "' cannot be the name of a role")
                    .because("a name has 1 to 126 characters");
        }
        return name;
    }

    /** A role for users must not make its holder an administrator by the back door. */
    private static void requireFitting(Role role) {
        var unfit = role.permits().stream().filter(Permit::administrative).findFirst();
        if (!role.administrative() && unfit.isPresent()) {
            throw Failure.badRequest("The role " + role.name() + " cannot have the permit "
                            + unfit.get().wireName())
                    .because("only roles for administrators can")
                    .undone("Nothing was changed");
        }
    }

    private static Permit referred(org.bellwether.api.types.Permit reference) {
        return Arrays.stream(Permit.values())
                .filter(permit -> Integer.toString(permit.id()).equals(reference.id())
                        || (reference.id() == null && permit.wireName().equals(reference.name())))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("Entity not found: Permit "
                        + Optional.ofNullable(reference.id()).orElse(String.valueOf(reference.name()))));
    }

    private static Permit permit(ApiRequest request, Role role) {
        return role.permits().stream()
                .filter(permit -> Integer.toString(permit.id()).equals(request.pathId()))
                .findFirst()
                .orElseThrow(() ->
                        Failure.notFound("The role " + role.name() + " has no permit with the id " + request.pathId()));
    }

    private Role role(ApiRequest request) {
        return roleOf(request, request.targets().size() - 1);
    }

    private Role roleOf(ApiRequest request, int index) {
        return roles.get(request.id(index));
    }

    private Role mutable(ApiRequest request, int index) {
        var role = roleOf(request, index);
        if (!role.mutable()) {
            throw Failure.conflict("The role " + role.name() + " cannot be changed")
                    .because("every installation has it as it is")
                    .next("Make a role of your own with the permits that you want");
        }
        return role;
    }

    private void tell(Transaction tx, EventCode code, ApiRequest request, String what) {
        var asker = Asker.of(request);
        events.add(tx, code, asker, Concerns.NOTHING, what + " by " + asker.name() + ".");
    }
}
