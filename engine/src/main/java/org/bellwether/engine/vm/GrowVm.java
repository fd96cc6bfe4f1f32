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
import org.bellwether.protocol.GrowMachineRequest;

/** Gives a running machine other processors or more memory, and writes down that it runs with them. */
final class GrowVm implements Operation<GrowVm.Request> {

    static final String KIND = "grow-vm";
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(10);
    private static final Duration LIMIT = Duration.ofSeconds(45);

    private final Vms vms;
    private final Agents agents;
    private final Events events;

    GrowVm(Vms vms, Agents agents, Events events) {
        this.vms = vms;
        this.agents = agents;
        this.events = events;
    }

    /**
     * What it is to run with.
     *
     * @param cpus 0: as many as it has
     * @param memoryBytes 0: as much as it has
     */
    record Growth(org.bellwether.api.types.Vm spec, int cpus, long memoryBytes) {}

    record Request(Id<Vm> vm, String name, Id<Host> host, Growth growth, Asker asker) {}

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
        return "Changing processors and memory of VM " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.vm().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        journal.step(
                "change it on the host",
                () -> agents.of(request.host().value(), HOST_PATIENCE)
                        .ask(
                                LIMIT,
                                agent -> agent.growMachine(GrowMachineRequest.newBuilder()
                                        .setMachineId(request.vm().toString())
                                        .setCpus(request.growth().cpus())
                                        .setMemoryBytes(request.growth().memoryBytes())
                                        .build())));
        journal.commit("write it down", tx -> {
            vms.update(
                    tx,
                    request.vm(),
                    vm -> vm.host() == null
                            ? vm
                            : vm.running(vm.startedWith().with(request.growth().spec(), waits(vm))));
        });
    }

    private static boolean waits(Vm vm) {
        return vm.running() != null && vm.running().pending();
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        var growth = request.growth();
        if (growth.cpus() > 0) {
            events.add(
                    tx,
                    EventCode.VM_CPUS_CHANGED,
                    request.asker(),
                    Concerns.NOTHING.withVm(request.vm()),
                    "VM " + request.name() + " has " + growth.cpus() + " processors now.");
        }
        if (growth.memoryBytes() > 0) {
            events.add(
                    tx,
                    EventCode.VM_MEMORY_CHANGED,
                    request.asker(),
                    Concerns.NOTHING.withVm(request.vm()),
                    "VM " + request.name() + " has " + (growth.memoryBytes() >> 20) + " MiB of memory now.");
        }
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                request.growth().cpus() > 0 ? EventCode.VM_CPUS_CHANGE_FAILED : EventCode.VM_MEMORY_CHANGE_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "Processors and memory of VM " + request.name() + " could not be changed: " + failure.detail());
    }
}
