package org.bellwether.engine.preference;

import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Json;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;

/**
 * What whoever asks prefers, such as the columns of their tables and their bookmarks: an addition to the API, described in
 * the engine's README, for who reads and writes many at once. Everybody reaches their own and nobody else's. The API shows the
 * same as the user's {@code options}.
 */
public final class PreferencePages implements Endpoint {

    public static final String PATH = "/ovirt-engine/services/preferences";

    private static final int BODY_LIMIT = 64 * 1024;

    private final Preferences preferences;
    private final Gate gate;

    public PreferencePages(Preferences preferences, Gate gate) {
        this.preferences = preferences;
        this.gate = gate;
    }

    @Override
    public WebReply answer(WebRequest request) {
        var person = gate.caller(request, "Preferences are told only to who is signed on");
        if (request.method().equals("PUT")) {
            preferences.put(person.id(), Json.texts(request.body().read(BODY_LIMIT)));
        }
        return WebReply.json(200, Json.object(preferences.of(person.id())));
    }
}
