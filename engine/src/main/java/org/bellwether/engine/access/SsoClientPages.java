package org.bellwether.engine.access;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Json;
import org.bellwether.engine.platform.http.ServiceCall;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;

/**
 * The programs whose users the engine vouches for, for administrators.
 *
 * <pre>
 * GET    /ovirt-engine/services/sso-clients        all, without their secrets
 * POST   /ovirt-engine/services/sso-clients        name, redirect_uris (separated by blanks), api: one more; its secret is told this once
 * DELETE /ovirt-engine/services/sso-clients/{name} one less; the sessions that were begun for it end
 * </pre>
 */
final class SsoClientPages implements Endpoint {
    static final String PATH = "/ovirt-engine/services/sso-clients";

    private final Database database;
    private final SsoClients clients;
    private final Tokens tokens;
    private final Gate gate;
    private final Events events;

    SsoClientPages(Database database, SsoClients clients, Tokens tokens, Gate gate, Events events) {
        this.database = database;
        this.clients = clients;
        this.tokens = tokens;
        this.gate = gate;
        this.events = events;
    }

    void declare(Site.Builder site) {
        site.on("GET", PATH, this).on("POST", PATH, this).below(PATH, this);
    }

    @Override
    public WebReply answer(WebRequest request) {
        var call = ServiceCall.of(request, gate, PATH, "programs that users sign on to");
        return switch (call.kind()) {
            case "GET0" ->
                WebReply.json(
                        200,
                        clients.model().all().stream()
                                .map(client -> Json.object(client.shown()))
                                .collect(Collectors.joining(",", "{\"sso_client\":[", "]}")));
            case "POST0" -> WebReply.json(201, Json.object(add(call.caller(), call.texts())));
            case "GET1" -> WebReply.json(200, Json.object(find(call.name()).shown()));
            case "DELETE1" -> {
                remove(call.caller(), find(call.name()));
                yield WebReply.json(200, "{}");
            }
            default -> throw call.unknown();
        };
    }

    private SsoClient find(String name) {
        return clients.named(name)
                .orElseThrow(() -> Failure.notFound("There is no program called " + name)
                        .next("See which there are: bw sso-client list"));
    }

    private Map<String, Object> add(Principal caller, Map<String, String> sent) {
        Secret secret = tokens.made();
        String addresses = sent.getOrDefault("redirect_uris", "").strip();
        var made = new SsoClient(
                        Id.random(),
                        sent.getOrDefault("name", ""),
                        addresses.isEmpty() ? List.of() : List.of(addresses.split("\\s+")),
                        sent.getOrDefault("api", "false").equals("true"),
                        TokenHash.of(secret).toString())
                .checked();
        database.change(tx -> {
            clients.insert(tx, made);
            tell(tx, caller, "Users may sign on to the program " + made.name() + ", says " + caller.name() + ".");
        });
        Map<String, Object> shown = new HashMap<>(made.shown());
        shown.put("client_secret", secret.reveal());
        return shown;
    }

    private void remove(Principal caller, SsoClient client) {
        database.change(tx -> {
            clients.delete(tx, client.id());
            tokens.revokeOf(tx, client.name());
            tell(
                    tx,
                    caller,
                    "Users do not sign on to the program " + client.name() + " any more, says " + caller.name() + ".");
        });
    }

    private void tell(Transaction tx, Principal caller, String message) {
        events.add(
                tx,
                EventCode.DIRECTORY_CHANGED,
                new Asker(caller.name(), UUID.randomUUID().toString()),
                Concerns.NOTHING,
                message);
    }
}
