package org.bellwether.engine.access;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.Struct;
import org.bellwether.engine.access.ObjectTree.Node;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.http.Target;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Stored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate of this engine: its users, their tokens and what they may do. One thread of its own forgets what has ended and
 * writes down what was used.
 */
public final class Access implements Gate, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Access.class);
    private static final Duration SWEEP = Duration.ofMinutes(1);

    private final Database database;
    private final Events events;
    private final ObjectTree tree;
    private final AccessRepository repository;
    private final Users users = new Users();
    private final Roles roles = new Roles();
    private final Grants grants = new Grants();
    private final Id<User> administrator;
    private final Tokens tokens;
    private final Passwords passwords;
    private final LoginGuard guard;
    private final Authoriser authoriser;
    private final VisibleUsers visible;
    private final Accounts accounts;
    private final SsoClients clients = new SsoClients();
    private final ProviderPages provider;
    private final SsoPages pages;
    private final SessionPages sessions;
    private final OpenIdPages openId;
    private final InternalDirectory directory;
    private final AccountPages own;
    private final Directories directories;
    private final UserSearch search;
    private final Thread sweeper;

    private Access(Database database, Path passwordFile, ObjectTree tree, Events events, InstantSource clock) {
        this.database = database;
        this.events = events;
        this.tree = tree;
        this.repository = new AccessRepository(database);
        List<InternalUser> known = repository.users();
        AdminPassword.Prepared admin = AdminPassword.prepare(known, repository, passwordFile, clock);
        List<InternalUser> all = new ArrayList<>(known);
        all.removeIf(user -> user.id().equals(admin.user().id()));
        all.add(admin.user());
        this.administrator = Id.of(admin.user().id());
        users.load(database);
        roles.load(database);
        grants.load(database);
        new FirstGrants(database, users, grants).prepare(all, administrator);
        database.watch(new Owners(tree, grants)::changed);
        this.search = new UserSearch(users, grants);
        this.tokens = new Tokens(repository, clock);
        if (admin.changed()) {
            tokens.revokeAll(admin.user().id());
        }
        this.guard = new LoginGuard(clock);
        var signOns = new SignOnRepository(database);
        var lockouts = new Lockouts(signOns, this::tellLocked, clock);
        if (admin.changed()) {
            // Whoever sets a password at the engine itself must get in, also while somebody guesses.
            lockouts.succeeded(admin.user().id());
        }
        var factors = new SecondFactors(signOns, clock);
        this.passwords = new Passwords(all, guard, lockouts, factors, clock);
        this.directories = new Directories(database, users, events, clock);
        directories.load();
        this.authoriser = new Authoriser(tree, roles, grants, users, clock);
        this.visible = new VisibleUsers(users, authoriser);
        this.accounts = new Accounts(database, passwords, directories, users, authoriser, events);
        this.directory =
                new InternalDirectory(database, repository, users, grants, passwords, lockouts, tokens, events);
        clients.load(database);
        this.provider = new ProviderPages(clients, accounts, users, tokens, clock);
        this.pages = new SsoPages(accounts, tokens, provider, new Kerberos(directories, accounts), clock);
        this.sessions = new SessionPages(accounts, tokens);
        this.openId = new OpenIdPages(directories, accounts, sessions, clock);
        this.own = new AccountPages(
                database, accounts, users, authoriser, tokens, factors, lockouts, directory, events, clock);
        this.sweeper = Thread.ofVirtual().name("access-sweeper").start(this::sweep);
    }

    /**
     * Opens the gate: at the first start makes the administrator and its password.
     *
     * @param passwordFile where the administrator's password is written for the person who installs the engine
     * @param tree what permissions are given on
     */
    public static Access open(
            Database database, Path passwordFile, ObjectTree tree, Events events, InstantSource clock) {
        return new Access(database, passwordFile, tree, events, clock);
    }

    /** Declares the places where clients sign on and off. */
    public void declare(Site.Builder site) {
        pages.declare(site);
        provider.declare(site);
        sessions.declare(site);
        openId.declare(site);
        own.declare(site);
        new DirectoryPages(database, directories, this, events).declare(site);
        new SsoClientPages(database, clients, tokens, this, events).declare(site);
    }

    /**
     * Lets objects of a kind be searched by the users who were given something on them, and users by those objects.
     *
     * @param kind the API's name of one of them, for instance {@code vm}
     * @param words how queries call them
     */
    public <T extends Stored<T>> void searched(
            String kind, List<String> words, ReadModel<T> model, SearchSchema<T> schema) {
        search.relate(kind, words, model, schema);
    }

    /** Brings what the API tells of users, groups, roles and permissions. */
    public void declare(ApiRoutes routes) {
        new UsersApi(users, search.schema(), grants, roles, authoriser, visible, directory, directories, administrator)
                .declare(routes);
        new SshKeysApi(database, visible, events).declare(routes);
        new GroupsApi(users, authoriser, directory, directories).declare(routes);
        new RolesApi(database, roles, grants, authoriser, events).declare(routes);
        new PermissionsApi(database, tree, users, roles, grants, authoriser, events, administrator).declare(routes);
    }

    /** The id of the user of a name as jobs and events keep it. */
    public Optional<UUID> userNamed(String signOnName) {
        return users.all().stream()
                .filter(user -> user.signOnName().equals(signOnName))
                .findFirst()
                .map(user -> user.id().value());
    }

    /**
     * The user whom a path names first, as the caller sees them.
     *
     * @throws Failure of the kind NOT_FOUND when the caller sees no such user
     */
    public UUID userOf(ApiRequest request) {
        return visible.find(request).id().value();
    }

    /**
     * As {@link #userOf}, for a change of what is that user's.
     *
     * @throws Failure also of the kind FORBIDDEN when it is somebody else's who may not be changed by the caller
     */
    public UUID changedUserOf(ApiRequest request) {
        return visible.changed(request).id().value();
    }

    /** The mail address of a user, or nothing; absent when there is no such user. */
    public Optional<String> mailOf(UUID user) {
        return users.find(Id.of(user)).map(User::email);
    }

    public long usersKnown() {
        return users.all().size();
    }

    /** How many of them have a session now; tokens of programs do not count. */
    public long usersSignedOn() {
        return tokens.all().stream()
                .filter(token -> !token.ofProgram())
                .map(StoredToken::user)
                .distinct()
                .count();
    }

    /** The administrator, under whose name the engine makes what a fresh installation has. */
    public Principal administrator() {
        return accounts.principal(administrator.value()).orElseThrow();
    }

    @Override
    public Optional<Principal> ofToken(Secret token) {
        return tokens.use(token).filter(StoredToken::opensApi).flatMap(accounts::principal);
    }

    @Override
    public Optional<Principal> look(Secret token) {
        return tokens.look(token).filter(StoredToken::opensApi).flatMap(accounts::principal);
    }

    @Override
    public boolean goesOn(Principal principal, Instant begun) {
        return !tokens.revokedSince(principal.id(), begun);
    }

    @Override
    public Principal ofPassword(String name, Secret password, String remote) {
        return accounts.check(name, password, "", remote);
    }

    @Override
    public Secret session(Principal principal, Optional<Duration> idle) {
        if (principal.readOnly()) {
            throw Failure.forbidden("No session grows out of a token that only reads");
        }
        return tokens.issue(principal.id(), StoredToken.API_SCOPE, "", "", idle);
    }

    @Override
    public boolean allows(Principal principal, Permit permit, List<Target> path) {
        return authoriser.allows(principal.id(), permit, node(path));
    }

    @Override
    public boolean anywhere(Principal principal, Permit permit) {
        return authoriser.anywhere(principal.id(), permit);
    }

    @Override
    public boolean sees(Principal principal, Target object) {
        Node node = node(List.of(object));
        return node.equals(Node.SYSTEM) || authoriser.sees(principal.id(), node);
    }

    @Override
    public boolean looksInto(Principal principal, Target object) {
        Node node = node(List.of(object));
        return !node.equals(Node.SYSTEM) && authoriser.looksInto(principal.id(), node);
    }

    @Override
    public List<Target> referred(String kind, Struct reference) {
        return tree.referred(kind, reference).stream()
                .map(node -> new Target(kind, node.id().toString()))
                .toList();
    }

    @Override
    public boolean liesIn(List<Target> path, Target object) {
        return !path.isEmpty() && tree.line(node(path)).contains(node(List.of(object)));
    }

    /** The innermost object of the path that permissions are given on; the system when there is none. */
    private Node node(List<Target> path) {
        for (Target target : path.reversed()) {
            if (tree.knows(target.kind())) {
                try {
                    Node node = Node.of(target.kind(), Id.of(target.id()));
                    if (tree.has(node)) {
                        return node;
                    }
                } catch (IllegalArgumentException noUuid) {
                    // What has no such id is not there either.
                }
            }
        }
        return Node.SYSTEM;
    }

    private void tellLocked(UUID user, Instant until) {
        String name = users.find(Id.of(user)).map(User::signOnName).orElse(user.toString());
        database.change(tx -> events.add(
                tx,
                EventCode.USER_ACCOUNT_LOCKED,
                Asker.engine(),
                Concerns.NOTHING,
                "User " + name + " cannot sign on until " + until.truncatedTo(ChronoUnit.SECONDS) + ": "
                        + Lockouts.FAILURES
                        + " wrong passwords or codes came in a row. Who is signed on already stays so. Set another password"
                        + " or unlock the user if it was a mistake; if not, somebody guesses."));
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
