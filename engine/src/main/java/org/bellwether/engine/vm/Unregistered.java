package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.ovf.OvfMachine;
import org.bellwether.engine.ovf.OvfMachine.OvfDisk;
import org.bellwether.engine.ovf.OvfReader;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.OvfStores;
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.storage.UnregisteredDisks;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.template.Templates;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Machines and templates that a storage domain carries and this engine does not know, and how they become its own. */
final class Unregistered {

    private static final Logger log = LoggerFactory.getLogger(Unregistered.class);

    private final Database database;
    private final Vms vms;
    private final Templates templates;
    private final Disks disks;
    private final OvfNics nics;
    private final OvfSpecs specs;
    private final ReturningLease leases;
    private final OvfStores stores;
    private final UnregisteredDisks images;
    private final Operations operations;
    private final Events events;
    private final Clock clock;

    Unregistered(
            Database database,
            Vms vms,
            Templates templates,
            Disks disks,
            Networks networks,
            OvfSpecs specs,
            ReturningLease leases,
            OvfStores stores,
            UnregisteredDisks images,
            Operations operations,
            Events events,
            Clock clock) {
        this.database = database;
        this.vms = vms;
        this.templates = templates;
        this.disks = disks;
        this.nics = new OvfNics(vms, networks);
        this.specs = specs;
        this.leases = leases;
        this.stores = stores;
        this.images = images;
        this.operations = operations;
        this.events = events;
        this.clock = clock;
    }

    /** All of a domain; a document that cannot be read is named in the log and left out. */
    List<OvfMachine> on(StorageDomain domain, boolean template) {
        var found = new ArrayList<OvfMachine>();
        stores.read(domain).forEach((id, text) -> {
            try {
                var machine = OvfReader.read(text);
                if (machine.template() == template && !known(machine)) {
                    found.add(machine);
                }
            } catch (Failure broken) {
                log.warn("{} on the storage domain {}: {}", id, domain.name(), broken.detail());
            }
        });
        return found;
    }

    OvfMachine get(StorageDomain domain, boolean template, UUID id) {
        return on(domain, template).stream()
                .filter(machine -> machine.id().equals(id))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The storage domain " + domain.name() + " has no unregistered "
                        + (template ? "template" : "machine") + " with the id " + id));
    }

    private boolean known(OvfMachine machine) {
        return machine.template()
                ? templates.model().find(Id.of(machine.id())).isPresent()
                : vms.model().find(Id.of(machine.id())).isPresent();
    }

    /** @param partial take it without the disks that cannot be had */
    record Wish(Optional<String> name, boolean partial, boolean freshMacs, RegistrationMappings mappings) {}

    Vm register(StorageDomain domain, UUID id, Wish wish, Asker asker) {
        var machine = get(domain, false, id);
        var name = wish.name().orElse(machine.name());
        requireFreeName(vms.model().named(name).isEmpty(), "machine", name);
        var taken = takable(domain, machine, wish);
        var told = specs.of(machine);
        var lease = leases.place(told, domain.cluster(), name);
        var arrived = told.lease().isPresent() && lease.isEmpty()
                ? told.but("its lease, which cannot be where it was")
                : told;
        var template = templates
                .model()
                .find(Id.<Template>of(machine.templateId()))
                .map(Template::id)
                .orElse(Template.BLANK);
        var vm = new Vm(
                Id.of(machine.id()),
                name,
                domain.cluster(),
                template,
                null,
                0,
                clock.instant(),
                null,
                null,
                null,
                arrived.spec());
        Consumer<Transaction> insert = tx -> {
            vms.insert(tx, vm);
            taken.forEach(each -> {
                take(tx, domain, each, attachment(each.disk(), vm.id().value(), null));
            });
            nics.insert(
                    tx,
                    domain.dataCenterId(),
                    Optional.of(vm.cluster()),
                    machine.nics(),
                    wish.mappings().of(machine.nics()),
                    Optional.of(vm.id()),
                    Optional.empty(),
                    wish.freshMacs());
            events.add(
                    tx,
                    EventCode.VM_REGISTERED,
                    asker,
                    Concerns.NOTHING.withVm(vm.id()).withStorageDomain(domain.id()),
                    "VM " + name + " was registered from the storage domain " + domain.name() + " by " + asker.name()
                            + lost(machine, taken) + arrived.without() + ".");
        };
        lease.ifPresentOrElse(place -> leases.begin(vm, place, asker, insert), () -> database.change(insert));
        return vm;
    }

    Template registerTemplate(StorageDomain domain, UUID id, Wish wish, Asker asker) {
        var machine = get(domain, true, id);
        var name = wish.name().orElse(machine.name());
        requireFreeName(templates.model().named(name).isEmpty(), "template", name);
        var taken = takable(domain, machine, wish);
        var arrived = specs.of(machine);
        Id<Template> template = Id.of(machine.id());
        var made = new Template(
                template, name, 1, template, domain.cluster(), machine.created(), templates.specOf(arrived.spec()));
        database.change(tx -> {
            templates.insert(tx, made);
            taken.forEach(each -> {
                take(tx, domain, each, attachment(each.disk(), null, template.value()));
            });
            nics.insert(
                    tx,
                    domain.dataCenterId(),
                    Optional.empty(),
                    machine.nics(),
                    wish.mappings().of(machine.nics()),
                    Optional.empty(),
                    Optional.of(template),
                    true);
            events.add(
                    tx,
                    EventCode.TEMPLATE_REGISTERED,
                    asker,
                    Concerns.NOTHING.withTemplate(template).withStorageDomain(domain.id()),
                    "Template " + name + " was registered from the storage domain " + domain.name() + " by "
                            + asker.name() + lost(machine, taken) + arrived.without() + ".");
        });
        return made;
    }

    private static void requireFreeName(boolean free, String kind, String name) {
        if (!free) {
            throw Failure.conflict("There is a " + kind + " called " + name + " already")
                    .next("Give another name");
        }
    }

    /** @param seen absent for a disk that is known already and is shared */
    private record Taken(OvfDisk disk, Optional<UnregisteredDisks.Seen> seen) {}

    private static String lost(OvfMachine machine, Collection<Taken> taken) {
        int lost = machine.disks().size() - taken.size();
        return lost == 0 ? "" : ", without " + lost + " of its disks";
    }

    /** The disks that lie on this domain whole; a machine that has others too is taken only by who says so. */
    private List<Taken> takable(StorageDomain domain, OvfMachine machine, Wish wish) {
        operations.requireFree(domain.id(), "registering " + machine.name());
        Map<UUID, UnregisteredDisks.Seen> there = new HashMap<>();
        images.on(domain).forEach(seen -> there.put(seen.id(), seen));
        var taken = new ArrayList<Taken>();
        var missing = new ArrayList<String>();
        for (OvfDisk disk : machine.disks()) {
            var seen = Optional.ofNullable(there.get(disk.id()))
                    .filter(each -> each.top().equals(disk.top().volume()));
            if (seen.isPresent()) {
                taken.add(new Taken(disk, seen.map(each -> each.named(disk.alias(), disk.description()))));
            } else if (known(disk).filter(each -> sharedOn(domain, each)).isPresent()) {
                taken.add(new Taken(disk, Optional.empty()));
            } else {
                missing.add(disk.alias() + " (" + disk.id() + ")");
            }
        }
        if (!missing.isEmpty() && !wish.partial()) {
            throw Failure.conflict(machine.name() + " cannot be registered completely")
                    .because("these disks are not whole on the storage domain " + domain.name()
                            + ", or belong to others already: " + String.join(", ", missing))
                    .undone("Nothing was changed")
                    .next("Give allow_partial_import to register it without them");
        }
        return taken;
    }

    private Optional<Disk> known(OvfDisk disk) {
        return disks.model()
                .find(Id.<Disk>of(disk.id()))
                .filter(known -> known.volume().equals(disk.top().volume()));
    }

    private static boolean sharedOn(StorageDomain domain, Disk disk) {
        return Boolean.TRUE.equals(disk.spec().shareable())
                && disk.domainId().equals(Optional.of(domain.id()))
                && disk.state() == Disk.State.OK;
    }

    private void take(Transaction tx, StorageDomain domain, Taken taken, DiskAttachment attachment) {
        var told = taken.disk();
        taken.seen()
                .ifPresentOrElse(
                        seen -> images.insert(
                                tx,
                                domain,
                                seen,
                                new UnregisteredDisks.Told(
                                        told.shareable(), told.wipeAfterDelete(), told.incrementalBackup())),
                        () -> disks.update(tx, attachment.disk(), now -> {
                            if (!sharedOn(domain, now)) {
                                throw Failure.conflict("The disk " + now.name() + " is not to be shared any more")
                                        .undone("Nothing was changed")
                                        .next("Ask again");
                            }
                            return now;
                        }));
        disks.attach(tx, attachment);
    }

    private static DiskAttachment attachment(
            OvfDisk disk,
            @org.jspecify.annotations.Nullable UUID vm,
            @org.jspecify.annotations.Nullable UUID template) {
        return new DiskAttachment(
                Id.random(),
                disk.alias(),
                vm,
                template,
                Id.<Disk>of(disk.id()),
                disk.plugged(),
                org.bellwether.api.types.DiskAttachment.builder()
                        .bootable(disk.bootable())
                        .interface_(OvfSpecs.bus(disk.bus()))
                        .passDiscard(disk.passDiscard())
                        .readOnly(disk.readOnly())
                        .usesScsiReservation(false)
                        .build());
    }
}
