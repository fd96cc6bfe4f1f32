package org.bellwether.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bw api}: any request to the engine, for what has no word of its own. */
@Command(description = ApiCommand.DESCRIPTION)
final class ApiCommand implements Callable<Integer> {

    static final String DESCRIPTION = "Any request of the API, and the engine's answer as JSON.";

    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "DELETE");
    private static final String API = "/ovirt-engine/api";

    private final Session session;

    @Parameters(index = "0", paramLabel = "METHOD", description = "GET, POST, PUT or DELETE.")
    private String method = "";

    @Parameters(
            index = "1",
            paramLabel = "PATH",
            description = "Below /ovirt-engine/api, such as vms?search=name=demo.")
    private String path = "";

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "BODY",
            description = "As JSON; @FILE reads it from a file, - from the input.")
    private @Nullable String body;

    ApiCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        String verb = method.toUpperCase(Locale.ROOT);
        if (!METHODS.contains(verb)) {
            throw CommandFailure.usage("The API has no " + Text.clean(method) + ": say GET, POST, PUT or DELETE.");
        }
        var answer = session.engine().call(verb, address(), content(verb));
        var printer = session.printer();
        Json.parse(answer.text()).ifPresentOrElse(printer::json, () -> {
            if (!answer.text().isBlank()) {
                printer.line(answer.text());
            }
        });
        if (!answer.succeeded()) {
            throw Refusals.of(answer, session.engine().url());
        }
        return 0;
    }

    private String address() {
        if (path.contains("://")) {
            throw CommandFailure.usage(
                    "Say only the path: the engine is " + session.engine().url() + ".");
        }
        String typed = Paths.typed(path.startsWith("/") ? path : "/" + path);
        return typed.startsWith(API + "/") || typed.equals(API) ? typed.substring(API.length()) : typed;
    }

    /** Actions need a body, if only an empty one. */
    private Optional<String> content(String verb) {
        if (body == null) {
            return verb.equals("POST") ? Optional.of("{}") : Optional.empty();
        }
        String text = read(body);
        if (Json.parse(text).isEmpty()) {
            throw CommandFailure.usage("The body is no JSON: "
                    + Text.clean(text.lines().findFirst().orElse("")));
        }
        return Optional.of(text);
    }

    private static String read(String body) {
        try {
            if (body.equals("-")) {
                return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
            }
            return body.startsWith("@") ? Files.readString(Path.of(body.substring(1))) : body;
        } catch (IOException e) {
            throw CommandFailure.usage("The body cannot be read from " + body + ": " + e.getMessage() + ".");
        }
    }
}
