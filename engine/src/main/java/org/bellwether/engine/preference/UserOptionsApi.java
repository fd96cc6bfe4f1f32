package org.bellwether.engine.preference;

import static org.bellwether.engine.platform.Permit.EDIT_PROFILE;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.bellwether.api.types.User;
import org.bellwether.api.types.UserOption;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Json;
import org.bellwether.engine.platform.http.Reply;

/**
 * What users prefer, on the wire: {@code users/{id}/options}. Clients keep whatever JSON they like under a name of theirs; the
 * id of an option follows from its name.
 */
public final class UserOptionsApi {

    private final Preferences preferences;
    private final Function<ApiRequest, UUID> whose;
    private final Function<ApiRequest, UUID> changed;

    /**
     * @param whose the user of the path, as the caller sees them; throws when they do not
     * @param changed the same for a change; throws when the caller may not change what is that user's
     */
    public UserOptionsApi(
            Preferences preferences, Function<ApiRequest, UUID> whose, Function<ApiRequest, UUID> changed) {
        this.preferences = preferences;
        this.whose = whose;
        this.changed = changed;
    }

    public void serve(ApiRoutes routes) {
        routes.read("user_options", "list", request -> {
            var person = whose.apply(request);
            return Reply.list(preferences.of(person).entrySet().stream().map(each -> shown(person, each)));
        });
        routes.read("user_option", "get", request -> {
            var person = whose.apply(request);
            return Reply.of(shown(person, wanted(request, person)));
        });
        routes.on("user_options", "add", EDIT_PROFILE, this::add);
        routes.on("user_option", "remove", EDIT_PROFILE, request -> {
            var person = changed.apply(request);
            preferences.remove(person, wanted(request, person).getKey());
            return Reply.done();
        });
    }

    private Reply add(ApiRequest request) {
        var person = changed.apply(request);
        var sent = request.body(UserOption.class);
        var name = Optional.ofNullable(sent.name()).orElse("");
        var content = Optional.ofNullable(sent.content()).orElse("");
        if (!Json.valid(content)) {
            throw Failure.badRequest("The option '" + name + "' cannot be kept")
                    .because("its content is not JSON")
                    .undone("Nothing was changed")
                    .next("Put a text into quotation marks");
        }
        if (!preferences.add(person, name, content)) {
            throw Failure.conflict("The user has an option '" + name + "' already")
                    .undone("Nothing was changed")
                    .next("Remove that one first");
        }
        return Reply.created(shown(person, Map.entry(name, content)));
    }

    private Map.Entry<String, String> wanted(ApiRequest request, UUID person) {
        return preferences.of(person).entrySet().stream()
                .filter(each -> id(each.getKey()).equals(request.pathId(1)))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The user has no option with the id " + request.pathId(1)));
    }

    private static UserOption shown(UUID person, Map.Entry<String, String> option) {
        return UserOption.builder()
                .id(id(option.getKey()))
                .name(option.getKey())
                // The portals keep plain texts, too.
                .content(Json.valid(option.getValue()) ? option.getValue() : Json.text(option.getValue()))
                .user(User.builder().id(person.toString()).build())
                .build();
    }

    private static String id(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
