package org.bellwether.engine.access;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The users that the engine knows, by id. */
final class Users {
    private final Map<UUID, InternalUser> users;

    Users(List<InternalUser> users) {
        this.users = users.stream().collect(Collectors.toUnmodifiableMap(InternalUser::id, Function.identity()));
    }

    Collection<InternalUser> all() {
        return users.values();
    }

    Optional<InternalUser> find(UUID id) {
        return Optional.ofNullable(users.get(id));
    }
}
