package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.HostStatus;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that highly available machines run again. A host that says that one fell is proof enough to start it anew.
 * Of a host that is silent nothing is known: a machine with a lease is restarted when the lease is free, and one without
 * waits until a person confirms that the host was rebooted.
 *
 * <p>After the engine's own absence every host counts as silent for a minute before it counts as lost, and even then
 * nothing happens without proof; so whoever is late to report is not taken for dead.
 */
public final class HighAvailability implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HighAvailability.class);
    /** In which machines are restarted, because room may not be there for all; {@code placement.WhatIf} foretells the same. */
    static final Comparator<Vm> ORDER = Comparator.<Vm>comparingInt(vm -> -ClusterView.priority(vm))
            .thenComparing(vm -> vm.id().value());

    private static final Duration PACE = Duration.ofSeconds(2);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final Database database;
    private final Vms vms;
    private final VmPools pools;
    private final Hosts hosts;
    private final Operations operations;
    private final StartVm startVm;
    private final RestartVm restartVm;
    private final Events events;
    private final Clock clock;
    private final ObjectTable<Fallen> fallen =
            new ObjectTable<>("fallen_vms", "fallen machine", Fallen.class, each -> Map.of());
    private final Map<Id<Vm>, Backoff> waiting = new ConcurrentHashMap<>();
    private final Map<Id<Vm>, Id<Host>> told = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** When a restart that failed is to be tried again, and how long to wait after that. */
    private record Backoff(long nanos, Duration pause) {
        static Backoff after(Duration pause) {
            return new Backoff(System.nanoTime() + pause.toNanos(), longer(pause));
        }

        boolean due() {
            return System.nanoTime() - nanos >= 0;
        }

        static Duration longer(Duration pause) {
            return pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    HighAvailability(
            Database database,
            Vms vms,
            VmPools pools,
            Hosts hosts,
            Operations operations,
            StartVm startVm,
            RestartVm restartVm,
            Events events,
            Clock clock) {
        this.database = database;
        this.vms = vms;
        this.pools = pools;
        this.hosts = hosts;
        this.operations = operations;
        this.startVm = startVm;
        this.restartVm = restartVm;
        this.events = events;
        this.clock = clock;
        operations.whenFree(object -> risen(Id.of(object)));
    }

    /** Begins to watch; once, when the engine acts. */
    public void start() {
        fallen.load(database);
        Thread.ofVirtual().name("high-availability").start(() -> {
            while (!closed) {
                try {
                    look();
                    tryAgain();
                } catch (RuntimeException e) { // one bad look must not end the watch
                    log.error("Highly available machines were not looked at", e);
                }
                sleep(PACE);
            }
        });
    }

    private void look() {
        for (var vm : vms.model().all().stream()
                .filter(Vm::highlyAvailable)
                .sorted(ORDER)
                .toList()) {
            var host = vm.hostId().flatMap(hosts.model()::find);
            if (host.isEmpty()) {
                continue;
            }
            if (hosts.status(host.get()) != HostStatus.NON_RESPONSIVE) {
                waiting.remove(vm.id());
                told.remove(vm.id());
            } else if (operations.holding(vm.id()).isEmpty()) {
                lost(vm, host.get());
            }
        }
    }

    private void lost(Vm vm, Host host) {
        var lease = vm.leaseDomain();
        if (lease.isEmpty()) {
            if (told.put(vm.id(), host.id()) == null) {
                event(
                        EventCode.HA_VM_FAILED,
                        vm,
                        host.id(),
                        "VM " + vm.name() + " is highly available and its host " + host.name()
                                + " is silent. It has no lease, so nobody knows whether it still runs there: when the"
                                + " host is off or was rebooted, confirm that and the machine is restarted.");
            }
            return;
        }
        var backoff = waiting.get(vm.id());
        if (backoff != null && !backoff.due()) {
            return;
        }
        waiting.put(vm.id(), Backoff.after(backoff == null ? FIRST_PAUSE : backoff.pause()));
        try {
            operations.begin(
                    restartVm,
                    new RestartVm.Request(
                            vm.id(),
                            vm.name(),
                            host.id(),
                            host.name(),
                            lease.get(),
                            vm.running(),
                            pools.stateless(vm),
                            Asker.engine()),
                    Asker.engine(),
                    tx -> add(
                            tx,
                            EventCode.HA_VM_FAILED,
                            vm,
                            host.id(),
                            "VM " + vm.name() + " is highly available and its host " + host.name()
                                    + " is silent. It is restarted elsewhere as soon as its lease proves that it runs"
                                    + " there no more."));
        } catch (Failure notNow) {
            log.info("VM {} is not restarted now: {}", vm.name(), notNow.detail());
        }
    }

    /** Those whose start failed and whose pause is over. */
    private void tryAgain() {
        List<Vm> due = new ArrayList<>();
        for (var each : fallen.model().all()) {
            var vm = vms.model().find(each.vm());
            if (vm.isEmpty() || !vm.get().highlyAvailable()) {
                database.change(tx -> fallen.delete(tx, each.id()));
            } else if (operations.holding(each.vm()).isEmpty()) {
                risen(each.vm());
                if (vm.get().host() == null && each.due().isBefore(clock.instant())) {
                    due.add(vm.get());
                }
            }
        }
        due.stream()
                .sorted(ORDER)
                .forEach(vm -> fallen.model().find(Fallen.of(vm.id())).ifPresent(last -> tryAgain(vm, last)));
    }

    private void tryAgain(Vm vm, Fallen last) {
        if (last.exhausted()) {
            database.change(tx -> {
                fallen.delete(tx, last.id());
                add(
                        tx,
                        EventCode.HA_VM_RESTARTS_EXCEEDED,
                        vm,
                        null,
                        "VM " + vm.name() + " could not be restarted in " + last.attempts()
                                + " attempts and is left down; start it when the reason is mended.");
            });
            return;
        }
        try {
            begin(vm, tx -> fallen.update(tx, last.id(), each -> each.again(clock.instant())));
        } catch (Failure notNow) {
            log.info("VM {} is not restarted now: {}", vm.name(), notNow.detail());
        }
    }

    /** A machine that a host has is not down any more, whoever started it. */
    private void risen(Id<Vm> id) {
        if (fallen.model().find(Fallen.of(id)).isPresent()
                && vms.model().find(id).filter(vm -> vm.host() != null).isPresent()) {
            database.change(tx -> fallen.delete(tx, Fallen.of(id)));
        }
    }

    /**
     * A machine fell, says its host, and is to run again: what that changes and the new start are one transaction.
     *
     * @param changes what follows from its fall
     */
    void fell(Vm vm, Id<Host> host, String reason, Consumer<Transaction> changes) {
        Consumer<Transaction> all = tx -> {
            changes.accept(tx);
            writeDown(tx, vm);
            add(
                    tx,
                    EventCode.HA_VM_FAILED,
                    vm,
                    host,
                    "VM " + vm.name() + " is highly available and went off: " + reason + ". It is being restarted.");
        };
        try {
            begin(vm, all);
        } catch (Failure notNow) {
            log.warn("VM {} is restarted later: {}", vm.name(), notNow.detail());
            database.change(all);
        }
    }

    /** Starts a machine whose host is proven to be gone, now or, when something is in the way, later. */
    void restart(Vm vm) {
        try {
            begin(vm, tx -> writeDown(tx, vm));
        } catch (Failure notNow) {
            log.info("VM {} is restarted later: {}", vm.name(), notNow.detail());
            database.change(tx -> writeDown(tx, vm));
        }
    }

    private void writeDown(Transaction tx, Vm vm) {
        fallen.delete(tx, Fallen.of(vm.id()));
        fallen.insert(tx, Fallen.now(vm, clock.instant()));
    }

    private void begin(Vm vm, Consumer<Transaction> changes) {
        var saved = vm.suspended() == null ? null : vm.suspended().state();
        operations.begin(
                startVm,
                new StartVm.Request(
                        vm.id(), vm.name(), Optional.empty(), false, pools.stateless(vm), null, saved, Asker.engine()),
                Asker.engine(),
                changes);
    }

    private void event(EventCode code, Vm vm, @Nullable Id<Host> host, String message) {
        database.change(tx -> add(tx, code, vm, host, message));
    }

    private void add(Transaction tx, EventCode code, Vm vm, @Nullable Id<Host> host, String message) {
        var concerns = Concerns.NOTHING.withVm(vm.id());
        events.add(tx, code, Asker.engine(), host == null ? concerns : concerns.withHost(host), message);
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
