package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.EDIT_ADMIN_VM_PROPERTIES;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bellwether.api.types.HostDevice;
import org.bellwether.api.types.MDevType;
import org.bellwether.api.types.Product;
import org.bellwether.api.types.Vendor;
import org.bellwether.api.types.VmMediatedDevice;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.protocol.ListHostDevicesRequest;

/**
 * Devices of hosts, and those that machines are given, on the wire. A host is asked for its devices each time: they come and
 * go with what people plug in. A machine has the devices of one host only, and has them from its next start on.
 */
final class HostDevicesApi {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration LOOK_LIMIT = Duration.ofSeconds(20);

    private final Database database;
    private final Vms vms;
    private final Hosts hosts;
    private final Agents agents;
    private final Operations operations;
    private final Events events;

    HostDevicesApi(Database database, Vms vms, Hosts hosts, Agents agents, Operations operations, Events events) {
        this.database = database;
        this.vms = vms;
        this.hosts = hosts;
        this.agents = agents;
        this.operations = operations;
        this.events = events;
    }

    void serve(ApiRoutes routes) {
        routes.read("host_devices", "list", request -> {
            var host = hosts.get(request.<Host>id(0));
            return Reply.list(asked(host).stream().map(device -> shown(host, device)));
        });
        routes.read("host_device", "get", request -> {
            var host = hosts.get(request.<Host>id(0));
            return Reply.of(shown(host, found(host, request.pathId(1))));
        });
        routes.read("vm_host_devices", "list", request -> {
            var vm = vms.get(request.<Vm>id(0));
            return Reply.list(VmHostDevices.of(vm).stream().map(device -> ofVm(vm, device)));
        });
        routes.read("vm_host_device", "get", request -> {
            var vm = vms.get(request.<Vm>id(0));
            return Reply.of(ofVm(vm, given(vm, request.pathId(1))));
        });
        routes.read("vm_mediated_devices", "list", request -> {
            vms.get(request.<Vm>id(0));
            return Reply.list(Stream.<VmMediatedDevice>empty());
        });
        routes.on("vm_mediated_devices", "add", EDIT_ADMIN_VM_PROPERTIES, request -> {
            throw noParts(vms.get(request.<Vm>id(0)));
        });
        routes.on("vm_host_devices", "add", EDIT_ADMIN_VM_PROPERTIES, this::add);
        routes.on("vm_host_device", "remove", EDIT_ADMIN_VM_PROPERTIES, this::remove);
    }

    /** Parts of a device are none that a machine can be given yet; the whole of it is. */
    private Failure noParts(Vm vm) {
        return Failure.conflict("VM " + vm.name() + " cannot be given a part of a host's device")
                .because(
                        "this engine does not divide devices; what they could be divided into is shown with the host's")
                .undone("Nothing was changed")
                .next("Give it a whole device: POST it to its hostdevices, or say bw vm device add");
    }

    private List<org.bellwether.protocol.HostDevice> asked(Host host) {
        return agents.of(host.id().value(), PATIENCE)
                .ask(LOOK_LIMIT, agent -> agent.listHostDevices(ListHostDevicesRequest.getDefaultInstance()))
                .getDevicesList();
    }

    /** By its id or its name: the one is made of the other. */
    private org.bellwether.protocol.HostDevice found(Host host, String wanted) {
        return asked(host).stream()
                .filter(device ->
                        device.getName().equals(wanted) || id(device.getName()).equals(wanted))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("Host " + host.name() + " has no device " + wanted)
                        .next("Ask for its list of devices"));
    }

    private Reply add(ApiRequest request) {
        var vm = vms.get(request.<Vm>id(0));
        var sent = request.body(HostDevice.class);
        var wanted = Optional.ofNullable(sent.id())
                .or(() -> Optional.ofNullable(sent.name()))
                .orElseThrow(() -> Failure.badRequest("Which device VM " + vm.name() + " is to be given is not said")
                        .next("Send its id or its name"));
        var host = host(vm, sent);
        if (VmHostDevices.host(vm)
                .filter(other -> !other.equals(host.id().value()))
                .isPresent()) {
            throw Failure.conflict("VM " + vm.name() + " cannot be given a device of host " + host.name())
                    .because("it has devices of another host already, and runs only there")
                    .next("Take those away first");
        }
        var device = found(host, wanted);
        if (!device.getUnusable().isEmpty()) {
            throw Failure.conflict("VM " + vm.name() + " cannot be given the device " + device.getName() + " of host "
                            + host.name())
                    .because(device.getUnusable())
                    .undone("Nothing was changed");
        }
        var saved = HostDevice.builder()
                .id(id(device.getName()))
                .name(device.getName())
                .capability(device.getCapability())
                .host(org.bellwether.api.types.Host.builder()
                        .id(host.id().toString())
                        .build())
                .build();
        requireFree(vm, host, device.getName());
        var all = new ArrayList<>(VmHostDevices.of(vm));
        all.removeIf(each -> device.getName().equals(each.name()));
        all.add(saved);
        write(
                request,
                vm,
                all,
                "VM " + vm.name() + " was given the device " + device.getName() + " of host " + host.name() + " by "
                        + Asker.of(request).name() + "; it has it from its next start on, and runs only there.");
        return Reply.created(ofVm(vm, saved));
    }

    /** The one that is named, the one whose devices it has, or the one that it is pinned to. */
    private Host host(Vm vm, HostDevice sent) {
        if (sent.host() != null) {
            return hosts.referred(sent.host());
        }
        var policy = vm.spec().placementPolicy();
        var pinned = policy == null ? null : policy.hosts();
        return VmHostDevices.host(vm)
                .map(id -> hosts.get(Id.<Host>of(id)))
                .or(() -> Optional.ofNullable(pinned)
                        .filter(list -> list.size() == 1)
                        .map(list -> hosts.referred(list.getFirst())))
                .orElseThrow(() -> Failure.conflict(
                                "Of which host VM " + vm.name() + " is to be given a device is not known")
                        .next("Name the host, or pin the machine to it first"));
    }

    private void requireFree(Vm vm, Host host, String device) {
        vms.model().all().stream()
                .filter(other -> !other.id().equals(vm.id()))
                .filter(other -> VmHostDevices.host(other)
                        .filter(host.id().value()::equals)
                        .isPresent())
                .filter(other -> VmHostDevices.of(other).stream().anyMatch(each -> device.equals(each.name())))
                .findFirst()
                .ifPresent(other -> {
                    throw Failure.conflict("VM " + vm.name() + " cannot be given the device " + device)
                            .because("VM " + other.name() + " has it")
                            .next("Take it away from that one first");
                });
    }

    private Reply remove(ApiRequest request) {
        var vm = vms.get(request.<Vm>id(0));
        var gone = given(vm, request.pathId(1));
        write(
                request,
                vm,
                VmHostDevices.of(vm).stream().filter(each -> !each.equals(gone)).toList(),
                "The device " + gone.name() + " was taken away from VM " + vm.name() + " by "
                        + Asker.of(request).name() + "; it does not have it from its next start on.");
        return Reply.done();
    }

    private static HostDevice given(Vm vm, String id) {
        return VmHostDevices.of(vm).stream()
                .filter(each -> id.equals(each.id()))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("VM " + vm.name() + " has no host device with the id " + id));
    }

    private void write(ApiRequest request, Vm vm, List<HostDevice> devices, String words) {
        operations.requireFree(vm.id(), "changing the host devices of VM " + vm.name());
        if (vm.suspended() != null) {
            throw Failure.conflict("The host devices of VM " + vm.name() + " cannot be changed while it is suspended")
                    .next("Start it and shut it down first");
        }
        database.change(tx -> {
            vms.update(tx, vm.id(), now -> {
                var changed = now.named(
                        now.name(),
                        now.spec().toBuilder()
                                .hostDevices(devices.isEmpty() ? null : devices)
                                .build());
                return now.host() == null
                        ? changed
                        : changed.running(now.startedWith().with(now.effective(), true));
            });
            events.add(tx, EventCode.VM_UPDATED, Asker.of(request), Concerns.NOTHING.withVm(vm.id()), words);
        });
    }

    private static HostDevice ofVm(Vm vm, HostDevice device) {
        return device.toBuilder()
                .vm(org.bellwether.api.types.Vm.builder().id(vm.id().toString()).build())
                .build();
    }

    private static HostDevice shown(Host host, org.bellwether.protocol.HostDevice device) {
        var shown = HostDevice.builder()
                .id(id(device.getName()))
                .name(device.getName())
                .capability(device.getCapability())
                .host(org.bellwether.api.types.Host.builder()
                        .id(host.id().toString())
                        .build());
        if (!device.getVendorId().isEmpty() || !device.getVendor().isEmpty()) {
            shown.vendor(Vendor.builder()
                    .id(device.getVendorId())
                    .name(device.getVendor())
                    .build());
        }
        if (!device.getProductId().isEmpty() || !device.getProduct().isEmpty()) {
            shown.product(Product.builder()
                    .id(device.getProductId())
                    .name(device.getProduct())
                    .build());
        }
        if (!device.getDriver().isEmpty()) {
            shown.driver(device.getDriver());
        }
        if (device.getIsolated()) {
            shown.iommuGroup((long) device.getIommuGroup());
        }
        if (!device.getParent().isEmpty()) {
            shown.parentDevice(HostDevice.builder()
                    .id(id(device.getParent()))
                    .name(device.getParent())
                    .build());
        }
        if (device.getMediatedTypesCount() > 0) {
            shown.mDevTypes(device.getMediatedTypesList().stream()
                    .map(type -> MDevType.builder()
                            .name(type.getName())
                            .humanReadableName(type.getReadable())
                            .description(type.getDescription())
                            .availableInstances((long) type.getAvailable())
                            .build())
                    .toList());
        }
        if (!device.getUnusable().isEmpty()) {
            shown.comment("It cannot be given to a machine: " + device.getUnusable());
        }
        return shown.build();
    }

    /** As oVirt makes it: the name's bytes in hexadecimal. */
    private static String id(String name) {
        return HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8));
    }
}
