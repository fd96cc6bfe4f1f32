package org.bellwether.engine.template;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.ImageCopies;
import org.bellwether.engine.storage.Tasks;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.protocol.SealImagesRequest;

/**
 * Makes a template of a machine that is down. Its rows are written by whoever begins this, disks locked; here each disk of
 * the machine is copied, or, when that fails, the whole template is taken away again.
 */
public final class CreateTemplate implements Operation<CreateTemplate.Request> {

    public static final String KIND = "create-template";
    private static final String CHOOSE_TO_SEAL = "choose a host to seal it";
    private static final String SEAL = "seal it";

    private final Templates templates;
    private final Disks disks;
    private final Volumes volumes;
    private final ImageCopies copies;
    private final Machines machines;
    private final Events events;

    public CreateTemplate(
            Templates templates, Disks disks, Volumes volumes, ImageCopies copies, Machines machines, Events events) {
        this.templates = templates;
        this.disks = disks;
        this.volumes = volumes;
        this.copies = copies;
        this.machines = machines;
        this.events = events;
    }

    /** A machine's disk, and the template's that its content goes to. */
    public record Copy(Id<Disk> from, Id<Disk> to, String name) {}

    public record Request(
            Id<Template> template,
            String name,
            UUID machine,
            String machineName,
            List<Copy> copies,
            boolean seal,
            Asker asker) {}

    record Chosen(Id<Host> id, String name) {}

    record Made(long provisionedBytes, long actualBytes) {}

    /** 2: sealed before any disk is unlocked. */
    @Override
    public int version() {
        return 2;
    }

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
        return "Creating Template " + request.name() + " from VM " + request.machineName();
    }

    /** With the machine locked nothing can start it while its disks are read. */
    @Override
    public Set<UUID> locks(Request request) {
        var locks = new HashSet<UUID>(Set.of(request.template().value(), request.machine()));
        request.copies().forEach(copy -> {
            locks.add(copy.from().value());
            locks.add(copy.to().value());
        });
        return locks;
    }

    @Override
    public void run(Request request, Journal journal) {
        for (int number = 1; number <= request.copies().size(); number++) {
            var copy = request.copies().get(number - 1);
            var host = journal.step(choosing(number), Chosen.class, () -> {
                var chosen = volumes.hostFor(disks.get(copy.from()), disks.get(copy.to()));
                return new Chosen(chosen.id(), chosen.name());
            });
            journal.step(
                    copying(number),
                    () -> copies.copy(
                            host.id(),
                            volumes.copying(
                                    Tasks.of(journal, copy.to().toString()),
                                    disks.get(copy.from()),
                                    disks.get(copy.to()),
                                    true)));
        }
        if (request.seal()) {
            var host = journal.step(CHOOSE_TO_SEAL, Chosen.class, () -> {
                var chosen = volumes.hostToSeal(all(request));
                return new Chosen(chosen.id(), chosen.name());
            });
            journal.step(
                    SEAL,
                    () -> copies.complete(
                            host.id(),
                            Tasks.of(journal, SEAL),
                            agent -> agent.sealImages(SealImagesRequest.newBuilder()
                                    .setTaskId(Tasks.of(journal, SEAL))
                                    .addAllDisks(java.util.Arrays.stream(all(request))
                                            .map(volumes::request)
                                            .toList())
                                    .build())));
        }
        for (int number = 1; number <= request.copies().size(); number++) {
            var copy = request.copies().get(number - 1);
            var made = journal.step("look at the copy of disk " + number, Made.class, () -> {
                var volume = volumes.inspect(disks.get(copy.to()));
                return new Made(volume.getCapacityBytes(), volume.getAllocatedBytes());
            });
            journal.commit("unlock the copy of disk " + number, tx -> {
                disks.update(
                        tx,
                        copy.to(),
                        disk -> disk.sized(made.provisionedBytes(), made.actualBytes())
                                .in(Disk.State.OK));
            });
        }
    }

    private Disk[] all(Request request) {
        return request.copies().stream().map(copy -> disks.get(copy.to())).toArray(Disk[]::new);
    }

    /** Refuses at once what would fail after everything was copied. */
    void requireSealer(String name, List<Disk> made) {
        if (made.isEmpty()) {
            throw Failure.conflict("The template " + name + " cannot be sealed")
                    .because("its machine has no disk that a template takes along")
                    .next("Make it without sealing it");
        }
        volumes.hostToSeal(made.toArray(Disk[]::new));
    }

    private static String choosing(int number) {
        return "choose a host to copy disk " + number;
    }

    private static String copying(int number) {
        return "copy disk " + number;
    }

    @Override
    public void undo(Request request, Journal journal) {
        journal.outcome(CHOOSE_TO_SEAL, Chosen.class)
                .ifPresent(host -> copies.cancel(host.id(), Tasks.of(journal, SEAL)));
        for (int number = 1; number <= request.copies().size(); number++) {
            var copy = request.copies().get(number - 1);
            var host = journal.outcome(choosing(number), Chosen.class);
            if (host.isPresent() && journal.begun(copying(number))) {
                copies.cancel(host.get().id(), Tasks.of(journal, copy.to().toString()));
                disks.model().find(copy.to()).ifPresent(volumes::delete);
            }
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.TEMPLATE_ADDED,
                request.asker(),
                Concerns.NOTHING.withTemplate(request.template()),
                "Template " + request.name() + " was created from VM " + request.machineName() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        disks.ofTemplate(request.template()).forEach(attachment -> disks.detach(tx, attachment.id()));
        request.copies().forEach(copy -> disks.delete(tx, copy.to()));
        machines.deleteNics().remove(tx, request.template());
        templates.delete(tx, request.template());
        events.add(
                tx,
                EventCode.TEMPLATE_ADD_FAILED,
                request.asker(),
                Concerns.NOTHING,
                "Template " + request.name() + " could not be created from VM " + request.machineName()
                        + " and was removed again: " + failure.detail());
    }
}
