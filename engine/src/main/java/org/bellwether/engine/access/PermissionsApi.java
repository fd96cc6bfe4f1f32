package org.bellwether.engine.access;

import static org.bellwether.engine.platform.Permit.MANIPULATE_PERMISSIONS;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.Struct;
import org.bellwether.engine.access.ObjectTree.Node;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.http.Target;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;

/** Permissions on the wire: of the system, of each object, of each user and group. */
final class PermissionsApi {

    private final Database database;
    private final ObjectTree tree;
    private final Users users;
    private final Roles roles;
    private final Grants grants;
    private final Authoriser authoriser;
    private final Events events;
    private final Id<User> administrator;

    PermissionsApi(
            Database database,
            ObjectTree tree,
            Users users,
            Roles roles,
            Grants grants,
            Authoriser authoriser,
            Events events,
            Id<User> administrator) {
        this.database = database;
        this.tree = tree;
        this.users = users;
        this.roles = roles;
        this.grants = grants;
        this.authoriser = authoriser;
        this.events = events;
        this.administrator = administrator;
    }

    void declare(ApiRoutes routes) {
        routes.read("system_permissions", "list", request -> {
            if (request.filtered()) {
                return Reply.list(seen(request, grants.on(Node.SYSTEM)).map(each -> shown(each, Optional.empty())));
            }
            return Reply.list(grants.on(Node.SYSTEM).stream().map(each -> shown(each, Optional.empty())));
        });
        routes.on("system_permissions", "add", MANIPULATE_PERMISSIONS, this::add);
        routes.read("assigned_permissions", "list", this::list);
        routes.on("assigned_permissions", "add", MANIPULATE_PERMISSIONS, this::add);
        routes.read("permission", "get", request -> {
            var found = find(request);
            if (seen(request, List.of(found)).findAny().isEmpty()) {
                throw missing(found.id());
            }
            return Reply.of(shown(found, Optional.empty()));
        });
        routes.on("permission", "remove", MANIPULATE_PERMISSIONS, this::remove);
    }

    private Reply list(ApiRequest request) {
        var holder = request.targets().getLast();
        if (holder.service().equals("user")) {
            UUID user = request.id().value();
            return Reply.list(seen(
                            request,
                            authoriser.grantees(user).stream()
                                    .flatMap(grantee -> grants.of(grantee).stream())
                                    .toList())
                    .map(each -> shown(each, Optional.empty())));
        }
        if (holder.service().equals("group")) {
            return Reply.list(
                    seen(request, grants.of(request.id().value())).map(each -> shown(each, Optional.empty())));
        }
        var object = object(request);
        var all = tree.line(object).stream()
                .flatMap(node -> grants.on(node).stream())
                .toList();
        return Reply.list(seen(request, all).map(each -> shown(each, Optional.of(object))));
    }

    /** Who may not give permissions on the object sees their own only. */
    private java.util.stream.Stream<Permission> seen(ApiRequest request, Collection<Permission> all) {
        if (!request.filtered()) {
            return all.stream();
        }
        var caller = request.principal().id();
        var mine = authoriser.grantees(caller);
        return all.stream()
                .filter(each -> mine.contains(each.grantee())
                        || authoriser.allows(caller, MANIPULATE_PERMISSIONS, each.object()));
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Permission.class);
        var role = role(sent);
        var object = givenOn(request, sent);
        requireMay(request, object);
        if (role.administrative() && !authoriser.superUser(request.principal().id())) {
            throw Failure.forbidden(request.principal().name() + " may not give the role " + role.name())
                    .because("only who holds SuperUser on the system may make others administrators")
                    .next("Ask one of them");
        }
        var permission = to(request, sent, role, object);
        var present = grants.of(permission.grantee()).stream()
                .filter(each -> each.role().equals(role.id()) && each.object().equals(object))
                .findFirst();
        if (present.isPresent()) {
            return Reply.created(shown(present.get(), Optional.empty()));
        }
        var asker = Asker.of(request);
        boolean ofSystem = object.equals(Node.SYSTEM);
        database.change(tx -> {
            grants.insert(tx, permission);
            events.add(
                    tx,
                    ofSystem ? EventCode.SYSTEM_PERMISSION_ADDED : EventCode.PERMISSION_ADDED,
                    asker,
                    concerns(object),
                    grantee(permission) + " was given the role " + role.name() + " on " + words(object) + " by "
                            + asker.name() + ".");
        });
        return Reply.created(shown(permission, Optional.empty()));
    }

    private Reply remove(ApiRequest request) {
        var permission = find(request);
        requireMay(request, permission.object());
        var role = roles.find(permission.role());
        if (role.filter(Role::administrative).isPresent()
                && !authoriser.superUser(request.principal().id())) {
            throw Failure.forbidden(request.principal().name() + " may not take away the role "
                            + role.get().name())
                    .because("only who holds SuperUser on the system may");
        }
        if (permission.object().equals(Node.SYSTEM)
                && permission.grantee().equals(administrator.value())
                && permission.role().equals(Role.SUPER_USER)) {
            throw Failure.conflict("The administrator's own permission cannot be removed")
                    .because("then nobody could give it back");
        }
        var asker = Asker.of(request);
        boolean ofSystem = permission.object().equals(Node.SYSTEM);
        database.change(tx -> {
            grants.delete(tx, permission.id());
            events.add(
                    tx,
                    ofSystem ? EventCode.SYSTEM_PERMISSION_REMOVED : EventCode.PERMISSION_REMOVED,
                    asker,
                    concerns(permission.object()),
                    "The role " + role.map(Role::name).orElse("") + " on " + words(permission.object())
                            + " was taken from " + grantee(permission) + " by " + asker.name() + ".");
        });
        return Reply.done();
    }

    /** The path may lead to another object than the one that the permission is given on, by what is inherited. */
    private void requireMay(ApiRequest request, Node object) {
        request.require(
                MANIPULATE_PERMISSIONS, new Target(object.kind(), object.id().toString()));
    }

    private Node givenOn(ApiRequest request, org.bellwether.api.types.Permission sent) {
        var holder =
                request.targets().isEmpty() ? "" : request.targets().getLast().service();
        if (!holder.isEmpty() && !holder.equals("user") && !holder.equals("group")) {
            return object(request);
        }
        for (var attribute : org.bellwether.api.types.Permission.TYPE.attributes()) {
            if (tree.knows(attribute.name()) && sent.value(attribute) instanceof Struct reference) {
                return tree.referred(attribute.name(), reference).stream()
                        .findFirst()
                        .orElseThrow(() -> Failure.notFound("Entity not found: " + reference));
            }
        }
        return Node.SYSTEM;
    }

    private Permission to(ApiRequest request, org.bellwether.api.types.Permission sent, Role role, Node object) {
        var holder =
                request.targets().isEmpty() ? "" : request.targets().getLast().service();
        if (holder.equals("user")) {
            return Permission.of(users.get(request.id()).id(), role.id(), object);
        }
        if (holder.equals("group")) {
            return Permission.of(users.getGroup(request.id()), role.id(), object);
        }
        var user = sent.user();
        if (user != null) {
            return Permission.of(user(user).id(), role.id(), object);
        }
        var group = sent.group();
        if (group != null) {
            return Permission.of(group(group), role.id(), object);
        }
        throw Failure.badRequest("The permission says not to whom it is given").next("Name a user or a group");
    }

    private Role role(org.bellwether.api.types.Permission sent) {
        var reference = sent.role();
        if (reference == null) {
            throw Failure.badRequest("The permission names no role");
        }
        var name = reference.name();
        if (reference.id() == null && name != null) {
            return roles.named(name).orElseThrow(() -> Failure.notFound("Entity not found: Role " + name));
        }
        return roles.get(id(reference.id(), "Role"));
    }

    private User user(org.bellwether.api.types.User reference) {
        var name = Optional.ofNullable(reference.name()).or(() -> Optional.ofNullable(reference.userName()));
        if (reference.id() == null && name.isPresent()) {
            return users.all().stream()
                    .filter(each -> each.name().equals(name.get())
                            || each.principal().equals(name.get())
                            || each.signOnName().equals(name.get()))
                    .findFirst()
                    .orElseThrow(() -> Failure.notFound("Entity not found: User " + name.get()));
        }
        return users.get(id(reference.id(), "User"));
    }

    private Group group(org.bellwether.api.types.Group reference) {
        var name = reference.name();
        if (reference.id() == null && name != null) {
            return users.groupsNamed(name).stream()
                    .findFirst()
                    .orElseThrow(() -> Failure.notFound("Entity not found: Group " + name));
        }
        return users.getGroup(id(reference.id(), "Group"));
    }

    private static <T> Id<T> id(@org.jspecify.annotations.Nullable String text, String what) {
        try {
            return Id.of(Optional.ofNullable(text).orElse(""));
        } catch (IllegalArgumentException noUuid) {
            throw Failure.notFound("Entity not found: " + what + " " + text);
        }
    }

    private Node object(ApiRequest request) {
        var targets = request.targets();
        for (var target : targets.reversed()) {
            if (tree.knows(target.kind())) {
                var node = Node.of(target.kind(), request.id(targets.indexOf(target)));
                if (tree.has(node)) {
                    return node;
                }
                break;
            }
        }
        throw Failure.notFound("There is no object with permissions at " + request.path());
    }

    private Permission find(ApiRequest request) {
        Id<Permission> id = request.id();
        return grants.model().find(id).orElseThrow(() -> missing(id));
    }

    private static Failure missing(Id<Permission> id) {
        return Failure.notFound("There is no permission with the id " + id);
    }

    private static org.bellwether.api.types.Permission shown(Permission permission, Optional<Node> on) {
        return AccessDocuments.of(permission, on);
    }

    private String grantee(Permission permission) {
        return permission
                .userId()
                .flatMap(users::find)
                .map(User::name)
                .or(() -> permission.groupId().flatMap(users::group).map(Group::name))
                .orElse("somebody");
    }

    private static String words(Node object) {
        return object.equals(Node.SYSTEM) ? "the system" : object.kind().replace('_', ' ') + " " + object.id();
    }

    private static Concerns concerns(Node object) {
        Id<?> id = Id.of(object.id());
        return switch (object.kind()) {
            case "vm" -> Concerns.NOTHING.withVm(id);
            case "template" -> Concerns.NOTHING.withTemplate(id);
            case "host" -> Concerns.NOTHING.withHost(id);
            case "cluster" -> Concerns.NOTHING.withCluster(id);
            case "data_center" -> Concerns.NOTHING.withDataCenter(id);
            case "storage_domain" -> Concerns.NOTHING.withStorageDomain(id);
            default -> Concerns.NOTHING;
        };
    }
}
