package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.CONFIGURE_VM_NETWORK;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import org.bellwether.api.types.Mac;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.network.MacAddresses;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/** The network interfaces of machines on the wire. */
final class VmNicsApi {

    private static final Duration PATIENCE = Duration.ofSeconds(75);

    private final Database database;
    private final Vms vms;
    private final Networks networks;
    private final GuestReports guests;
    private final Operations operations;
    private final Events events;
    private final ChangeNic change;

    VmNicsApi(
            Database database,
            Vms vms,
            Networks networks,
            GuestReports guests,
            Operations operations,
            Events events,
            ChangeNic change) {
        this.change = change;
        this.database = database;
        this.vms = vms;
        this.networks = networks;
        this.guests = guests;
        this.operations = operations;
        this.events = events;
    }

    void serve(ApiRoutes routes) {
        routes.read("vm_nics", "list", request -> {
            var vm = vms.get(request.<Vm>id(0));
            return Reply.list(vms.nicsOf(vm.id()).stream()
                    .sorted(Comparator.comparing(Nic::name))
                    .map(nic -> document(vm, nic)));
        });
        routes.on("vm_nics", "add", CONFIGURE_VM_NETWORK, this::add);
        routes.read("vm_nic", "get", request -> Reply.of(document(vms.get(request.id(0)), nic(request))));
        routes.on("vm_nic", "update", CONFIGURE_VM_NETWORK, this::update);
        routes.on("vm_nic", "remove", CONFIGURE_VM_NETWORK, this::remove);
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Nic.class);
        var vm = vms.get(request.<Vm>id(0));
        operations.requireFree(vm.id(), "to add a network interface to VM " + vm.name());
        Id<Nic> id = Id.random();
        var mac = NicSpecs.sentMac(sent).map(MacAddresses::checked);
        var made = new Nic(
                id,
                Names.checked(sent.name(), "a network interface"),
                vm.id(),
                null,
                NicSpecs.profile(networks, sent.vnicProfile()).orElse(null),
                mac.orElseGet(() -> vms.freeMac(vm.cluster(), id)),
                NicSpecs.over(NicSpecs.defaults(), sent));
        if (changedOnHost(vm, null, made, request)) {
            return Reply.created(document(vm, made));
        }
        database.change(tx -> {
            requireStill(tx, vm);
            vms.insertNic(tx, made);
            tell(tx, EventCode.NIC_ADDED, vm, made, request, "added to");
        });
        return Reply.created(document(vm, made));
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Nic.class);
        var vm = vms.get(request.<Vm>id(0));
        var before = nic(request);
        operations.requireFree(vm.id(), "to change a network interface of VM " + vm.name());
        var profile = sent.vnicProfile() == null ? before.profileId() : NicSpecs.profile(networks, sent.vnicProfile());
        var changed = new Nic(
                before.id(),
                sent.name() == null ? before.name() : Names.checked(sent.name(), "a network interface"),
                before.vm(),
                null,
                profile.orElse(null),
                NicSpecs.sentMac(sent).map(MacAddresses::checked).orElse(before.mac()),
                NicSpecs.over(before.spec(), sent));
        if (changedOnHost(vm, before, changed, request)) {
            return Reply.of(document(vm, changed));
        }
        database.change(tx -> {
            requireStill(tx, vm);
            vms.updateNic(tx, before, any -> changed);
            tell(tx, EventCode.NIC_UPDATED, vm, changed, request, "changed on");
        });
        return Reply.of(document(vm, changed));
    }

    private Reply remove(ApiRequest request) {
        var vm = vms.get(request.<Vm>id(0));
        var nic = nic(request);
        operations.requireFree(vm.id(), "to remove a network interface of VM " + vm.name());
        if (changedOnHost(vm, nic, null, request)) {
            return Reply.done();
        }
        database.change(tx -> {
            requireStill(tx, vm);
            vms.deleteNic(tx, nic);
            tell(tx, EventCode.NIC_REMOVED, vm, nic, request, "removed from");
        });
        return Reply.done();
    }

    /** Of a machine that runs, a change is done to it first. Whether it ran. */
    private boolean changedOnHost(Vm vm, @Nullable Nic before, @Nullable Nic after, ApiRequest request) {
        if (vm.host() == null) {
            return false;
        }
        var asker = Asker.of(request);
        operations.await(
                operations.begin(
                        change, new ChangeNic.Request(vm.id(), vm.name(), vm.host(), before, after, asker), asker),
                PATIENCE);
        return true;
    }

    /** A machine that was down a moment ago may have been started since, without what is being written down. */
    private void requireStill(Transaction tx, Vm vm) {
        vms.update(tx, vm.id(), now -> {
            if (now.host() != null) {
                throw Failure.conflict("VM " + now.name() + " was started a moment ago")
                        .undone("Nothing was changed")
                        .next("Ask again");
            }
            return now;
        });
    }

    private Nic nic(ApiRequest request) {
        var nic = vms.nic(request.id());
        if (!nic.vmId().equals(Optional.of(request.<Vm>id(0)))) {
            throw Failure.notFound("The machine has no network interface with the id " + nic.id());
        }
        return nic;
    }

    private void tell(Transaction tx, EventCode code, Vm vm, Nic nic, ApiRequest request, String what) {
        var asker = Asker.of(request);
        events.add(
                tx,
                code,
                asker,
                Concerns.NOTHING.withVm(vm.id()),
                "The network interface " + nic.name() + " was " + what + " VM " + vm.name() + " by " + asker.name()
                        + ".");
    }

    private org.bellwether.api.types.Nic document(Vm vm, Nic nic) {
        var document = nic.spec().toBuilder()
                .id(nic.id().toString())
                .name(nic.name())
                .synced(true)
                .vm(org.bellwether.api.types.Vm.builder().id(vm.id().toString()).build())
                .reportedDevices(guests.devices(vm, Optional.of(nic)));
        if (nic.mac() != null) {
            document.mac(Mac.builder().address(nic.mac()).build());
        }
        nic.profileId()
                .ifPresent(profile -> document.vnicProfile(org.bellwether.api.types.VnicProfile.builder()
                        .id(profile.toString())
                        .build()));
        return document.build();
    }
}
