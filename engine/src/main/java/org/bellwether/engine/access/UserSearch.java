package org.bellwether.engine.access;

import java.util.List;
import java.util.stream.Stream;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Stored;

/** What can be searched of users and groups, and of other objects by the users who were given something on them. */
final class UserSearch {
    private final Users users;
    private final Grants grants;
    private final SearchSchema<User> schema;

    UserSearch(Users users, Grants grants) {
        this.users = users;
        this.grants = grants;
        this.schema = SearchSchema.<User>of("users")
                .text("id", user -> user.id().toString())
                .text("name", User::firstName)
                .text("lastname", User::lastName)
                .text("usrname", User::name)
                .text("user_and_domain", User::name)
                .text("login", User::principal)
                .text("directory", User::domain)
                .text("department", User::department)
                .text("email", User::email)
                .choice("type", user -> "user")
                .texts(
                        "group",
                        user -> user.groups().stream()
                                .flatMap(id -> users.group(id).stream())
                                .map(Group::name)
                                .toList())
                .build();
    }

    SearchSchema<User> schema() {
        return schema;
    }

    /**
     * Relates a kind of object with the users who were given something on it themselves or as members of a group.
     *
     * @param words how queries call the kind
     */
    <T extends Stored<T>> void relate(String kind, List<String> words, ReadModel<T> model, SearchSchema<T> other) {
        other.relate(
                List.of("user", "users"),
                object -> grants.on(ObjectTree.Node.of(kind, object.id())).stream()
                        .flatMap(this::holders)
                        .toList(),
                () -> schema);
        schema.relate(
                words,
                user -> Stream.concat(
                                grants.of(user.id().value()).stream(),
                                user.groups().stream().flatMap(group -> grants.of(group.value()).stream()))
                        .filter(permission -> permission.object().kind().equals(kind))
                        .flatMap(permission ->
                                model.find(Id.<T>of(permission.object().id())).stream())
                        .toList(),
                () -> other);
    }

    private Stream<User> holders(Permission permission) {
        return Stream.concat(
                permission.userId().flatMap(users::find).stream(),
                permission.groupId().stream().flatMap(group -> users.in(group).stream()));
    }
}
