package org.bellwether.engine.access;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.Domain;
import org.bellwether.api.types.User;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.search.SearchSchema;

/** The users that the engine knows and the directory that they come from, for reading. */
final class UsersApi {
    private static final String DIRECTORY = InternalUser.PROFILE + "-authz";
    private static final SearchSchema<InternalUser> SCHEMA = SearchSchema.<InternalUser>of("users")
            .text("name", InternalUser::name)
            .text("usrname", user -> user.name() + "@" + DIRECTORY)
            .text("user_and_domain", user -> user.name() + "@" + DIRECTORY)
            .text("login", InternalUser::name)
            .text("directory", _ -> DIRECTORY)
            .text("lastname", _ -> "")
            .text("department", _ -> "")
            .build();

    private final Users users;

    UsersApi(Users users) {
        this.users = users;
    }

    void declare(ApiRoutes routes) {
        routes.read(
                "users",
                "list",
                request ->
                        Reply.list(request.search(SCHEMA, users.all()).stream().map(UsersApi::shown)));
        routes.read("user", "get", request -> Reply.of(shown(find(request))));
        routes.read("domains", "list", request -> Reply.list(request.limited(List.of(directory()))));
        routes.read("domain", "get", request -> {
            if (!request.pathId().equalsIgnoreCase(hex(DIRECTORY))) {
                throw Failure.notFound("There is no directory with the id " + request.pathId());
            }
            return Reply.of(directory());
        });
    }

    private InternalUser find(ApiRequest request) {
        UUID id = request.<InternalUser>id().value();
        Optional<InternalUser> user = users.find(id);
        return user.orElseThrow(() -> Failure.notFound("There is no user with the id " + id));
    }

    private static User shown(InternalUser user) {
        return User.builder()
                .id(user.id().toString())
                .name(user.name())
                .lastName("")
                .department("")
                .principal(user.name())
                .userName(user.name() + "@" + DIRECTORY)
                .namespace("*")
                .domainEntryId(hex(user.id().toString()))
                .domain(Domain.builder().id(hex(DIRECTORY)).name(DIRECTORY).build())
                .build();
    }

    private static Domain directory() {
        return Domain.builder().id(hex(DIRECTORY)).name(DIRECTORY).build();
    }

    /** Ids of directories and of users in them are their names' bytes in hexadecimal. */
    private static String hex(String text) {
        return HexFormat.of().withUpperCase().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
