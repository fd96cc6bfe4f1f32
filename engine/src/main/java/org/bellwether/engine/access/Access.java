package org.bellwether.engine.access;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.http.Target;
import org.bellwether.engine.platform.store.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate of this engine: its users, their tokens and what they may do. One thread of its own forgets what has ended and
 * writes down what was used.
 */
public final class Access implements Gate, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Access.class);
    private static final Duration SWEEP = Duration.ofMinutes(1);

    private final Principal administrator;
    private final Users users;
    private final Tokens tokens;
    private final Passwords passwords;
    private final LoginGuard guard;
    private final Authoriser authoriser;
    private final SsoPages pages;
    private final SessionPages sessions;
    private final Thread sweeper;

    private Access(AccessRepository repository, Path passwordFile, InstantSource clock) {
        List<InternalUser> known = repository.users();
        AdminPassword.Prepared admin = AdminPassword.prepare(known, repository, passwordFile, clock);
        List<InternalUser> all = new ArrayList<>(known);
        all.removeIf(user -> user.id().equals(admin.user().id()));
        all.add(admin.user());
        this.administrator = admin.user().principal();
        this.users = new Users(all);
        this.tokens = new Tokens(repository, clock);
        if (admin.changed()) {
            tokens.revokeAll(admin.user().id());
        }
        this.guard = new LoginGuard(clock);
        this.passwords = new Passwords(all, guard, clock);
        this.authoriser = new Authoriser(Map.of(admin.user().id(), List.of(Role.SUPER_USER)));
        this.pages = new SsoPages(passwords, tokens, users, clock);
        this.sessions = new SessionPages(passwords, tokens, users);
        this.sweeper = Thread.ofVirtual().name("access-sweeper").start(this::sweep);
    }

    /**
     * Opens the gate: at the first start makes the administrator and its password.
     *
     * @param passwordFile where the administrator's password is written for the person who installs the engine
     */
    public static Access open(Database database, Path passwordFile, InstantSource clock) {
        return new Access(new AccessRepository(database), passwordFile, clock);
    }

    /** Declares the places where clients sign on and off. */
    public void declare(Site.Builder site) {
        pages.declare(site);
        sessions.declare(site);
    }

    /** Brings what the API tells of users. */
    public void declare(ApiRoutes routes) {
        new UsersApi(users).declare(routes);
    }

    /** The administrator, under whose name the engine makes what a fresh installation has. */
    public Principal administrator() {
        return administrator;
    }

    @Override
    public Optional<Principal> ofToken(Secret token) {
        return tokens.use(token).flatMap(stored -> users.find(stored.user())).map(InternalUser::principal);
    }

    @Override
    public boolean good(Secret token) {
        return tokens.look(token).isPresent();
    }

    @Override
    public Principal ofPassword(String name, Secret password, String remote) {
        return passwords.check(name, password, remote).principal();
    }

    @Override
    public Secret session(Principal principal) {
        return tokens.issue(principal.id(), "ovirt-app-api");
    }

    @Override
    public boolean allows(Principal principal, Permit permit, List<Target> path) {
        return authoriser.allows(principal, permit, path);
    }

    /** Writes down when tokens were last used, and stops. */
    @Override
    public void close() {
        sweeper.interrupt();
        try {
            sweeper.join();
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
        tokens.sweep();
    }

    private void sweep() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(SWEEP);
                tokens.sweep();
                guard.sweep();
                passwords.sweep();
            } catch (InterruptedException stopping) {
                return;
            } catch (RuntimeException notNow) {
                // The tokens in memory are good all the same; the next round tries again.
                log.warn("Could not write down which tokens were used: {}", notNow.getMessage());
            }
        }
    }
}
