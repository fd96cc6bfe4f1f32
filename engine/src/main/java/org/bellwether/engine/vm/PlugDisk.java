package org.bellwether.engine.vm;

import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.DirectLuns;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;
import org.bellwether.protocol.MachineDiskRequest;
import org.bellwether.protocol.PlugDiskRequest;

/** Plugs an attached disk into a running machine, or out of it. Plugged out, it stays attached. */
public final class PlugDisk implements Operation<PlugDisk.Request> {

    public static final String KIND = "plug-disk";
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(60);
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String PLUG = "plug it in";
    private static final String SETTLE = "write it down";

    private final Disks disks;
    private final DirectLuns luns;
    private final MachineDefinitions definitions;
    private final Agents agents;
    private final Events events;

    public PlugDisk(Disks disks, DirectLuns luns, MachineDefinitions definitions, Agents agents, Events events) {
        this.disks = disks;
        this.luns = luns;
        this.definitions = definitions;
        this.agents = agents;
        this.events = events;
    }

    /** @param in whether it is plugged in; else it is plugged out */
    public record Request(
            Id<Vm> vm,
            String vmName,
            Id<Host> host,
            Id<DiskAttachment> attachment,
            Id<Disk> disk,
            String diskName,
            boolean in,
            Asker asker) {}

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
        return (request.in() ? "Plugging Disk " : "Unplugging Disk ")
                + request.diskName()
                + (request.in() ? " into VM " : " from VM ")
                + request.vmName();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.vm().value(), request.disk().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        if (request.in()) {
            journal.step(PLUG, () -> plug(request));
        } else {
            journal.step("ask the guest to let it go", () -> unplug(request));
        }
        journal.commit(SETTLE, tx -> {
            disks.updateAttachment(
                    tx,
                    request.attachment(),
                    now -> new DiskAttachment(
                            now.id(), now.name(), now.vm(), now.template(), now.disk(), request.in(), now.spec()));
        });
    }

    private void plug(Request request) {
        var attachment = disks.ofVm(request.vm()).stream()
                .filter(each -> each.id().equals(request.attachment()))
                .findFirst()
                .orElseThrow(() -> Failure.conflict(
                        "The disk " + request.diskName() + " is not attached to the machine any more"));
        // It is not yet written down as plugged in.
        luns.connect(request.host(), disks.get(request.disk()));
        agents.of(request.host().value(), HOST_PATIENCE)
                .ask(
                        LIMIT,
                        stub -> stub.plugDisk(PlugDiskRequest.newBuilder()
                                .setMachineId(request.vm().toString())
                                .setDisk(definitions.disk(attachment))
                                .build()));
    }

    private void unplug(Request request) {
        agents.of(request.host().value(), HOST_PATIENCE)
                .ask(
                        LIMIT,
                        stub -> stub.unplugDisk(MachineDiskRequest.newBuilder()
                                .setMachineId(request.vm().toString())
                                .setDiskId(request.disk().toString())
                                .build()));
    }

    @Override
    public void undo(Request request, Journal journal) {
        if (request.in()
                && journal.begun(PLUG)
                && journal.outcome(SETTLE, Boolean.class).isEmpty()) {
            try {
                unplug(request);
            } catch (Failure gone) {
                if (gone.kind() == Failure.Kind.UNAVAILABLE) {
                    throw gone;
                }
                // The machine is off or never had it: nothing is plugged in.
            }
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                request.in() ? EventCode.DISK_PLUGGED : EventCode.DISK_UNPLUGGED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "The disk " + request.diskName() + " was plugged " + (request.in() ? "into" : "out of") + " VM "
                        + request.vmName() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                request.in() ? EventCode.DISK_PLUG_FAILED : EventCode.DISK_UNPLUG_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "The disk " + request.diskName() + " could not be plugged " + (request.in() ? "into" : "out of")
                        + " VM " + request.vmName() + ": " + failure.detail());
    }
}
