package org.bellwether.engine.host;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Target;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.engine.platform.store.References;
import org.jspecify.annotations.Nullable;

/**
 * Where an administrator gets the token with which a host enrols, and the line that does all of it when it is pasted there:
 * {@code {"cluster": {"id"|"name": …}}}.
 */
public final class HostTokens implements Endpoint {

    public static final String PATH = "/ovirt-engine/services/host-token";

    private static final int BODY_LIMIT = 4096;

    private final Enrolments enrolments;
    private final HostJoin join;
    private final Clusters clusters;
    private final Gate gate;

    public HostTokens(Enrolments enrolments, HostJoin join, Clusters clusters, Gate gate) {
        this.enrolments = enrolments;
        this.join = join;
        this.clusters = clusters;
        this.gate = gate;
    }

    private record Reference(@Nullable String id, @Nullable String name) {}

    private record Wish(@Nullable Reference cluster) {
        @JsonCreator
        Wish(@JsonProperty("cluster") @Nullable Reference cluster) {
            this.cluster = cluster;
        }
    }

    @Override
    public WebReply answer(WebRequest request) {
        var principal = gate.caller(request, "A token for a host is given to administrators only");
        var cluster = cluster(new String(request.body().read(BODY_LIMIT), StandardCharsets.UTF_8));
        if (!gate.allows(
                principal,
                Permit.CREATE_HOST,
                List.of(new Target("cluster", cluster.id().toString())))) {
            throw Failure.forbidden(principal.name() + " may not add hosts to cluster " + cluster.name());
        }
        var secret = enrolments.secret(cluster.id());
        return WebReply.json(
                200, Json.write(Map.of("token", enrolments.token(secret), "command", join.command(secret))));
    }

    private Cluster cluster(String body) {
        Reference wanted;
        try {
            wanted = Json.read(body, Wish.class).cluster();
        } catch (IllegalStateException broken) {
            throw Failure.badRequest("The request is no JSON of the form {\"cluster\": {\"id\": …}}");
        }
        if (wanted == null) {
            throw Failure.badRequest("The cluster is missing").next("Name it by its id or its name");
        }
        return References.find(
                clusters.model(),
                org.bellwether.api.types.Cluster.builder()
                        .id(wanted.id())
                        .name(wanted.name())
                        .build(),
                "cluster");
    }
}
