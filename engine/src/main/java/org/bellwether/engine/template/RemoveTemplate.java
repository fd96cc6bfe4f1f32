package org.bellwether.engine.template;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.Volumes;

/**
 * Removes a template that no machine was made from. Its row goes in the transaction that begins this: the database lets it
 * go only when no machine stands on it, and from then on none can. Its disks follow.
 */
public final class RemoveTemplate implements Operation<RemoveTemplate.Request> {

    public static final String KIND = "remove-template";

    private final Templates templates;
    private final Disks disks;
    private final Volumes volumes;
    private final Machines machines;
    private final Events events;

    public RemoveTemplate(Templates templates, Disks disks, Volumes volumes, Machines machines, Events events) {
        this.templates = templates;
        this.disks = disks;
        this.volumes = volumes;
        this.machines = machines;
        this.events = events;
    }

    public record Request(Id<Template> template, String name, List<Id<Disk>> disks, Asker asker) {}

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Removing Template " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        var locks = new HashSet<UUID>(Set.of(request.template().value()));
        request.disks().forEach(disk -> locks.add(disk.value()));
        return locks;
    }

    /** The transaction that begins it. */
    void claim(Transaction tx, Request request) {
        disks.ofTemplate(request.template()).forEach(attachment -> disks.detach(tx, attachment.id()));
        request.disks().forEach(id -> disks.update(tx, id, disk -> disk.in(Disk.State.LOCKED)));
        machines.deleteNics().remove(tx, request.template());
        templates.delete(tx, request.template());
    }

    @Override
    public void run(Request request, Journal journal) {
        for (var id : request.disks()) {
            journal.step(
                    "delete the disk " + id + " from storage",
                    () -> disks.model().find(id).ifPresent(this::delete));
            journal.commit("forget the disk " + id, tx -> {
                disks.copiesOf(id).forEach(copy -> disks.forgetCopy(tx, copy.id()));
                disks.delete(tx, id);
            });
        }
    }

    /** From all storage domains that it lies on. */
    private void delete(Disk disk) {
        disks.copiesOf(disk.id()).forEach(copy -> volumes.delete(disk.on(copy.domain())));
        volumes.delete(disk);
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.TEMPLATE_REMOVED,
                request.asker(),
                Concerns.NOTHING,
                "Template " + request.name() + " was removed by "
                        + request.asker().name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        request.disks().stream()
                .filter(id -> disks.model().find(id).isPresent())
                .forEach(id -> {
                    disks.update(tx, id, disk -> disk.in(Disk.State.ILLEGAL));
                });
        events.add(
                tx,
                EventCode.TEMPLATE_REMOVE_FAILED,
                request.asker(),
                Concerns.NOTHING,
                "Template " + request.name() + " was removed, but disks of it are left on storage; remove these illegal"
                        + " disks again: " + failure.detail());
    }
}
