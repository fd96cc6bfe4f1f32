package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import org.bellwether.cli.EngineClient.Answer;

/** The engine's faults as sentences. */
final class Refusals {

    private static final String COMMON = "Operation Failed";

    private Refusals() {}

    static CommandFailure of(Answer answer, URI asked) {
        var fault = Json.parse(answer.text())
                .map(json -> json.path("fault").isMissingNode() ? json : json.path("fault"))
                .filter(json -> json.has("detail") || json.has("reason"));
        if (fault.isPresent()) {
            return CommandFailure.refused(answer.status(), words(fault.get()));
        }
        return switch (answer.status()) {
            case 401 -> CommandFailure.refused(401, "The engine at " + asked + " does not accept the session.");
            case 403 -> CommandFailure.refused(403, "The engine at " + asked + " does not permit this to you.");
            case 404 -> CommandFailure.refused(404, "The engine at " + asked + " knows no such object.");
            default -> noEngine(asked, answer);
        };
    }

    /** An action that was answered with success may carry a fault nevertheless. */
    static CommandFailure noEngine(URI asked, Answer answer) {
        return CommandFailure.unreachable(
                "What answers at %s is no engine: it said %d with a body that is not of the API. Check --url or BW_URL."
                        .formatted(asked, answer.status()),
                null);
    }

    /** The detail stands in square brackets, as a list of one. */
    private static String words(JsonNode fault) {
        String reason = fault.path("reason").asText("").strip();
        String detail = fault.path("detail").asText("").strip();
        if (detail.startsWith("[") && detail.endsWith("]")) {
            detail = detail.substring(1, detail.length() - 1).strip();
        }
        if (detail.isEmpty()) {
            return Text.sentence("The engine refused it without a reason: " + reason);
        }
        return Text.sentence(reason.isEmpty() || reason.equals(COMMON) ? detail : reason + ": " + detail);
    }
}
