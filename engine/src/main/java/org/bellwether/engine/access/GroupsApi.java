package org.bellwether.engine.access;

import static org.bellwether.engine.platform.Permit.MANIPULATE_PERMISSIONS;
import static org.bellwether.engine.platform.Permit.MANIPULATE_USERS;

import java.util.List;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.search.SearchSchema;

/** Groups on the wire. Who is in one of the engine's own is an attribute of the user. */
final class GroupsApi {
    private static final SearchSchema<Group> SCHEMA = SearchSchema.<Group>of("groups")
            .text("name", Group::name)
            .text("grpname", Group::name)
            .build();

    private static final int FOUND = 100;
    private static final int MOST = 10_000;

    private final Users users;
    private final Authoriser authoriser;
    private final InternalDirectory directory;
    private final Directories others;

    GroupsApi(Users users, Authoriser authoriser, InternalDirectory directory, Directories others) {
        this.users = users;
        this.authoriser = authoriser;
        this.directory = directory;
        this.others = others;
    }

    void declare(ApiRoutes routes) {
        routes.read("groups", "list", request -> {
            var seen = users.groups().stream()
                    .filter(group -> sees(request, group))
                    .toList();
            return Reply.list(request.search(SCHEMA, seen).stream().map(AccessDocuments::of));
        });
        routes.on("groups", "add", MANIPULATE_USERS, this::add);
        routes.read("group", "get", request -> Reply.of(AccessDocuments.of(find(request))));
        routes.on("group", "remove", MANIPULATE_USERS, request -> {
            directory.removeGroup(find(request), Asker.of(request));
            return Reply.done();
        });
        routes.read(
                "domain_groups", "list", request -> Reply.list(inDirectory(request, UsersApi.asked(request), FOUND)));
        routes.read(
                "domain_group",
                "get",
                request -> Reply.of(inDirectory(request, "", MOST).stream()
                        .filter(group -> request.pathId(1).equalsIgnoreCase(group.id()))
                        .findFirst()
                        .orElseThrow(() -> Failure.notFound("There is no group with the id " + request.pathId(1)))));
    }

    /** The groups of the directory that the path names: of another one those that it tells of, asked for some words. */
    private List<org.bellwether.api.types.Group> inDirectory(ApiRequest request, String words, int most) {
        var other = others.model().all().stream()
                .filter(each -> request.pathId(0).equalsIgnoreCase(AccessDocuments.hex(each.domain())))
                .findFirst();
        if (other.isPresent()) {
            return others.searchGroups(other.get(), words, request.maximum().orElse(most)).stream()
                    .map(group -> AccessDocuments.inDirectory(other.get(), group))
                    .toList();
        }
        if (!request.pathId(0).equalsIgnoreCase(AccessDocuments.hex(InternalUser.DIRECTORY))) {
            throw Failure.notFound("There is no directory with the id " + request.pathId(0));
        }
        var seen = users.groups().stream()
                .filter(group -> group.domain().equals(InternalUser.DIRECTORY))
                .filter(group -> sees(request, group))
                .toList();
        return request.search(SCHEMA, seen).stream().map(AccessDocuments::of).toList();
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Group.class);
        var name = Optional.ofNullable(sent.name()).orElse("");
        var domain = sent.domain();
        var other =
                domain == null || domain.name() == null ? Optional.<Directory>empty() : others.ofDomain(domain.name());
        if (other.isPresent()) {
            return Reply.created(AccessDocuments.of(others.addGroup(other.get(), name)));
        }
        Id<Group> id = Id.random();
        return Reply.created(AccessDocuments.of(
                directory.addGroup(new Group(id, name, InternalUser.DIRECTORY, id.toString()), Asker.of(request))));
    }

    private boolean sees(ApiRequest request, Group group) {
        var caller = request.principal().id();
        return !request.filtered()
                || authoriser.grantees(caller).contains(group.id().value())
                || authoriser.anywhere(caller, MANIPULATE_PERMISSIONS);
    }

    private Group find(ApiRequest request) {
        Id<Group> id = request.id(0);
        return users.group(id)
                .filter(group -> sees(request, group))
                .orElseThrow(() -> Failure.notFound("There is no group with the id " + id));
    }
}
