package org.bellwether.engine.vm;

import java.util.Optional;
import org.bellwether.api.types.Action;
import org.bellwether.api.types.PowerManagement;
import org.bellwether.api.types.PowerManagementStatus;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.host.UpgradeFeature;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.power.HostPower;

/** {@code /hosts/{id}/fence}: it concerns the host's machines more than the host. */
final class HostFenceApi {

    private final Hosts hosts;
    private final HostPower power;
    private final Operations operations;
    private final ConfirmReboot confirmReboot;
    private final FenceHost fenceHost;
    private final UpgradeFeature shell;

    HostFenceApi(
            Hosts hosts,
            HostPower power,
            Operations operations,
            ConfirmReboot confirmReboot,
            FenceHost fenceHost,
            UpgradeFeature shell) {
        this.hosts = hosts;
        this.power = power;
        this.operations = operations;
        this.confirmReboot = confirmReboot;
        this.fenceHost = fenceHost;
        this.shell = shell;
    }

    void serve(ApiRoutes routes) {
        routes.on("host", "fence", Permit.MANIPULATE_HOST, this::fence);
    }

    private Reply fence(ApiRequest request) {
        var host = hosts.get(request.<Host>id());
        var type = Optional.ofNullable(request.action().fenceType()).orElse("");
        return switch (type) {
            case "manual" -> confirm(request, host);
            case "status" -> status(host);
            default -> switchPower(request, host, FenceHost.how(type));
        };
    }

    private Reply confirm(ApiRequest request, Host host) {
        var asker = Asker.of(request);
        var wish = new ConfirmReboot.Request(host.id(), host.name(), asker);
        confirmReboot.requireSilent(wish);
        return Reply.started(operations.begin(confirmReboot, wish, asker).id().toString());
    }

    /** Also the test of a host's power management. */
    private Reply status(Host host) {
        var status = switch (power.status(host)) {
            case POWER_ON -> PowerManagementStatus.ON;
            case POWER_OFF -> PowerManagementStatus.OFF;
            case POWER_UNKNOWN, UNRECOGNIZED -> PowerManagementStatus.UNKNOWN;
        };
        return Reply.done(Action.builder()
                .powerManagement(PowerManagement.builder().status(status).build())
                .build());
    }

    private Reply switchPower(ApiRequest request, Host host, FenceHost.How how) {
        var asker = Asker.of(request);
        if (how == FenceHost.How.RESTART && !power.managed(host) && shell.restartable(host)) {
            return Reply.started(shell.restart(host, asker).id().toString());
        }
        var wish = new FenceHost.Request(host.id(), host.name(), how, false, asker);
        fenceHost.requireIdle(wish);
        power.requireReachable(host);
        return Reply.started(operations
                .begin(
                        fenceHost,
                        wish,
                        asker,
                        tx -> fenceHost.tell(
                                tx,
                                EventCode.FENCE_STARTED,
                                wish,
                                fenceHost.describe(wish) + ", asked by " + asker.name() + "."))
                .id()
                .toString());
    }
}
