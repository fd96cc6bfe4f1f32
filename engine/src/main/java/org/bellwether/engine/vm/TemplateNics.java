package org.bellwether.engine.vm;

import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.template.Machines;
import org.bellwether.engine.template.Template;

/** What templates need of machines. */
public final class TemplateNics {

    private final Vms vms;

    public TemplateNics(Vms vms) {
        this.vms = vms;
    }

    public Machines machines() {
        return new Machines(
                reference -> machine(References.find(vms.model(), reference, "vm")),
                this::copy,
                (tx, template) -> vms.nicsOfTemplate(template).forEach(nic -> vms.deleteNic(tx, nic)),
                template ->
                        vms.ofTemplate(template).stream().map(Vm::name).sorted().toList(),
                (template, domain) -> vms.ofTemplate(template).stream()
                        .filter(vm -> vms.hasDiskOn(vm, domain))
                        .map(Vm::name)
                        .sorted()
                        .toList());
    }

    private static Machines.Machine machine(Vm vm) {
        return new Machines.Machine(vm.id().value(), vm.name(), vm.cluster(), vm.host() == null, vm.spec(), vm.cd());
    }

    /** A template's interfaces have no addresses: each machine made from it gets its own. */
    private void copy(Transaction tx, UUID machine, Id<Template> template) {
        for (var nic : vms.nicsOf(Id.of(machine))) {
            vms.insertNic(tx, new Nic(Id.random(), nic.name(), null, template, nic.profile(), null, nic.spec()));
        }
    }
}
