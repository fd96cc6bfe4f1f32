package org.bellwether.engine.vm;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MachineStatistics;

/** What the hosts say of their machines: a cache of the hosts, empty at the engine's start. */
public final class ObservedMachines {

    private final Map<Id<Host>, Map<Id<Vm>, MachineState>> byHost = new ConcurrentHashMap<>();
    private final Set<Id<Host>> off = ConcurrentHashMap.newKeySet();
    private final Map<Id<Vm>, MachineStatistics> statistics = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile Consumer<Id<Vm>> listener = any -> {};

    /** @param changed is told of every machine of which a host says something new; must be quick */
    public void listen(Consumer<Id<Vm>> changed) {
        this.listener = changed;
    }

    /** What one host says of one machine. */
    public Optional<MachineState> on(Id<Host> host, Id<Vm> vm) {
        return Optional.ofNullable(byHost.getOrDefault(host, Map.of()).get(vm));
    }

    /** Whether a host says that it executes a machine. */
    public boolean executes(Id<Host> host, Id<Vm> vm) {
        return on(host, vm).filter(VmStatus::executes).isPresent();
    }

    /** All that one host says. */
    public Collection<MachineState> on(Id<Host> host) {
        return List.copyOf(byHost.getOrDefault(host, Map.of()).values());
    }

    /** Every host on which QEMU is there for the machine. */
    public List<Id<Host>> hostsOf(Id<Vm> vm) {
        return byHost.entrySet().stream()
                .filter(entry -> Optional.ofNullable(entry.getValue().get(vm))
                        .filter(VmStatus::lives)
                        .isPresent())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Every host that has the machine, on or off. */
    List<Id<Host>> seenBy(Id<Vm> vm) {
        return byHost.entrySet().stream()
                .filter(entry -> entry.getValue().containsKey(vm))
                .map(Map.Entry::getKey)
                .toList();
    }

    public Optional<MachineStatistics> statistics(Id<Vm> vm) {
        return Optional.ofNullable(statistics.get(vm));
    }

    /** A host is proven to be off: until it is heard of again, it has no machines. */
    void off(Id<Host> host) {
        off.add(host);
        var before = byHost.remove(host);
        wake();
        if (before != null) {
            before.keySet().forEach(listener);
        }
    }

    /** Whether a host was proven to be off and was not heard of since. */
    boolean isOff(Id<Host> host) {
        return off.contains(host);
    }

    void replaceAll(Id<Host> host, Map<Id<Vm>, MachineState> machines) {
        off.remove(host);
        var before = byHost.put(host, new ConcurrentHashMap<>(machines));
        wake();
        machines.keySet().forEach(listener);
        if (before != null) {
            before.keySet().stream().filter(id -> !machines.containsKey(id)).forEach(listener);
        }
    }

    void put(Id<Host> host, Id<Vm> vm, MachineState machine) {
        byHost.computeIfAbsent(host, any -> new ConcurrentHashMap<>()).put(vm, machine);
        wake();
        listener.accept(vm);
    }

    void remove(Id<Host> host, Id<Vm> vm) {
        byHost.getOrDefault(host, new HashMap<>()).remove(vm);
        statistics.remove(vm);
        wake();
        listener.accept(vm);
    }

    void put(Id<Vm> vm, MachineStatistics newest) {
        statistics.put(vm, newest);
    }

    /** A host changed in a way that may matter to somebody who waits. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until {@code look} answers something.
     *
     * @throws Failure what {@code late} makes, when it has not within {@code limit}
     */
    <T> T await(Duration limit, Supplier<Optional<T>> look, Supplier<Failure> late) {
        long deadline = System.nanoTime() + limit.toNanos();
        lock.lock();
        try {
            while (true) {
                var found = look.get();
                if (found.isPresent()) {
                    return found.get();
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw late.get();
                }
                // Also looks again by itself: time passing may be what is waited for.
                changed.awaitNanos(Math.min(left, Duration.ofSeconds(1).toNanos()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("Interrupted while waiting for a machine");
        } finally {
            lock.unlock();
        }
    }
}
