package org.bellwether.engine.access;

import static org.bellwether.engine.platform.Permit.MANIPULATE_PERMISSIONS;
import static org.bellwether.engine.platform.Permit.MANIPULATE_USERS;

import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;

/** Which users a caller sees, and whose belongings they may change. */
final class VisibleUsers {

    private final Users users;
    private final Authoriser authoriser;

    VisibleUsers(Users users, Authoriser authoriser) {
        this.users = users;
        this.authoriser = authoriser;
    }

    /** Who may give permissions must find whom to give them to; others see themselves. */
    boolean sees(ApiRequest request, User user) {
        return !request.filtered()
                || request.principal().id().equals(user.id().value())
                || authoriser.anywhere(request.principal().id(), MANIPULATE_PERMISSIONS);
    }

    /** The user that the path names first; one that the caller does not see is as if there were none. */
    User find(ApiRequest request) {
        Id<User> id = request.id(0);
        return users.find(id)
                .filter(user -> sees(request, user))
                .orElseThrow(() -> Failure.notFound("There is no user with the id " + id));
    }

    /** That user, whose belongings are changed: by themselves, or by who may change them. */
    User changed(ApiRequest request) {
        if (!request.principal().id().equals(request.id(0).value())) {
            request.require(MANIPULATE_USERS, request.targets().getFirst());
        }
        var user = find(request);
        requireMayActAs(request, user);
        return user;
    }

    /**
     * Refuses somebody who looks after users, but is no administrator of the whole system, to change one who is: with that
     * one's password or keys they would be, too.
     */
    void requireMayActAs(ApiRequest request, User user) {
        if (authoriser.superUser(user.id().value())
                && !authoriser.superUser(request.principal().id())) {
            throw Failure.forbidden(request.principal().name() + " may not change " + user.name())
                    .because("only an administrator of the whole system may change another one")
                    .next("Ask one of them");
        }
    }
}
