package org.bellwether.engine.access;

import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;

/** Who signs on, and who somebody is then. Who comes and who is turned away stands in the log of events. */
final class Accounts {

    private final Database database;
    private final Passwords passwords;
    private final Directories directories;
    private final Users users;
    private final Authoriser authoriser;
    private final Events events;

    Accounts(
            Database database,
            Passwords passwords,
            Directories directories,
            Users users,
            Authoriser authoriser,
            Events events) {
        this.database = database;
        this.passwords = passwords;
        this.directories = directories;
        this.users = users;
        this.authoriser = authoriser;
        this.events = events;
    }

    /**
     * Who signs on with name and password.
     *
     * @param written the name; with a profile behind its last @, or without for the one that names mean by default
     * @param otp the code of the second factor, for whom it is needed
     * @throws Failure of the kind UNAUTHENTICATED if that is nobody
     */
    Principal check(String written, Secret password, String otp, String remote) {
        String name = written.contains("@") ? written : written + "@" + directories.defaultProfile();
        try {
            UUID user = directoryOf(name)
                    .map(directory -> ofDirectory(directory, name, password, otp, remote))
                    .orElseGet(
                            () -> passwords.check(name, password, otp, remote).id());
            return principal(user).orElseThrow(() -> Passwords.refused(name).because("the user was removed"));
        } catch (Failure refused) {
            var who = users.named(name + "-authz");
            who.ifPresent(user -> tell(
                    EventCode.USER_LOGIN_FAILED,
                    user.signOnName(),
                    "User " + user.signOnName() + " could not sign on from " + remote + ": " + refused.cause() + "."));
            throw refused;
        }
    }

    /** The profile is what follows the last @. */
    private Optional<Directory> directoryOf(String name) {
        int at = name.lastIndexOf('@');
        return at < 0 ? Optional.empty() : directories.ofProfile(name.substring(at + 1));
    }

    /** Who signed on at a provider of OpenID Connect, which has asked for whatever factors it wants. */
    Principal arrived(Directory directory, DirectoryEntry entry, String remote) {
        passwords.requirePatience(entry.principal() + "@" + directory.name(), remote);
        var user = directories.arrived(directory, entry);
        return principal(user.id().value()).orElseThrow();
    }

    /**
     * Who came with a ticket of Kerberos.
     *
     * @throws Failure of the kind UNAUTHENTICATED if the directory does not know them, or they need a second factor, which a
     *     ticket is not
     */
    Principal ofTicket(Directory directory, String name, String remote) {
        String written = name + "@" + directory.name();
        passwords.requirePatience(written, remote);
        var user = directories
                .ticketed(directory, name)
                .orElseThrow(() -> Passwords.refused(written)
                        .because("the ticket is good, but the directory knows nobody of that name"));
        passwords.requireFactor(written, user.id().value(), "", remote);
        return principal(user.id().value()).orElseThrow();
    }

    /**
     * Asks somebody who is signed on for a code of their second factor, with the patience that who signs on meets.
     *
     * @throws Failure of the kind UNAUTHENTICATED if it is wrong, or too many were
     */
    void requireFactor(User user, String code, String remote) {
        passwords.requirePatience(user.signOnName(), remote);
        passwords.requireFactor(user.signOnName(), user.id().value(), code, remote);
    }

    /** Whether a provider of OpenID Connect answers for somebody, and asks for what it wants. */
    boolean signsOnElsewhere(UUID user) {
        return users.find(Id.of(user))
                .flatMap(known -> directories.ofDomain(known.domain()))
                .filter(directory -> directory.kind() == Directory.Kind.OIDC)
                .isPresent();
    }

    private UUID ofDirectory(Directory directory, String name, Secret password, String otp, String remote) {
        passwords.requirePatience(name, remote);
        if (directory.kind() == Directory.Kind.OIDC) {
            throw Passwords.refused(name)
                    .because("users of " + directory.name() + " sign on at its own page, in a browser")
                    .next("Use its button on the log-in page; programs use an access token of that user");
        }
        String principal = name.substring(0, name.lastIndexOf('@'));
        var user = directories.authenticate(directory, principal, password);
        if (user.isEmpty()) {
            throw passwords.wrong(name, remote);
        }
        passwords.requireFactor(name, user.get().id().value(), otp, remote);
        return user.get().id().value();
    }

    /** Writes down that somebody signed on, who will come with a token now. */
    void signedOn(Principal principal, String remote) {
        tell(
                EventCode.USER_LOGGED_IN,
                principal.name(),
                "User " + principal.name() + " signed on from " + remote + ".");
    }

    void signedOff(UUID user) {
        principal(user)
                .ifPresent(principal ->
                        tell(EventCode.USER_LOGGED_OUT, principal.name(), "User " + principal.name() + " signed off."));
    }

    Optional<Principal> principal(UUID user) {
        return users.find(Id.of(user))
                .map(known -> new Principal(user, known.signOnName(), authoriser.administrator(user)));
    }

    /** Who comes with a token. */
    Optional<Principal> principal(StoredToken token) {
        return principal(token.user())
                .map(known -> new Principal(known.id(), known.name(), known.administrator(), token.readOnly()));
    }

    private void tell(EventCode code, String who, String message) {
        database.change(
                tx -> events.add(tx, code, new Asker(who, UUID.randomUUID().toString()), Concerns.NOTHING, message));
    }
}
