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
import org.bellwether.protocol.ChangeCdRequest;
import org.jspecify.annotations.Nullable;

/** Puts another CD into the drive of a running machine, or takes it out. */
final class ChangeCd implements Operation<ChangeCd.Request> {

    static final String KIND = "change-cd";
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(10);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Vms vms;
    private final Agents agents;
    private final Events events;

    ChangeCd(Vms vms, Agents agents, Events events) {
        this.vms = vms;
        this.agents = agents;
        this.events = events;
    }

    /** @param disk null: the drive is emptied */
    record Request(
            Id<Vm> vm, String name, Id<Host> host, @Nullable String disk, String diskName, Asker asker) {}

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
        return "Changing the CD of VM " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.vm().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        journal.step("change it on the host", () -> {
            agents.of(request.host().value(), HOST_PATIENCE)
                    .ask(
                            LIMIT,
                            agent -> agent.changeCd(ChangeCdRequest.newBuilder()
                                    .setMachineId(request.vm().toString())
                                    .setCd(vms.definitions().cd(request.disk(), 0))
                                    .build()));
        });
        journal.commit("write it down", tx -> {
            vms.update(
                    tx,
                    request.vm(),
                    vm -> vm.host() == null ? vm : vm.running(vm.startedWith().withCd(request.disk())));
        });
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.VM_CD_CHANGED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                (request.disk() == null ? "The CD was taken out of" : "The CD " + request.diskName() + " was put into")
                        + " VM " + request.name() + " by " + request.asker().name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.VM_CD_CHANGE_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "The CD of VM " + request.name() + " could not be changed: " + failure.detail());
    }
}
