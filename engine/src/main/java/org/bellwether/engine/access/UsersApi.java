package org.bellwether.engine.access;

import static org.bellwether.engine.platform.Permit.MANIPULATE_PERMISSIONS;
import static org.bellwether.engine.platform.Permit.MANIPULATE_USERS;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
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
    private static final SearchSchema<User> SCHEMA = SearchSchema.<User>of("users")
            .text("name", User::firstName)
            .text("lastname", User::lastName)
            .text("usrname", User::name)
            .text("user_and_domain", User::name)
            .text("login", User::principal)
            .text("directory", User::domain)
            .text("department", User::department)
            .build();

    private final Users users;
    private final Grants grants;
    private final Roles roles;
    private final Authoriser authoriser;
    private final InternalDirectory directory;
    private final Id<User> administrator;

    UsersApi(
            Users users,
            Grants grants,
            Roles roles,
            Authoriser authoriser,
            InternalDirectory directory,
            Id<User> administrator) {
        this.users = users;
        this.grants = grants;
        this.roles = roles;
        this.authoriser = authoriser;
        this.directory = directory;
        this.administrator = administrator;
    }

    void declare(ApiRoutes routes) {
        routes.read("users", "list", request -> {
            var seen = users.all().stream().filter(user -> sees(request, user)).toList();
            return Reply.list(request.search(SCHEMA, seen).stream().map(AccessDocuments::of));
        });
        routes.on("users", "add", MANIPULATE_USERS, this::add);
        routes.read("user", "get", request -> Reply.of(AccessDocuments.of(find(request))));
        routes.on("user", "update", MANIPULATE_USERS, this::update);
        routes.on("user", "remove", MANIPULATE_USERS, this::remove);
        routes.read("domain_user_groups", "list", request -> {
            var user = find(request);
            return Reply.list(users.groups().stream()
                    .filter(group -> user.groups().contains(group.id()))
                    .map(AccessDocuments::of));
        });
        routes.read("assigned_roles", "list", this::listRoles);
        routes.read(
                "domains",
                "list",
                request -> Reply.list(request.limited(List.of(AccessDocuments.domain(InternalUser.DIRECTORY)))));
        routes.read("domain", "get", request -> {
            requireInternal(request);
            return Reply.of(AccessDocuments.domain(InternalUser.DIRECTORY));
        });
        routes.read("domain_users", "list", request -> {
            requireInternal(request);
            var seen = users.all().stream().filter(user -> sees(request, user)).toList();
            return Reply.list(request.search(SCHEMA, seen).stream().map(AccessDocuments::inDirectory));
        });
        routes.read("domain_user", "get", request -> {
            requireInternal(request);
            return users.all().stream()
                    .filter(user -> AccessDocuments.hex(user.entry()).equalsIgnoreCase(request.pathId()))
                    .filter(user -> sees(request, user))
                    .findFirst()
                    .map(user -> Reply.of(AccessDocuments.inDirectory(user)))
                    .orElseThrow(() -> Failure.notFound("There is no user with the id " + request.pathId()));
        });
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.User.class);
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
        var wanted = decided(User.internal(id, principal), sent);
        return Reply.created(AccessDocuments.of(directory.add(wanted, Secret.of(password), Asker.of(request))));
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.User.class);
        var user = find(request);
        if (user.id().equals(administrator)
                && !authoriser.superUser(request.principal().id())) {
            throw Failure.forbidden("Only an administrator of the whole system may change " + user.name());
        }
        var password = Optional.ofNullable(sent.password()).filter(text -> !text.isEmpty());
        return Reply.of(AccessDocuments.of(
                directory.update(user, decided(user, sent), password.map(Secret::of), Asker.of(request))));
    }

    private Reply remove(ApiRequest request) {
        var user = find(request);
        if (user.id().equals(administrator)) {
            throw Failure.conflict("The user " + user.name() + " cannot be removed")
                    .because("an installation always has it");
        }
        directory.remove(user, Asker.of(request));
        return Reply.done();
    }

    private Reply listRoles(ApiRequest request) {
        var holder = request.targets().getFirst();
        UUID grantee = request.id(0).value();
        if (holder.service().equals("user")) {
            find(request);
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

    private User decided(User before, org.bellwether.api.types.User sent) {
        var groups = sent.groups();
        return before.called(
                        either(sent.name(), before.firstName()),
                        either(sent.lastName(), before.lastName()),
                        either(sent.email(), before.email()),
                        either(sent.department(), before.department()))
                .in(groups == null ? before.groups() : directory.referred(groups));
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

    /** Who may give permissions must find whom to give them to; others see themselves. */
    private boolean sees(ApiRequest request, User user) {
        return !request.filtered()
                || request.principal().id().equals(user.id().value())
                || authoriser.anywhere(request.principal().id(), MANIPULATE_PERMISSIONS);
    }

    private User find(ApiRequest request) {
        Id<User> id = request.id(0);
        return users.find(id)
                .filter(user -> sees(request, user))
                .orElseThrow(() -> Failure.notFound("There is no user with the id " + id));
    }

    private static void requireInternal(ApiRequest request) {
        if (!request.pathId(0).equalsIgnoreCase(AccessDocuments.hex(InternalUser.DIRECTORY))) {
            throw Failure.notFound("There is no directory with the id " + request.pathId(0));
        }
    }
}
