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
import org.bellwether.protocol.SetNicRequest;
import org.jspecify.annotations.Nullable;

/** Plugs a network interface into a running machine, changes it there, or plugs it out; then writes it down. */
final class ChangeNic implements Operation<ChangeNic.Request> {

    static final String KIND = "change-nic";
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(10);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String CHANGE = "change it on the host";
    private static final String SETTLE = "write it down";

    private final Vms vms;
    private final Agents agents;
    private final Events events;

    ChangeNic(Vms vms, Agents agents, Events events) {
        this.vms = vms;
        this.agents = agents;
        this.events = events;
    }

    /**
     * @param before as the machine has it; null: it is new
     * @param after as it is to be; null: it is to go
     */
    record Request(
            Id<Vm> vm,
            String vmName,
            Id<Host> host,
            @Nullable Nic before,
            @Nullable Nic after,
            Asker asker) {
        Nic any() {
            var nic = after == null ? before : after;
            if (nic == null) {
                throw new IllegalArgumentException("a change of nothing");
            }
            return nic;
        }
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
        return "Changing the network interface " + request.any().name() + " of VM " + request.vmName();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.vm().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        var after = request.after();
        journal.step(CHANGE, () -> set(request, request.any(), after != null && plugged(after)));
        journal.commit(SETTLE, tx -> {
            if (after == null) {
                vms.deleteNic(tx, request.any());
            } else if (request.before() == null) {
                vms.insertNic(tx, after);
            } else {
                vms.updateNic(tx, request.before(), any -> after);
            }
        });
    }

    static boolean plugged(Nic nic) {
        return !Boolean.FALSE.equals(nic.spec().plugged());
    }

    private void set(Request request, Nic nic, boolean plugged) {
        agents.of(request.host().value(), HOST_PATIENCE)
                .ask(
                        LIMIT,
                        agent -> agent.setNic(SetNicRequest.newBuilder()
                                .setMachineId(request.vm().toString())
                                .setNic(vms.definitions().nic(nic))
                                .setPlugged(plugged)
                                .build()));
    }

    @Override
    public void undo(Request request, Journal journal) {
        if (!journal.begun(CHANGE) || journal.outcome(SETTLE, Boolean.class).isPresent()) {
            return;
        }
        var before = request.before();
        try {
            set(request, before == null ? request.any() : before, before != null && plugged(before));
        } catch (Failure gone) {
            if (gone.kind() == Failure.Kind.UNAVAILABLE) {
                throw gone;
            }
            // The machine is off, or what failed cannot be taken back either: its next start goes by what is written
            // down.
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        boolean added = request.before() == null;
        boolean removed = request.after() == null;
        events.add(
                tx,
                added ? EventCode.NIC_ADDED : removed ? EventCode.NIC_REMOVED : EventCode.NIC_UPDATED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "The network interface " + request.any().name() + " was "
                        + (added ? "added to" : removed ? "removed from" : "changed on") + " the running VM "
                        + request.vmName() + " by " + request.asker().name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                request.before() == null
                        ? EventCode.NIC_ADD_FAILED
                        : request.after() == null ? EventCode.NIC_REMOVE_FAILED : EventCode.NIC_UPDATE_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "The network interface " + request.any().name() + " of the running VM " + request.vmName()
                        + " could not be changed: " + failure.detail());
    }
}
