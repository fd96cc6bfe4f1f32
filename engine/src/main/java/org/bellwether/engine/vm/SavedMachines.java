package org.bellwether.engine.vm;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;

/** Puts machines back to how they were when a snapshot was taken. */
final class SavedMachines {

    private final Vms vms;
    private final Disks disks;
    private final Networks networks;

    SavedMachines(Vms vms, Disks disks, Networks networks) {
        this.vms = vms;
        this.disks = disks;
        this.networks = networks;
    }

    /** Settings and network interfaces; the machine keeps its name. */
    void restore(Transaction tx, Id<Vm> id, Snapshot.SavedMachine saved) {
        // Its lease is not part of what was saved: it is on its storage domain as it is.
        vms.update(tx, id, vm -> vm.named(vm.name(), LeaseWish.with(saved.spec(), vm.leaseDomain())));
        var kept = new HashSet<Id<Nic>>();
        var now = List.copyOf(vms.nicsOf(id));
        for (var nic : saved.nics()) {
            kept.add(nic.id());
            var present =
                    now.stream().filter(each -> each.id().equals(nic.id())).findFirst();
            var wanted = usable(nic, present);
            present.ifPresentOrElse(
                    current -> vms.updateNic(tx, current, any -> wanted), () -> vms.insertNic(tx, wanted));
        }
        now.stream().filter(nic -> !kept.contains(nic.id())).forEach(nic -> vms.deleteNic(tx, nic));
    }

    /** Its profile may have been removed since, and its address given to another machine. */
    private Nic usable(Nic saved, Optional<Nic> present) {
        var profile =
                saved.profileId().filter(id -> networks.profiles().find(id).isPresent());
        var mac = saved.mac();
        boolean own = present.filter(nic -> nic.mac() != null && nic.mac().equals(mac))
                .isPresent();
        boolean usable = mac != null && (own || vms.macIsFree(mac));
        return new Nic(
                saved.id(),
                saved.name(),
                saved.vm(),
                null,
                profile.orElse(null),
                usable ? mac : vms.freeMac(vms.get(saved.vmId().orElseThrow()).cluster(), saved.id()),
                saved.spec());
    }

    /** A disk with its volume, size and place in the machine as saved. */
    void restore(Transaction tx, Id<Vm> vm, Snapshot.SavedDisk saved, Disk.State state) {
        disks.update(tx, saved.disk(), disk -> saved.of(disk).in(state));
        disks.ofVm(vm).stream()
                .filter(each -> each.disk().equals(saved.disk()))
                .forEach(each -> disks.updateAttachment(
                        tx,
                        each.id(),
                        now -> new DiskAttachment(
                                now.id(),
                                now.name(),
                                now.vm(),
                                now.template(),
                                now.disk(),
                                saved.active(),
                                saved.spec())));
    }
}
