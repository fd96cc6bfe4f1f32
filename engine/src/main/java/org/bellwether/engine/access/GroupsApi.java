package org.bellwether.engine.access;

import static org.bellwether.engine.platform.Permit.MANIPULATE_PERMISSIONS;
import static org.bellwether.engine.platform.Permit.MANIPULATE_USERS;

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
        routes.read("domain_groups", "list", request -> {
            var other = others.model().all().stream()
                    .filter(each -> request.pathId(0).equalsIgnoreCase(AccessDocuments.hex(each.domain())))
                    .findFirst();
            if (other.isPresent()) {
                return Reply.list(
                        others
                                .searchGroups(
                                        other.get(),
                                        UsersApi.asked(request),
                                        request.maximum().orElse(FOUND))
                                .stream()
                                .map(group -> AccessDocuments.inDirectory(other.get(), group)));
            }
            var seen = users.groups().stream()
                    .filter(group -> group.domain().equals(InternalUser.DIRECTORY))
                    .filter(group -> sees(request, group))
                    .toList();
            return Reply.list(request.search(SCHEMA, seen).stream().map(AccessDocuments::of));
        });
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
        return Reply.created(
                AccessDocuments.of(directory.addGroup(new Group(id, name, InternalUser.DIRECTORY, id.toString()))));
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
