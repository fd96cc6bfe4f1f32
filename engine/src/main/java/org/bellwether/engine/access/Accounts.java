package org.bellwether.engine.access;

import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.Secret;

/** Who signs on, and who somebody is then. */
final class Accounts {

    private final Passwords passwords;
    private final Users users;
    private final Authoriser authoriser;

    Accounts(Passwords passwords, Users users, Authoriser authoriser) {
        this.passwords = passwords;
        this.users = users;
        this.authoriser = authoriser;
    }

    /** @throws org.bellwether.engine.platform.Failure of the kind UNAUTHENTICATED if that is nobody */
    Principal check(String name, Secret password, String remote) {
        var user = passwords.check(name, password, remote);
        return principal(user.id()).orElseThrow(() -> Passwords.refused(name).because("the user was removed"));
    }

    Optional<Principal> principal(UUID user) {
        return users.find(Id.of(user))
                .map(known -> new Principal(user, known.signOnName(), authoriser.administrator(user)));
    }
}
