package org.bellwether.engine.vm;

import java.util.Optional;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;

/** {@code /hosts/{id}/fence}: it concerns the host's machines more than the host. */
final class HostFenceApi {

    private final Hosts hosts;
    private final Operations operations;
    private final ConfirmReboot confirmReboot;

    HostFenceApi(Hosts hosts, Operations operations, ConfirmReboot confirmReboot) {
        this.hosts = hosts;
        this.operations = operations;
        this.confirmReboot = confirmReboot;
    }

    void serve(ApiRoutes routes) {
        routes.on("host", "fence", Permit.MANIPULATE_HOST, this::fence);
    }

    private Reply fence(ApiRequest request) {
        var host = hosts.get(request.<Host>id());
        var type = Optional.ofNullable(request.action().fenceType()).orElse("");
        if (!type.equals("manual")) {
            throw Failure.conflict("Cannot fence host " + host.name() + " by \"" + type + "\"")
                    .because("this engine has no power management yet")
                    .next("Switch the host off by hand, and then confirm that with the fence type \"manual\"");
        }
        var asker = Asker.of(request);
        var wish = new ConfirmReboot.Request(host.id(), host.name(), asker);
        confirmReboot.requireSilent(wish);
        return Reply.started(operations.begin(confirmReboot, wish, asker).id().toString());
    }
}
