package org.bellwether.engine.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.http.Form;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Json;

/**
 * What people do with their own account, and administrators with the sessions of others: places of their own, because the API has
 * none for it. Requests are forms, answers JSON.
 *
 * <pre>
 * GET    /ovirt-engine/services/sessions             who is signed on; of oneself, or of all for who administers users
 * DELETE /ovirt-engine/services/sessions?id=…        ends one, or a program's token
 * POST   /ovirt-engine/services/tokens               name, days, read_only: a token for a program, told this once
 * POST   /ovirt-engine/services/password             password, new_password: one's own
 * POST   /ovirt-engine/services/second-factor        without a code: a secret to begin with; with one: from now on it is needed
 * DELETE /ovirt-engine/services/second-factor?user=… one's own with a code, anybody's for who administers users
 * GET    /ovirt-engine/services/lockouts             who cannot sign on for a while; for who administers users
 * DELETE /ovirt-engine/services/lockouts?user=…      lets one sign on again
 * </pre>
 */
final class AccountPages {

    private static final String SERVICES = "/ovirt-engine/services/";
    private static final int LONGEST_DAYS = 3660;
    private static final int MOST_TOKENS = 100;

    private final Database database;
    private final Accounts accounts;
    private final Users users;
    private final Authoriser authoriser;
    private final Tokens tokens;
    private final SecondFactors factors;
    private final Lockouts lockouts;
    private final InternalDirectory directory;
    private final Events events;
    private final InstantSource clock;

    AccountPages(
            Database database,
            Accounts accounts,
            Users users,
            Authoriser authoriser,
            Tokens tokens,
            SecondFactors factors,
            Lockouts lockouts,
            InternalDirectory directory,
            Events events,
            InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.users = users;
        this.authoriser = authoriser;
        this.tokens = tokens;
        this.factors = factors;
        this.lockouts = lockouts;
        this.directory = directory;
        this.events = events;
        this.clock = clock;
    }

    void declare(Site.Builder site) {
        site.on("GET", SERVICES + "sessions", this::sessions);
        site.on("DELETE", SERVICES + "sessions", this::end);
        site.on("POST", SERVICES + "tokens", this::token);
        site.on("POST", SERVICES + "password", this::password);
        site.on("POST", SERVICES + "second-factor", this::factor);
        site.on("DELETE", SERVICES + "second-factor", this::forgetFactor);
        site.on("GET", SERVICES + "lockouts", this::lockouts);
        site.on("DELETE", SERVICES + "lockouts", this::unlock);
    }

    private WebReply sessions(WebRequest request) {
        var reader = reader(request);
        boolean all = administersUsers(reader);
        List<Map<String, Object>> shown = new ArrayList<>();
        for (StoredToken token : tokens.all()) {
            if (all || token.user().equals(reader.user())) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("id", token.id().toString());
                one.put("kind", token.ofProgram() ? "token" : "session");
                one.put("name", token.name());
                one.put("user_id", token.user().toString());
                one.put(
                        "user_name",
                        users.find(Id.of(token.user())).map(User::signOnName).orElse(""));
                one.put("read_only", token.readOnly());
                one.put("remote", token.remote());
                one.put("since", token.created().toEpochMilli());
                one.put("last_used", token.lastUsed().toEpochMilli());
                one.put("ends", token.end(Tokens.IDLE).toEpochMilli());
                one.put("own", token.hash().equals(reader.hash()));
                shown.add(one);
            }
        }
        return WebReply.json(200, Json.write(Map.of("sessions", shown)));
    }

    private WebReply end(WebRequest request) {
        var reader = writer(request);
        var id = parameter(request, "id");
        var token = tokens.all().stream()
                .filter(each -> each.id().toString().equals(id))
                .filter(each -> each.user().equals(reader.user()) || administersUsers(reader))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("There is no session with the id " + id));
        tokens.end(token);
        var whose = users.find(Id.of(token.user())).map(User::signOnName).orElse("somebody");
        tell(EventCode.SESSION_ENDED, reader, "A session of " + whose + " was ended by " + name(reader) + ".");
        return WebReply.json(200, "{}");
    }

    private WebReply token(WebRequest request) {
        var reader = writer(request);
        var form = Form.of(request);
        var name = form.getOrDefault("name", "").strip();
        if (name.isEmpty() || name.length() > 100) {
            throw Failure.badRequest("A token needs a name of 1 to 100 characters")
                    .next("Say what uses it, so that you know what breaks when you end it");
        }
        var ends = ends(form);
        long before = tokens.all().stream()
                .filter(token -> token.ofProgram() && token.user().equals(reader.user()))
                .count();
        if (before >= MOST_TOKENS) {
            throw Failure.conflict(name(reader) + " has " + before + " tokens for programs, and is given no more")
                    .undone("Nothing was changed")
                    .next("End those that nothing uses any more; the account's page and bw session list show them");
        }
        boolean readOnly = Boolean.parseBoolean(form.getOrDefault("read_only", "false"));
        var secret = tokens.create(reader.user(), name, readOnly, request.remote(), ends);
        tell(EventCode.USER_LOGGED_IN, reader, name(reader) + " made the token " + name + " for a program.");
        return WebReply.json(
                200, Json.write(Map.of("token", secret.reveal(), "name", name, "ends", ends.toEpochMilli())));
    }

    private Instant ends(Map<String, String> form) {
        try {
            int days = Integer.parseInt(form.getOrDefault("days", "365"));
            if (days >= 1 && days <= LONGEST_DAYS) {
                return clock.instant().plus(Duration.ofDays(days));
            }
        } catch (NumberFormatException noNumber) {
            // Told below.
        }
        throw Failure.badRequest("A token lives from 1 to " + LONGEST_DAYS + " days");
    }

    private WebReply password(WebRequest request) {
        var reader = writer(request);
        var form = Form.of(request);
        var user = users.get(Id.of(reader.user()));
        // Once more with the old one: whoever finds an open browser must not take over the account.
        try {
            accounts.check(
                    user.signOnName(),
                    Secret.of(form.getOrDefault("password", "")),
                    form.getOrDefault("otp", ""),
                    request.remote());
        } catch (Failure refused) {
            // Not a 401: the session is as good as before, and a portal would think that it had ended.
            throw Failure.forbidden("The password was not changed").because(refused.cause());
        }
        directory.setPassword(user, Secret.of(form.getOrDefault("new_password", "")), asker(reader));
        return WebReply.json(200, "{}");
    }

    private WebReply factor(WebRequest request) {
        var reader = writer(request);
        if (accounts.signsOnElsewhere(reader.user())) {
            throw Failure.conflict("No second factor is set up for " + name(reader))
                    .because("nobody asks for it here: this user signs on with another provider")
                    .next("Set it up there");
        }
        var code = Form.of(request).getOrDefault("code", "");
        if (code.isEmpty()) {
            var secret = factors.begin(reader.user()).reveal();
            var uri = "otpauth://totp/Bellwether:" + name(reader) + "?secret=" + secret + "&issuer=Bellwether";
            return WebReply.json(200, Json.write(Map.of("secret", secret, "uri", uri)));
        }
        factors.confirm(reader.user(), code);
        tell(EventCode.PASSWORD_CHANGED, reader, name(reader) + " signs on with a second factor from now on.");
        return WebReply.json(200, "{}");
    }

    private WebReply forgetFactor(WebRequest request) {
        var reader = writer(request);
        var whose = parameter(request, "user");
        boolean own = whose.isEmpty() || whose.equals(reader.user().toString());
        User user = own ? users.get(Id.of(reader.user())) : another(reader, whose, "The second factor was not removed");
        if (own) {
            requireCode(user, parameter(request, "code"), request.remote());
        }
        factors.remove(user.id().value());
        tell(
                EventCode.PASSWORD_CHANGED,
                reader,
                "The second factor of " + user.signOnName() + " was removed by " + name(reader) + ".");
        return WebReply.json(200, "{}");
    }

    /** Whoever finds an open browser must not try all codes there are. */
    private void requireCode(User user, String code, String remote) {
        try {
            accounts.requireFactor(user, code, remote);
        } catch (Failure refused) {
            throw Failure.forbidden("The second factor was not removed").because(refused.cause());
        }
    }

    private WebReply lockouts(WebRequest request) {
        requireAdministration(reader(request), "Who is locked out is not told");
        List<Map<String, Object>> shown = new ArrayList<>();
        lockouts.locked()
                .forEach((user, until) -> users.find(Id.of(user))
                        .ifPresent(known -> shown.add(Map.of(
                                "id",
                                user.toString(),
                                "user_name",
                                known.signOnName(),
                                "until",
                                until.toEpochMilli()))));
        return WebReply.json(200, Json.write(Map.of("lockouts", shown)));
    }

    private WebReply unlock(WebRequest request) {
        var reader = writer(request);
        // Also because each unlocking gives whoever guesses twenty more tries.
        User user = another(reader, parameter(request, "user"), "Nobody was unlocked");
        if (lockouts.until(user.id().value()).isEmpty()) {
            throw Failure.conflict("User " + user.signOnName() + " is not locked out")
                    .undone("Nothing was changed")
                    .next("See who is: bw user locked");
        }
        lockouts.succeeded(user.id().value());
        tell(
                EventCode.USER_ACCOUNT_UNLOCKED,
                reader,
                "User " + user.signOnName() + " may sign on again: unlocked by " + name(reader) + ".");
        return WebReply.json(200, "{}");
    }

    private void requireAdministration(StoredToken reader, String refusal) {
        if (!administersUsers(reader)) {
            throw Failure.forbidden(refusal).because("the permit manipulate_users is needed");
        }
    }

    /** Somebody else's account, for who may change it. */
    private User another(StoredToken reader, String whose, String refusal) {
        requireAdministration(reader, refusal);
        User user = users.get(userId(whose));
        if (authoriser.superUser(user.id().value()) && !authoriser.superUser(reader.user())) {
            throw Failure.forbidden(refusal)
                    .because("only an administrator of the whole system may change another one");
        }
        return user;
    }

    private static Id<User> userId(String text) {
        try {
            return Id.of(text);
        } catch (IllegalArgumentException noUuid) {
            throw Failure.notFound("There is no user with the id " + text);
        }
    }

    private StoredToken reader(WebRequest request) {
        return request.bearer()
                .flatMap(tokens::use)
                .filter(StoredToken::opensApi)
                .filter(token -> users.find(Id.of(token.user())).isPresent())
                .orElseThrow(() -> Failure.unauthenticated("This is for who is signed on")
                        .next("Sign on and send the access token with the request"));
    }

    private StoredToken writer(WebRequest request) {
        var token = reader(request);
        if (!token.ofPerson()) {
            throw Failure.forbidden("A program's token may not change the account that it is of")
                    .next("Sign on with the password");
        }
        return token;
    }

    private boolean administersUsers(StoredToken token) {
        return authoriser.allows(token.user(), Permit.MANIPULATE_USERS, ObjectTree.Node.SYSTEM);
    }

    private String name(StoredToken token) {
        return users.find(Id.of(token.user())).map(User::signOnName).orElse("somebody");
    }

    private Asker asker(StoredToken token) {
        return new Asker(name(token), UUID.randomUUID().toString());
    }

    private void tell(EventCode code, StoredToken token, String message) {
        database.change(tx -> events.add(tx, code, asker(token), Concerns.NOTHING, message));
    }

    private static String parameter(WebRequest request, String name) {
        for (String pair : request.query().split("&")) {
            if (pair.startsWith(name + "=")) {
                return java.net.URLDecoder.decode(
                        pair.substring(name.length() + 1), java.nio.charset.StandardCharsets.UTF_8);
            }
        }
        return "";
    }
}
