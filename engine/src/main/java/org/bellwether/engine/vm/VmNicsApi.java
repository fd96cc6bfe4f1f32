package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.CONFIGURE_VM_NETWORK;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.UnaryOperator;
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
        routes.on("vm", "reorder_mac_addresses", CONFIGURE_VM_NETWORK, this::reorder);
        routes.on("vm_nic", "activate", CONFIGURE_VM_NETWORK, request -> plug(request, true));
        routes.on("vm_nic", "deactivate", CONFIGURE_VM_NETWORK, request -> plug(request, false));
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
        return Reply.of(document(vm, changed(vm, before, now -> over(now, sent), request)));
    }

    /** Changes it where the machine runs, too; the change is done to the interface as it is then, whoever changed it before. */
    Nic changed(Vm vm, Nic before, UnaryOperator<Nic> change, ApiRequest request) {
        var wanted = change.apply(before);
        if (changedOnHost(vm, before, wanted, request)) {
            return wanted;
        }
        return database.transaction(tx -> {
            requireStill(tx, vm);
            var after = vms.updateNic(tx, before, change);
            tell(tx, EventCode.NIC_UPDATED, vm, after, request, "changed on");
            return after;
        });
    }

    private Nic over(Nic now, org.bellwether.api.types.Nic sent) {
        var profile = sent.vnicProfile() == null ? now.profileId() : NicSpecs.profile(networks, sent.vnicProfile());
        return new Nic(
                now.id(),
                sent.name() == null ? now.name() : Names.checked(sent.name(), "a network interface"),
                now.vm(),
                null,
                profile.orElse(null),
                NicSpecs.sentMac(sent).map(MacAddresses::checked).orElse(now.mac()),
                NicSpecs.over(now.spec(), sent));
    }

    /** The addresses that the machine has, in the order of the names of its interfaces. */
    private Reply reorder(ApiRequest request) {
        var vm = vms.get(request.<Vm>id(0));
        operations.requireFree(vm.id(), "to reorder the MAC addresses of VM " + vm.name());
        if (vm.host() != null) {
            throw Failure.conflict("Cannot reorder the MAC addresses of VM " + vm.name())
                    .because("it is not down, and its interfaces would change under it")
                    .next("Shut it down first");
        }
        database.change(tx -> {
            requireStill(tx, vm);
            var nics = vms.nicsOf(vm.id()).stream()
                    .sorted(Comparator.comparing(Nic::name))
                    .toList();
            var macs = nics.stream().map(Nic::mac).sorted().toList();
            // No address may be there twice, not even for a moment.
            nics.forEach(nic -> vms.updateNic(tx, nic, now -> now.withMac(null)));
            for (int at = 0; at < nics.size(); at++) {
                var mac = macs.get(at);
                vms.updateNic(tx, nics.get(at), now -> now.withMac(mac));
            }
            nics.forEach(nic -> tell(tx, EventCode.NIC_UPDATED, vm, nic, request, "changed on"));
        });
        return Reply.done();
    }

    /** Plugs it in or out. */
    private Reply plug(ApiRequest request, boolean plugged) {
        var vm = vms.get(request.<Vm>id(0));
        var nic = nic(request);
        operations.requireFree(vm.id(), "to plug a network interface of VM " + vm.name());
        if (ChangeNic.plugged(nic) != plugged) {
            var wish = org.bellwether.api.types.Nic.builder().plugged(plugged).build();
            changed(vm, nic, now -> over(now, wish), request);
        }
        return Reply.done();
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

    /** The interface that the path names after the machine. */
    Nic nic(ApiRequest request) {
        var nic = vms.nic(request.id(1));
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
                .networkFilterParameters(null)
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
