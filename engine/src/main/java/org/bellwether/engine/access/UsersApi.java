package org.bellwether.engine.access;

import static org.bellwether.engine.platform.Permit.MANIPULATE_USERS;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.search.SearchSchema;
import org.jspecify.annotations.Nullable;

/** Users on the wire, and the directory that the engine itself keeps. */
final class UsersApi {
    private final Users users;
    private final SearchSchema<User> schema;
    private final Grants grants;
    private final Roles roles;
    private final Authoriser authoriser;
    private final VisibleUsers visible;
    private static final int FOUND = 100;

    private final InternalDirectory directory;
    private final Directories others;
    private final Id<User> administrator;

    UsersApi(
            Users users,
            SearchSchema<User> schema,
            Grants grants,
            Roles roles,
            Authoriser authoriser,
            VisibleUsers visible,
            InternalDirectory directory,
            Directories others,
            Id<User> administrator) {
        this.users = users;
        this.schema = schema;
        this.grants = grants;
        this.roles = roles;
        this.authoriser = authoriser;
        this.visible = visible;
        this.directory = directory;
        this.others = others;
        this.administrator = administrator;
    }

    void declare(ApiRoutes routes) {
        routes.read("users", "list", request -> {
            var seen = users.all().stream()
                    .filter(user -> visible.sees(request, user))
                    .toList();
            return Reply.list(request.search(schema, seen).stream().map(AccessDocuments::of));
        });
        routes.on("users", "add", MANIPULATE_USERS, this::add);
        routes.read("user", "get", request -> Reply.of(AccessDocuments.of(visible.find(request))));
        routes.on("user", "update", MANIPULATE_USERS, this::update);
        routes.on("user", "remove", MANIPULATE_USERS, this::remove);
        routes.read("domain_user_groups", "list", request -> {
            var user = visible.find(request);
            return Reply.list(users.groups().stream()
                    .filter(group -> user.groups().contains(group.id()))
                    .map(AccessDocuments::of));
        });
        routes.read("assigned_roles", "list", this::listRoles);
        routes.read("domains", "list", request -> Reply.list(request.limited(domains())));
        routes.read(
                "domain",
                "get",
                request -> Reply.of(domains().stream()
                        .filter(domain -> request.pathId(0).equalsIgnoreCase(domain.id()))
                        .findFirst()
                        .orElseThrow(
                                () -> Failure.notFound("There is no directory with the id " + request.pathId(0)))));
        routes.read("domain_users", "list", request -> {
            var other = directory(request);
            if (other.isPresent()) {
                return Reply.list(others
                        .search(other.get(), asked(request), request.maximum().orElse(FOUND))
                        .stream()
                        .map(entry -> AccessDocuments.inDirectory(other.get(), entry)));
            }
            requireInternal(request);
            var seen = users.all().stream()
                    .filter(user -> visible.sees(request, user))
                    .toList();
            return Reply.list(request.search(schema, seen).stream().map(AccessDocuments::inDirectory));
        });
        routes.read("domain_user", "get", request -> {
            requireInternal(request);
            return users.all().stream()
                    .filter(user -> AccessDocuments.hex(user.entry()).equalsIgnoreCase(request.pathId()))
                    .filter(user -> visible.sees(request, user))
                    .findFirst()
                    .map(user -> Reply.of(AccessDocuments.inDirectory(user)))
                    .orElseThrow(() -> Failure.notFound("There is no user with the id " + request.pathId()));
        });
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.User.class);
        var other = domain(sent);
        if (other.isPresent()) {
            return Reply.created(AccessDocuments.of(others.add(other.get(), withoutDomain(sent), Asker.of(request))));
        }
        var principal = principal(sent);
        var present = users.named(principal + "@" + InternalUser.DIRECTORY);
        if (present.isPresent() && sent.password() == null) {
            // Clients add whom they find in a directory before they give permissions; here everybody is added already.
            return Reply.created(AccessDocuments.of(present.get()));
        }
        var password = sent.password();
        if (password == null) {
            throw Failure.notFound("The directory " + InternalUser.DIRECTORY + " has no user " + principal)
                    .next("Send a password with it to make one");
        }
        Id<User> id = Id.random();
        var wanted = decided(request, User.internal(id, principal), sent);
        return Reply.created(AccessDocuments.of(directory.add(wanted, Secret.of(password), Asker.of(request))));
    }

    private List<org.bellwether.api.types.Domain> domains() {
        return Stream.concat(
                        Stream.of(InternalUser.DIRECTORY),
                        others.model().all().stream().map(Directory::domain))
                .map(AccessDocuments::domain)
                .toList();
    }

    private Optional<Directory> directory(ApiRequest request) {
        return others.model().all().stream()
                .filter(each -> request.pathId(0).equalsIgnoreCase(AccessDocuments.hex(each.domain())))
                .findFirst();
    }

    /** What a search in a directory is after: the value of its first comparison, or else its words. */
    static String asked(ApiRequest request) {
        var query = request.search().strip();
        int equal = query.indexOf('=');
        var value = equal < 0 ? query : query.substring(equal + 1).strip().split(" ")[0];
        return value.replace("\"", "");
    }

    /** The directory that somebody who is added is in, when it is not the engine's own. */
    private Optional<Directory> domain(org.bellwether.api.types.User sent) {
        var domain = sent.domain();
        var name = Optional.ofNullable(sent.userName()).orElse("");
        int at = name.lastIndexOf('@');
        return Optional.ofNullable(domain)
                .flatMap(link -> Optional.ofNullable(link.name())
                        .flatMap(others::ofDomain)
                        .or(() -> Optional.ofNullable(link.id())
                                .flatMap(id -> others.model().all().stream()
                                        .filter(each -> AccessDocuments.hex(each.domain())
                                                .equalsIgnoreCase(id))
                                        .findFirst())))
                .or(() -> at < 0 ? Optional.empty() : others.ofDomain(name.substring(at + 1)));
    }

    private static String withoutDomain(org.bellwether.api.types.User sent) {
        var name = Optional.ofNullable(sent.userName())
                .or(() -> Optional.ofNullable(sent.principal()))
                .orElse("");
        int at = name.lastIndexOf('@');
        return at < 0 ? name : name.substring(0, at);
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.User.class);
        var user = visible.find(request);
        if (!user.domain().equals(InternalUser.DIRECTORY)) {
            throw Failure.conflict("The user " + user.name() + " is not changed here")
                    .because("the directory says who they are")
                    .next("Change them in the directory; it is asked at each sign-on");
        }
        visible.requireMayActAs(request, user);
        var password = Optional.ofNullable(sent.password()).filter(text -> !text.isEmpty());
        return Reply.of(AccessDocuments.of(
                directory.update(user, decided(request, user, sent), password.map(Secret::of), Asker.of(request))));
    }

    private Reply remove(ApiRequest request) {
        var user = visible.find(request);
        if (user.id().equals(administrator)) {
            throw Failure.conflict("The user " + user.name() + " cannot be removed")
                    .because("an installation always has it");
        }
        visible.requireMayActAs(request, user);
        directory.remove(user, Asker.of(request));
        return Reply.done();
    }

    private Reply listRoles(ApiRequest request) {
        var holder = request.targets().getFirst();
        UUID grantee = request.id(0).value();
        if (holder.service().equals("user")) {
            visible.find(request);
        }
        return Reply.list(request
                .limited(grants.of(grantee).stream()
                        .filter(each -> each.object().equals(ObjectTree.Node.SYSTEM))
                        .map(each -> roles.find(each.role()))
                        .flatMap(Optional::stream)
                        .distinct()
                        .toList())
                .stream()
                .map(AccessDocuments::of));
    }

    private User decided(ApiRequest request, User before, org.bellwether.api.types.User sent) {
        var groups = sent.groups();
        if (groups != null) {
            requireMayJoin(request, before, directory.referred(groups));
        }
        return before.called(
                        either(sent.name(), before.firstName()),
                        either(sent.lastName(), before.lastName()),
                        either(sent.email(), before.email()),
                        either(sent.department(), before.department()))
                .in(groups == null ? before.groups() : directory.referred(groups));
    }

    /** Who joins a group holds what it holds: nobody is made an administrator this way by who may not make one. */
    private void requireMayJoin(ApiRequest request, User user, Set<Id<Group>> wanted) {
        if (authoriser.superUser(request.principal().id())) {
            return;
        }
        wanted.stream()
                .filter(group -> !user.groups().contains(group))
                .filter(group -> grants.of(group.value()).stream()
                        .anyMatch(each -> roles.find(each.role())
                                .filter(Role::administrative)
                                .isPresent()))
                .findFirst()
                .ifPresent(group -> {
                    throw Failure.forbidden(request.principal().name() + " may not put " + user.name()
                                    + " into the group " + users.getGroup(group).name())
                            .because("its members are administrators, and only who holds SuperUser on the system may"
                                    + " make others administrators")
                            .next("Ask one of them");
                });
    }

    private static String either(@Nullable String sent, String before) {
        return sent == null ? before : sent;
    }

    private static String principal(org.bellwether.api.types.User sent) {
        var name = Optional.ofNullable(sent.userName()).orElse("");
        int at = name.lastIndexOf('@');
        if (at < 0) {
            return name;
        }
        var domain = name.substring(at + 1);
        if (!domain.equals(InternalUser.DIRECTORY) && !domain.equals(InternalUser.PROFILE)) {
            throw Failure.notFound("There is no directory called " + domain);
        }
        return name.substring(0, at);
    }

    private static void requireInternal(ApiRequest request) {
        if (!request.pathId(0).equalsIgnoreCase(AccessDocuments.hex(InternalUser.DIRECTORY))) {
            throw Failure.notFound("There is no directory with the id " + request.pathId(0));
        }
    }
}
