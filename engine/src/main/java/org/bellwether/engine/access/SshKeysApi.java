package org.bellwether.engine.access;

import static org.bellwether.engine.platform.Permit.EDIT_PROFILE;

import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.SshPublicKey;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;

/**
 * The public keys of users on the wire, for whatever lets them in by a key. Everybody keeps their own; who administers users
 * keeps those of others, too.
 */
final class SshKeysApi {

    private static final int MOST = 50;

    private final Database database;
    private final SshKeyRepository keys;
    private final VisibleUsers visible;
    private final Events events;

    SshKeysApi(Database database, VisibleUsers visible, Events events) {
        this.database = database;
        this.keys = new SshKeyRepository(database);
        this.visible = visible;
        this.events = events;
    }

    void declare(ApiRoutes routes) {
        routes.read("ssh_public_keys", "list", request -> {
            var user = visible.find(request);
            return Reply.list(request.limited(keys.of(user.id())).stream().map(key -> shown(user, key)));
        });
        routes.read("ssh_public_key", "get", request -> {
            var user = visible.find(request);
            return Reply.of(shown(user, wanted(request, user)));
        });
        routes.on("ssh_public_keys", "add", EDIT_PROFILE, this::add);
        routes.on("ssh_public_key", "update", EDIT_PROFILE, this::update);
        routes.on("ssh_public_key", "remove", EDIT_PROFILE, this::remove);
    }

    private Reply add(ApiRequest request) {
        var user = visible.changed(request);
        var key = SshKey.read(UUID.randomUUID(), sent(request));
        database.change(tx -> {
            if (keys.count(tx, user.id()) >= MOST) {
                throw Failure.conflict(user.name() + " has " + MOST + " keys already, and no more are kept")
                        .undone("Nothing was changed")
                        .next("Remove one that is not used any more");
            }
            keys.insert(tx, user.id(), key);
            tell(tx, request, user, "The SSH key " + key.fingerprint() + " was added to");
        });
        return Reply.created(shown(user, key));
    }

    private Reply update(ApiRequest request) {
        var user = visible.changed(request);
        var before = wanted(request, user);
        var after = SshKey.read(before.id(), sent(request));
        database.change(tx -> {
            keys.update(tx, after);
            tell(
                    tx,
                    request,
                    user,
                    "The SSH key " + before.fingerprint() + " was replaced by " + after.fingerprint() + " for");
        });
        return Reply.of(shown(user, after));
    }

    private Reply remove(ApiRequest request) {
        var user = visible.changed(request);
        var key = wanted(request, user);
        database.change(tx -> {
            if (keys.delete(tx, user.id(), key.id())) {
                tell(tx, request, user, "The SSH key " + key.fingerprint() + " was removed from");
            }
        });
        return Reply.done();
    }

    private SshKey wanted(ApiRequest request, User user) {
        return keys.find(user.id(), request.id(1).value())
                .orElseThrow(() -> Failure.notFound(user.name() + " has no SSH key with the id " + request.pathId(1)));
    }

    private static String sent(ApiRequest request) {
        return Optional.ofNullable(request.body(SshPublicKey.class).content())
                .orElseThrow(() -> Failure.badRequest("The key has no content"));
    }

    private void tell(Transaction tx, ApiRequest request, User user, String what) {
        var asker = Asker.of(request);
        events.add(
                tx,
                EventCode.USER_PROFILE_UPDATED,
                asker,
                Concerns.NOTHING,
                what + " user " + user.name() + " by " + asker.name() + ".");
    }

    private static SshPublicKey shown(User user, SshKey key) {
        return SshPublicKey.builder()
                .id(key.id().toString())
                .content(key.content())
                .user(org.bellwether.api.types.User.builder()
                        .id(user.id().toString())
                        .build())
                .build();
    }
}
