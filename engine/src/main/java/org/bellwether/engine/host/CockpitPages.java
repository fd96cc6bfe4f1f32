package org.bellwether.engine.host;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Target;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.VouchRequest;

/**
 * Into Cockpit on a host, as root and without its password: an addition to the API.
 *
 * <pre>
 * GET  /ovirt-engine/services/cockpit/{host}   whether it is installed there, whether the engine vouches for who asks, and its usual address
 * POST /ovirt-engine/services/cockpit/{host}   an address that opens it once, within half a minute
 * </pre>
 *
 * <p>The ticket in that address stands behind its {@code #}, which browsers keep to themselves. The host knows its hash, told over
 * the engine's channel, and no other host knows it.
 */
public final class CockpitPages implements Endpoint {

    /** Everything below this path is served here. */
    public static final String PATH = "/ovirt-engine/services/cockpit";

    static final Duration LIFE = Duration.ofSeconds(30);

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int USUAL_PORT = 9090;
    private static final int TICKET_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Database database;
    private final Hosts hosts;
    private final Clusters clusters;
    private final Agents agents;
    private final Gate gate;
    private final Events events;

    public CockpitPages(Database database, Hosts hosts, Clusters clusters, Agents agents, Gate gate, Events events) {
        this.database = database;
        this.hosts = hosts;
        this.clusters = clusters;
        this.agents = agents;
        this.gate = gate;
        this.events = events;
    }

    @Override
    public WebReply answer(WebRequest request) {
        var caller = gate.caller(request, "The way into a host's Cockpit is told only to who is signed on");
        var host = host(request);
        if (!gate.sees(caller, new Target("host", host.id().toString()))) {
            throw Failure.notFound("There is no host with the id " + host.id());
        }
        return switch (request.method()) {
            case "GET", "HEAD" -> WebReply.json(200, Json.write(shown(caller, host)));
            case "POST" -> WebReply.json(200, Json.write(vouched(caller, host))).with("Cache-Control", "no-store");
            default -> throw Failure.badRequest("Here one can ask with GET, and open Cockpit with POST");
        };
    }

    private Host host(WebRequest request) {
        String id = request.plainPath().substring(PATH.length() + 1);
        try {
            return hosts.get(Id.of(id));
        } catch (IllegalArgumentException e) {
            throw Failure.notFound("There is no host with the id '" + id + "'");
        }
    }

    private Map<String, Object> shown(Principal caller, Host host) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("installed", installed(host));
        shown.put("vouches", installed(host) && may(caller, host));
        shown.put("address", address(host, USUAL_PORT) + "/bellwether");
        return shown;
    }

    private boolean installed(Host host) {
        return hosts.observed(host.id())
                .description()
                .map(HostDescription::getCockpit)
                .orElse(false);
    }

    /**
     * Root on one host reaches the storage of its whole data center, and so all machines there: whoever may do this must be
     * trusted with the hosts of all of it.
     */
    private boolean may(Principal caller, Host host) {
        var dataCenter = clusters.get(host.cluster()).dataCenterId().stream()
                .map(id -> new Target("data_center", id.toString()))
                .toList();
        return !caller.readOnly() && gate.allows(caller, Permit.EDIT_HOST_CONFIGURATION, dataCenter);
    }

    private Map<String, Object> vouched(Principal caller, Host host) {
        if (!may(caller, host)) {
            throw Failure.forbidden("The engine does not vouch for " + caller.name() + " on host " + host.name())
                    .because("root on one host reaches all storage of its data center, so the permit "
                            + Permit.EDIT_HOST_CONFIGURATION.wireName()
                            + " on that, and not a read-only token, is needed")
                    .next("Log in at " + address(host, USUAL_PORT) + " with an account of the host");
        }
        String ticket = ticket();
        var told = VouchRequest.newBuilder()
                .setTicketSha256(ByteString.copyFrom(sha256(ticket)))
                .setUser(caller.name())
                .setLifeSeconds(Math.toIntExact(LIFE.toSeconds()))
                .build();
        int port = agents.of(host.id().value(), PATIENCE)
                .askCockpit(LIMIT, cockpit -> cockpit.vouch(told))
                .getPort();
        database.change(tx -> events.add(
                tx,
                EventCode.COCKPIT_OPENED,
                new Asker(caller.name(), UUID.randomUUID().toString()),
                Concerns.NOTHING.withHost(host.id()).withCluster(host.cluster()),
                caller.name() + " was let into Cockpit on host " + host.name() + ", as root."));
        var answer = new LinkedHashMap<String, Object>();
        answer.put("url", address(host, port) + "/bellwether#access_token=" + ticket);
        answer.put("seconds", LIFE.toSeconds());
        return answer;
    }

    private static String address(Host host, int port) {
        String name = host.address();
        return "https://" + (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
    }

    private static String ticket() {
        var bytes = new byte[TICKET_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java", e);
        }
    }
}
