package org.bellwether.engine.power;

import static org.bellwether.engine.platform.Permit.EDIT_HOST_CONFIGURATION;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.bellwether.api.types.Agent;
import org.bellwether.api.types.Option;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.pki.Sealed;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/** Fence agents on the wire. Passwords come in and never go out. */
public final class FenceAgentsApi {

    private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9_]{0,39}");
    private static final int MOST_PORT = 65_535;

    private final Database database;
    private final Hosts hosts;
    private final FenceAgents agents;
    private final Events events;

    public FenceAgentsApi(Database database, Hosts hosts, FenceAgents agents, Events events) {
        this.database = database;
        this.hosts = hosts;
        this.agents = agents;
        this.events = events;
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "fence_agents",
                "list",
                request -> Reply.list(request.limited(agents.of(host(request, 0).id())).stream()
                        .map(FenceAgentsApi::document)));
        routes.on("fence_agents", "add", EDIT_HOST_CONFIGURATION, this::add);
        routes.read("fence_agent", "get", request -> Reply.of(document(agent(request))));
        routes.on("fence_agent", "update", EDIT_HOST_CONFIGURATION, this::update);
        routes.on("fence_agent", "remove", EDIT_HOST_CONFIGURATION, this::remove);
    }

    private Host host(ApiRequest request, int below) {
        return hosts.get(request.id(request.targets().size() - 1 - below));
    }

    private FenceAgent agent(ApiRequest request) {
        var agent = agents.get(request.<FenceAgent>id());
        if (!agent.host().equals(host(request, 1).id())) {
            throw Failure.notFound("The host has no fence agent with the id " + agent.id());
        }
        return agent;
    }

    private Reply add(ApiRequest request) {
        var host = host(request, 0);
        var made = over(
                new FenceAgent(
                        Id.random(),
                        "",
                        host.id(),
                        "",
                        0,
                        "",
                        null,
                        agents.of(host.id()).size() + 1,
                        false,
                        false,
                        Map.of()),
                request.body(Agent.class));
        database.change(tx -> {
            agents.insert(tx, made);
            tell(tx, host, request, "was given the fence agent " + made.name());
        });
        return Reply.created(document(made));
    }

    private Reply update(ApiRequest request) {
        var before = agent(request);
        var sent = request.body(Agent.class);
        return Reply.of(document(database.transaction(tx -> {
            var changed = agents.update(tx, before.id(), now -> over(now, sent));
            tell(tx, host(request, 1), request, "has its fence agent " + changed.name() + " changed");
            return changed;
        })));
    }

    private Reply remove(ApiRequest request) {
        var agent = agent(request);
        database.change(tx -> {
            agents.delete(tx, agent.id());
            tell(tx, host(request, 1), request, "lost its fence agent " + agent.name());
        });
        return Reply.done();
    }

    private static FenceAgent over(FenceAgent before, Agent sent) {
        var type = Optional.ofNullable(sent.type()).orElse(before.name());
        if (!TYPE.matcher(type).matches()) {
            throw Failure.badRequest("'" + type + "' is no type of fence agent").next("A common one is ipmilan");
        }
        var address = Optional.ofNullable(sent.address()).map(String::strip).orElse(before.address());
        if (address.isEmpty() || address.startsWith("-") || address.chars().anyMatch(Character::isWhitespace)) {
            throw Failure.badRequest("The address of a fence agent is a name or an IP address");
        }
        long port = Optional.ofNullable(sent.port()).orElse((long) before.port());
        if (port < 0 || port > MOST_PORT) {
            throw Failure.badRequest("A port is a number from 1 to " + MOST_PORT);
        }
        return new FenceAgent(
                before.id(),
                type,
                before.host(),
                address,
                (int) port,
                Optional.ofNullable(sent.username()).orElse(before.username()),
                sent.password() == null ? before.password() : Sealed.of(Secret.of(sent.password())),
                Optional.ofNullable(sent.order())
                        .map(order -> Math.clamp(order, 0, 1000))
                        .orElse(before.order()),
                Optional.ofNullable(sent.concurrent()).orElse(before.concurrent()),
                Optional.ofNullable(sent.encryptOptions()).orElse(before.encryptOptions()),
                options(sent.options(), before.options()));
    }

    private static Map<String, String> options(@Nullable List<Option> sent, Map<String, String> before) {
        if (sent == null) {
            return before;
        }
        Map<String, String> options = new TreeMap<>();
        for (var option : sent) {
            var name = option.name();
            if (name == null || name.isBlank()) {
                throw Failure.badRequest("An option of a fence agent has a name");
            }
            options.put(name, Optional.ofNullable(option.value_()).orElse(""));
        }
        return options;
    }

    private void tell(Transaction tx, Host host, ApiRequest request, String what) {
        var asker = Asker.of(request);
        events.add(
                tx,
                EventCode.HOST_UPDATED,
                asker,
                Concerns.NOTHING.withHost(host.id()).withCluster(host.cluster()),
                "Host " + host.name() + " " + what + " by " + asker.name() + ".");
    }

    private static Agent document(FenceAgent agent) {
        var document = Agent.builder()
                .id(agent.id().toString())
                .type(agent.name())
                .address(agent.address())
                .username(agent.username())
                .order((long) agent.order())
                .concurrent(agent.concurrent())
                .encryptOptions(agent.encryptOptions())
                .host(org.bellwether.api.types.Host.builder()
                        .id(agent.host().toString())
                        .build())
                .options(agent.options().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(each -> Option.builder()
                                .name(each.getKey())
                                .value_(each.getValue())
                                .build())
                        .toList());
        if (agent.port() != 0) {
            document.port((long) agent.port());
        }
        return document.build();
    }
}
