package org.bellwether.engine.preference;

import java.util.Map;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Json;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.store.Database;

/**
 * What whoever asks prefers, such as the columns of their tables and their bookmarks: an addition to the API, described in
 * the engine's README. Everybody reaches their own and nobody else's.
 */
public final class PreferencePages implements Endpoint {

    public static final String PATH = "/ovirt-engine/services/preferences";

    private static final int BODY_LIMIT = 64 * 1024;
    private static final int MOST = 200;
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST = 16 * 1024;

    private final Database database;
    private final Gate gate;
    private final PreferenceRepository repository = new PreferenceRepository();

    public PreferencePages(Database database, Gate gate) {
        this.database = database;
        this.gate = gate;
    }

    @Override
    public WebReply answer(WebRequest request) {
        var person = gate.caller(request, "Preferences are told only to who is signed on");
        if (request.method().equals("PUT")) {
            put(person, Json.texts(request.body().read(BODY_LIMIT)));
        }
        return WebReply.json(200, Json.object(database.read(sql -> repository.of(sql, person.id()))));
    }

    /** Sets those that are named and leaves the others; an empty text takes one away. */
    private void put(Principal person, Map<String, String> wanted) {
        wanted.forEach((name, content) -> {
            if (name.isEmpty() || name.length() > LONGEST_NAME || content.length() > LONGEST) {
                throw Failure.badRequest("The preference '" + name + "' cannot be kept")
                        .because("a name has 1 to " + LONGEST_NAME + " characters, a content at most " + LONGEST)
                        .undone("Nothing was changed");
            }
        });
        database.change(tx -> {
            wanted.forEach((name, content) -> repository.put(tx, person.id(), name, content));
            if (repository.of(tx.sql(), person.id()).size() > MOST) {
                throw Failure.conflict("More than " + MOST + " preferences are not kept for one person")
                        .undone("Nothing was changed")
                        .next("Take some away by setting them to an empty text");
            }
        });
    }
}
