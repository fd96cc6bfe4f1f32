package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.availability.Takeover;
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
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.storage.VmLeases;
import org.bellwether.protocol.LeaseDescription;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a machine with a lease run again whose host is silent. The proof that it runs there no more is its lease: first
 * another host sees that the silent one cannot hold it any longer, and then libvirt takes it there before the machine's
 * first instruction. Whatever the engine believes, without the lease QEMU does not begin.
 */
final class RestartVm implements Operation<RestartVm.Request> {
    private static final Logger log = LoggerFactory.getLogger(RestartVm.class);

    static final String KIND = "restart-vm";

    /** More than twice what sanlock needs to give up a host with its usual timeouts. */
    private static final Duration PROOF_LIMIT = Duration.ofMinutes(6);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

    private final Vms vms;
    private final PlaceVm place;
    private final StartVm starts;
    private final StatelessDisks stateless;
    private final VmLeases leases;
    private final Agents agents;
    private final Events events;
    private final Clock clock;

    RestartVm(
            Vms vms,
            PlaceVm place,
            StartVm starts,
            StatelessDisks stateless,
            VmLeases leases,
            Agents agents,
            Events events,
            Clock clock) {
        this.vms = vms;
        this.place = place;
        this.starts = starts;
        this.stateless = stateless;
        this.leases = leases;
        this.agents = agents;
        this.events = events;
        this.clock = clock;
    }

    /**
     * @param lost the host that is silent
     * @param running what the machine runs with there
     * @param stateless whether what it wrote there is forgotten
     */
    record Request(
            Id<Vm> vm,
            String name,
            Id<Host> lost,
            String lostName,
            Id<StorageDomain> lease,
            @Nullable Running running,
            boolean stateless,
            Asker asker) {}

    /**
     * That the machine runs nowhere. There is none without a lease that proves it, and without one the machine cannot be
     * claimed for another host.
     *
     * @param holder who had its lease; null: it was proven by an engine that wrote down only the words
     */
    record Proof(LeaseDescription.@Nullable Holder holder, String words) {
        Proof {
            if (holder != null && !Takeover.proves(holder)) {
                throw new IllegalArgumentException("A lease that is " + holder + " proves nothing");
            }
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
        return "Restarting VM " + request.name() + " of Host " + request.lostName();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.vm().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        var host = journal.step("choose a host", StartVm.Chosen.class, () -> choose(request));
        place.remember(request.vm(), host.id(), host.cpus());
        var proof = journal.step("see that its lease is free", Proof.class, () -> prove(request, host));
        journal.commit("claim the machine for the host", tx -> claim(tx, request, host, proof));
        if (request.stateless()) {
            journal.step("let it write beside its disks", () -> stateless.cover(vms.get(request.vm())));
        }
        journal.step("start", () -> starts.start(request.vm(), host.id(), false, null));
        journal.step("wait for it to run", () -> starts.awaitRunning(request.vm(), request.name(), host));
    }

    private StartVm.Chosen choose(Request request) {
        return place.choose(vms.get(request.vm()), PlaceVm.Question.restart(request.lost(), request.lostName()));
    }

    private Proof prove(Request request, StartVm.Chosen host) {
        long deadline = System.nanoTime() + PROOF_LIMIT.toNanos();
        while (true) {
            if (agents.connected(request.lost().value())) {
                throw Failure.conflict("VM " + request.name() + " is not restarted elsewhere")
                        .because("its host " + request.lostName() + " is heard of again");
            }
            var seen = leases.inspect(host.id(), request.lease(), request.vm().value());
            if (Takeover.proves(seen.getHolder())) {
                return new Proof(seen.getHolder(), seen.getWords());
            }
            if (System.nanoTime() > deadline) {
                throw held(request, seen);
            }
            pause();
        }
    }

    private static Failure held(Request request, LeaseDescription seen) {
        return Failure.conflict("VM " + request.name() + " may still run on host " + request.lostName())
                .because("its lease is not free: " + seen.getWords())
                .undone("Nothing was started")
                .next("Look at that host: it works on its storage but the engine does not reach it");
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("Interrupted while waiting for a lease");
        }
    }

    /** Only as long as it is the silent host's: if that was heard of meanwhile, it has told how the machine is. */
    private void claim(Transaction tx, Request request, StartVm.Chosen host, Proof proof) {
        log.info("VM {} is claimed for host {}: {}", request.name(), host.name(), proof.words());
        vms.update(tx, request.vm(), vm -> {
            if (!Takeover.allowed(vm.hostId(), Optional.of(request.lost()))) {
                throw Failure.conflict("VM " + vm.name() + " is not host " + request.lostName() + "'s any more");
            }
            // It may have gone on from what was saved of it: then that does not fit its disks any more.
            starts.spendMemory(tx, request.vm());
            return vm.startingOn(
                            host.id(), clock.instant(), Running.asDecided(vm).on(host.cpus()))
                    .suspendedIn(null);
        });
    }

    /** It may run where it ran before: the lease may have been what kept it from starting. */
    @Override
    public void undo(Request request, Journal journal) {
        var host = journal.outcome("choose a host", StartVm.Chosen.class);
        if (host.isEmpty()
                || !journal.begun("claim the machine for the host")
                || !vms.get(request.vm()).hostId().equals(host.map(StartVm.Chosen::id))) {
            return;
        }
        if (journal.begun("start")) {
            starts.takeBack(request.vm(), host.get().id());
        }
        vms.moved(request.vm(), request.lost(), request.running());
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        var host = journal.outcome("choose a host", StartVm.Chosen.class).orElseThrow();
        var proof = journal.outcome("see that its lease is free", Proof.class).orElseThrow();
        events.add(
                tx,
                EventCode.VM_STARTED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()).withHost(host.id()),
                "VM " + request.name() + " was restarted on host " + host.name() + " after host " + request.lostName()
                        + " was lost. The proof that it runs there no more: its lease on "
                        + leases.name(request.lease()).orElse("?") + " was acquired; " + proof.words() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.HA_VM_RESTART_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()).withHost(request.lost()),
                "VM " + request.name() + " could not be restarted: " + failure.detail());
    }
}
