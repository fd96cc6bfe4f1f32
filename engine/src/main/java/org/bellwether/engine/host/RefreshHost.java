package org.bellwether.engine.host;

import static org.bellwether.engine.platform.Permit.EDIT_HOST_CONFIGURATION;

import java.time.Duration;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.protocol.DescribeRequest;
import org.bellwether.protocol.Report;

/** Reads anew what a host is and has, for those who do not want to wait until it tells by itself. */
public final class RefreshHost {

    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final Hosts hosts;
    private final Agents agents;

    public RefreshHost(Hosts hosts, Agents agents) {
        this.hosts = hosts;
        this.agents = agents;
    }

    public void serve(ApiRoutes routes) {
        routes.on("host", "refresh", EDIT_HOST_CONFIGURATION, this::refresh);
    }

    private Reply refresh(ApiRequest request) {
        now(hosts.get(request.<Host>id(0)).id());
        return Reply.done();
    }

    /** When this returns, what the host has just said of itself is what everybody sees. */
    public void now(Id<Host> host) {
        var description = agents.of(host.value(), LIMIT)
                .ask(LIMIT, agent -> agent.describe(DescribeRequest.getDefaultInstance()));
        hosts.reported(host.value(), Report.newBuilder().setHost(description).build());
    }
}
