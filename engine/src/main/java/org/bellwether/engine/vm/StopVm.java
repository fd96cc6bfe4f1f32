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
import org.bellwether.protocol.MachineRequest;

/** Pulls a machine's plug and sees it gone. */
final class StopVm implements Operation<StopVm.Request> {

    static final String KIND = "stop-vm";
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    private final Vms vms;
    private final Agents agents;
    private final ObservedMachines observed;
    private final KeptStates kept;
    private final Events events;

    StopVm(Vms vms, Agents agents, ObservedMachines observed, KeptStates kept, Events events) {
        this.kept = kept;
        this.vms = vms;
        this.agents = agents;
        this.observed = observed;
        this.events = events;
    }

    record Request(Id<Vm> vm, String name, Id<Host> host, String reason, Asker asker) {}

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
        return "Stopping VM " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.vm().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        journal.step("stop", () -> onHost(request));
        journal.step("release it from the host", () -> vms.release(request.vm(), request.host(), request.reason()));
        journal.step("forget it on the host", () -> forget(request));
    }

    private void onHost(Request request) {
        try {
            var state = agents.of(request.host().value(), HOST_PATIENCE)
                    .ask(STOP_LIMIT, agent -> agent.stopMachine(machine(request)));
            observed.put(request.host(), request.vm(), state);
            kept.take(vms.get(request.vm()), request.host());
        } catch (Failure failure) {
            // Only the host's own word counts as the proof that it is not there.
            if (failure.kind() != Failure.Kind.NOT_FOUND) {
                throw failure;
            }
        }
    }

    private void forget(Request request) {
        agents.of(request.host().value(), HOST_PATIENCE)
                .ask(STOP_LIMIT, agent -> agent.forgetMachine(machine(request)));
        observed.remove(request.host(), request.vm());
    }

    private static MachineRequest machine(Request request) {
        return MachineRequest.newBuilder()
                .setMachineId(request.vm().toString())
                .setForce(true)
                .setReason(request.reason())
                .build();
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.VM_STOPPED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()).withHost(request.host()),
                "VM " + request.name() + " was powered off by "
                        + request.asker().name() + "."
                        + (request.reason().isBlank() ? "" : " Reason: " + request.reason() + "."));
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.VM_STOP_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()).withHost(request.host()),
                "VM " + request.name() + " could not be stopped: " + failure.detail());
    }
}
