package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.CONFIGURE_VM_NETWORK;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.bellwether.api.types.NetworkFilterParameter;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;

/**
 * What the network filter of a machine's interface is told, on the wire: for instance the address that {@code clean-traffic} lets
 * through, as {@code IP}. A name may be there several times. Without a filter in the vNIC profile they wait for one.
 */
final class FilterParametersApi {

    private static final int MOST = 50;
    private static final int LONGEST = 255;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]{1,63}");

    private final Vms vms;
    private final VmNicsApi nics;
    private final Operations operations;

    FilterParametersApi(Vms vms, VmNicsApi nics, Operations operations) {
        this.vms = vms;
        this.nics = nics;
        this.operations = operations;
    }

    void serve(ApiRoutes routes) {
        routes.read("nic_network_filter_parameters", "list", request -> {
            var nic = nics.nic(request);
            return Reply.list(of(nic).stream().map(each -> shown(nic, each)));
        });
        routes.read("nic_network_filter_parameter", "get", request -> {
            var nic = nics.nic(request);
            return Reply.of(shown(nic, find(nic, request.pathId(2))));
        });
        routes.on("nic_network_filter_parameters", "add", CONFIGURE_VM_NETWORK, this::add);
        routes.on("nic_network_filter_parameter", "update", CONFIGURE_VM_NETWORK, this::update);
        routes.on("nic_network_filter_parameter", "remove", CONFIGURE_VM_NETWORK, this::remove);
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(NetworkFilterParameter.class);
        var made = checked(UUID.randomUUID().toString(), sent.name(), sent.value_());
        var nic = write(request, now -> {
            var all = new ArrayList<>(of(now));
            if (all.size() >= MOST) {
                throw Failure.conflict("The network interface " + now.name() + " has " + MOST + " parameters already")
                        .undone("Nothing was changed")
                        .next("Remove one first");
            }
            all.add(made);
            return with(now, all);
        });
        return Reply.created(shown(nic, made));
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(NetworkFilterParameter.class);
        var id = request.pathId(2);
        var nic = write(request, now -> {
            var before = find(now, id);
            var after = checked(
                    id,
                    Optional.ofNullable(sent.name()).orElse(before.name()),
                    Optional.ofNullable(sent.value_()).orElse(before.value_()));
            return with(
                    now,
                    of(now).stream()
                            .map(each -> id.equals(each.id()) ? after : each)
                            .toList());
        });
        return Reply.of(shown(nic, find(nic, id)));
    }

    private Reply remove(ApiRequest request) {
        var id = request.pathId(2);
        write(request, now -> {
            find(now, id);
            return with(
                    now, of(now).stream().filter(each -> !id.equals(each.id())).toList());
        });
        return Reply.done();
    }

    private Nic write(ApiRequest request, UnaryOperator<Nic> change) {
        var vm = vms.get(request.<Vm>id(0));
        operations.requireFree(vm.id(), "to change a network interface of VM " + vm.name());
        return nics.changed(vm, nics.nic(request), change, request);
    }

    private static List<NetworkFilterParameter> of(Nic nic) {
        return Optional.ofNullable(nic.spec().networkFilterParameters()).orElse(List.of());
    }

    private static NetworkFilterParameter find(Nic nic, String id) {
        return of(nic).stream()
                .filter(each -> id.equals(each.id()))
                .findFirst()
                .orElseThrow(() -> Failure.notFound(
                        "The network interface " + nic.name() + " has no filter parameter with the id " + id));
    }

    private static Nic with(Nic nic, List<NetworkFilterParameter> parameters) {
        return new Nic(
                nic.id(),
                nic.name(),
                nic.vm(),
                nic.template(),
                nic.profile(),
                nic.mac(),
                nic.spec().toBuilder().networkFilterParameters(parameters).build());
    }

    private static NetworkFilterParameter checked(
            String id,
            @org.jspecify.annotations.Nullable String name,
            @org.jspecify.annotations.Nullable String value) {
        var plain = Optional.ofNullable(value).orElse("");
        if (name == null || !NAME.matcher(name).matches()) {
            throw Failure.badRequest("'" + name + "' cannot be the name of a filter's parameter")
                    .because("it has 1 to 63 letters, digits and _, such as IP or DHCPSERVER");
        }
        if (plain.isEmpty() || plain.length() > LONGEST || plain.chars().anyMatch(Character::isISOControl)) {
            throw Failure.badRequest("The filter's parameter " + name + " has no value that can be given to it")
                    .because("a value has 1 to " + LONGEST + " characters in one line");
        }
        return NetworkFilterParameter.builder().id(id).name(name).value_(plain).build();
    }

    private static NetworkFilterParameter shown(Nic nic, NetworkFilterParameter parameter) {
        return parameter.toBuilder()
                .nic(org.bellwether.api.types.Nic.builder()
                        .id(nic.id().toString())
                        .vm(org.bellwether.api.types.Vm.builder()
                                .id(nic.vmId().map(Object::toString).orElseThrow())
                                .build())
                        .build())
                .build();
    }
}
