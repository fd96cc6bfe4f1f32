package org.bellwether.engine.licence;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.placement.CpuSet;
import org.bellwether.engine.placement.HostThread;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.vm.CpuPlans;
import org.bellwether.engine.vm.Vm;
import org.bellwether.engine.vm.Vms;
import org.bellwether.protocol.HostDescription;

/**
 * Changes licence zones. What widens what may be used is refused unless a reason is given, and then kept with who gave it: a
 * licence is not widened by an oversight, and nobody has to guess later who did.
 */
final class ChangeZones {

    private static final int LONGEST_REASON = 500;

    private final Database database;
    private final LicenceZones zones;
    private final LicenceRepository records;
    private final Hosts hosts;
    private final Vms vms;
    private final Events events;
    private final Clock clock;

    ChangeZones(
            Database database,
            LicenceZones zones,
            LicenceRepository records,
            Hosts hosts,
            Vms vms,
            Events events,
            Clock clock) {
        this.database = database;
        this.zones = zones;
        this.records = records;
        this.hosts = hosts;
        this.vms = vms;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Who asks, and why.
     *
     * @param because the reason for the record; empty: none was given
     */
    record Order(Asker asker, String because) {
        Order {
            because = because.strip();
            if (because.length() > LONGEST_REASON || because.codePoints().anyMatch(Character::isISOControl)) {
                throw Failure.badRequest("A reason has at most " + LONGEST_REASON + " characters, on one line");
            }
        }
    }

    /**
     * A zone as it would become.
     *
     * @param what what is changed, as a sentence without its end
     * @param widening why more could be used then; absent: it could not
     */
    private record Step(LicenceZone after, String what, Optional<String> widening, Concerns concerns) {}

    LicenceZone create(String name, Cluster cluster, Order order) {
        if (!name.matches("[A-Za-z0-9._-]{1,60}")) {
            throw Failure.badRequest("A licence zone cannot be called '" + name + "'")
                    .because("its name has 1 to 60 letters, digits and . _ -");
        }
        if (!records.changes(name).isEmpty() && zones.named(name).isEmpty()) {
            throw Failure.conflict("There was a licence zone " + name + " before")
                    .because("its evidence is kept under that name")
                    .next("Choose another name");
        }
        var zone = new LicenceZone(Id.random(), name, cluster.id(), List.of(), List.of());
        database.change(tx -> {
            zones.insert(tx, zone);
            var what = "The licence zone " + name + " was made in cluster " + cluster.name();
            record(tx, order, new Step(zone, what, Optional.empty(), concerning(zone)));
        });
        return zone;
    }

    LicenceZone declare(LicenceZone zone, Host host, String cpus, Order order) {
        if (!host.cluster().equals(zone.cluster())) {
            throw Failure.conflict("Host " + host.name() + " cannot be declared for the licence zone " + zone.name())
                    .because("it is in another cluster");
        }
        var description = hosts.observed(host.id()).description().orElse(HostDescription.getDefaultInstance());
        var threads = CpuPlans.threads(description);
        if (threads.isEmpty()) {
            throw Failure.conflict("The cores of host " + host.name() + " cannot be declared")
                    .because("it has not told what processors it has")
                    .next("Bring it up, with an agent of this version");
        }
        var numbers = numbers(cpus, threads);
        var missing = new TreeSet<>(numbers);
        missing.removeAll(threads.stream().map(HostThread::number).collect(Collectors.toSet()));
        if (!missing.isEmpty() || numbers.isEmpty()) {
            throw Failure.badRequest("The CPUs '" + cpus + "' of host " + host.name() + " cannot be declared")
                    .because(
                            numbers.isEmpty()
                                    ? "there is none among them"
                                    : "it has no CPU " + CpuSet.text(missing) + ", but "
                                            + CpuSet.text(threads.stream()
                                                    .map(HostThread::number)
                                                    .toList()));
        }
        var declared = new LicenceZone.DeclaredHost(
                host.id(),
                host.name(),
                description.getHardwareUuid(),
                description.getCpu().getModelName(),
                CpuSet.text(numbers),
                threads,
                clock.instant(),
                order.asker().name());
        return change(zone, order, before -> {
            var known = before.host(host.id());
            known.ifPresent(was -> requireUnused(before, was, numbers));
            return new Step(
                    before.with(declared),
                    "The CPUs " + declared.cpus() + " of host " + host.name() + " (" + declared.declared() + " of "
                            + declared.all() + ") were declared for the licence zone " + zone.name()
                            + known.map(was -> ", in place of " + was.cpus() + " (" + was.declared() + ")")
                                    .orElse(""),
                    widening(known, declared),
                    concerning(zone).withHost(host.id()));
        });
    }

    private static Set<Integer> numbers(String cpus, List<HostThread> threads) {
        if (cpus.equals("all")) {
            return threads.stream().map(HostThread::number).collect(Collectors.toSet());
        }
        if (!CpuSet.valid(cpus)) {
            throw Failure.badRequest("'" + cpus + "' is no set of CPUs")
                    .because("a set is numbers and ranges, such as 0-3,8, or the word all");
        }
        return CpuSet.parse(cpus);
    }

    private static Optional<String> widening(
            Optional<LicenceZone.DeclaredHost> before, LicenceZone.DeclaredHost after) {
        if (before.isEmpty()) {
            return Optional.of("host " + after.name() + " would be in it, with " + after.declared());
        }
        var was = before.get();
        if (!was.threads().equals(after.threads()) || !was.hardware().equals(after.hardware())) {
            return Optional.of("host " + after.name() + " is not the machine that was declared: it had " + was.all()
                    + " and has " + after.all());
        }
        var more = new TreeSet<>(after.numbers());
        more.removeAll(was.numbers());
        return more.isEmpty()
                ? Optional.empty()
                : Optional.of("the CPUs " + CpuSet.text(more) + " of host " + after.name() + " would be added: "
                        + after.declared() + " in place of " + was.declared());
    }

    LicenceZone withdraw(LicenceZone zone, Host host, Order order) {
        return change(zone, order, before -> {
            var was = before.host(host.id())
                    .orElseThrow(() -> Failure.notFound(
                            "Host " + host.name() + " is not declared for the licence zone " + zone.name()));
            requireUnused(before, was, Set.of());
            return new Step(
                    before.without(host.id()),
                    "Host " + host.name() + " was taken out of the licence zone " + zone.name() + "; its CPUs "
                            + was.cpus() + " (" + was.declared() + ") had been declared",
                    Optional.empty(),
                    concerning(zone).withHost(host.id()));
        });
    }

    /** What a machine of the zone runs on now cannot be taken away under it. */
    private void requireUnused(LicenceZone zone, LicenceZone.DeclaredHost was, Set<Integer> left) {
        if (left.containsAll(was.numbers())) {
            return;
        }
        for (var member : zone.machines()) {
            var vm = vms.model().find(member.vm());
            if (vm.flatMap(Vm::hostId).filter(was.host()::equals).isPresent()) {
                throw Failure.conflict("CPUs of host " + was.name() + " cannot be taken out of the licence zone "
                                + zone.name())
                        .because("VM " + member.name() + " of that zone runs there")
                        .undone("Nothing was changed")
                        .next("Shut it down or migrate it first");
            }
        }
    }

    LicenceZone assign(LicenceZone zone, Vm vm, Order order) {
        long cpus = CpuPlans.count(vm.spec());
        if (!vm.cluster().equals(zone.cluster())) {
            throw Failure.conflict("VM " + vm.name() + " cannot be in the licence zone " + zone.name())
                    .because("it is in another cluster");
        }
        zones.holding(vm.id()).ifPresent(other -> {
            throw Failure.conflict("VM " + vm.name() + " is in the licence zone " + other.name() + " already");
        });
        if (vm.hostId().isPresent()) {
            throw Failure.conflict("VM " + vm.name() + " cannot be put into the licence zone " + zone.name()
                            + " while it runs")
                    .because("its threads may run on any core now")
                    .next("Shut it down first");
        }
        var member = new LicenceZone.Member(
                vm.id(), vm.name(), cpus, clock.instant(), order.asker().name());
        return change(
                zone,
                order,
                before -> new Step(
                        before.with(member),
                        "VM " + vm.name() + " with " + cpus + " CPUs was put into the licence zone " + zone.name(),
                        Optional.of("VM " + vm.name() + " with " + cpus + " CPUs would be licensed in it"),
                        concerning(zone).withVm(vm.id())));
    }

    LicenceZone release(LicenceZone zone, Vm vm, Order order) {
        return change(zone, order, before -> {
            member(before, vm);
            return new Step(
                    before.released(vm.id()),
                    "VM " + vm.name() + " was taken out of the licence zone " + zone.name(),
                    Optional.of("VM " + vm.name() + " could then run on any core of the cluster"),
                    concerning(zone).withVm(vm.id()));
        });
    }

    LicenceZone allow(LicenceZone zone, Vm vm, long cpus, Order order) {
        long has = CpuPlans.count(vm.spec());
        if (cpus < has) {
            throw Failure.conflict("VM " + vm.name() + " cannot be allowed " + cpus + " CPUs")
                    .because("it has " + has)
                    .next("Give it fewer first");
        }
        return change(zone, order, before -> {
            var was = member(before, vm);
            return new Step(
                    before.with(new LicenceZone.Member(
                            vm.id(),
                            vm.name(),
                            cpus,
                            clock.instant(),
                            order.asker().name())),
                    "VM " + vm.name() + " is allowed " + cpus + " CPUs in the licence zone " + zone.name()
                            + ", in place of " + was.cpus(),
                    cpus > was.cpus()
                            ? Optional.of("VM " + vm.name() + " could have " + cpus + " CPUs in place of " + was.cpus())
                            : Optional.empty(),
                    concerning(zone).withVm(vm.id()));
        });
    }

    private static LicenceZone.Member member(LicenceZone zone, Vm vm) {
        return zone.member(vm.id())
                .orElseThrow(() -> Failure.notFound("VM " + vm.name() + " is not in the licence zone " + zone.name()));
    }

    void remove(LicenceZone zone, Order order) {
        database.change(tx -> {
            var now = zones.update(tx, zone.id(), same -> same);
            var step = new Step(
                    now,
                    "The licence zone " + zone.name() + " was removed; its evidence is kept",
                    now.machines().isEmpty()
                            ? Optional.empty()
                            : Optional.of(now.machines().stream()
                                            .map(LicenceZone.Member::name)
                                            .collect(Collectors.joining(", "))
                                    + " could then run on any core of the cluster"),
                    concerning(zone));
            requireReason(step, order);
            zones.delete(tx, zone.id());
            record(tx, order, step);
        });
    }

    private LicenceZone change(LicenceZone zone, Order order, Function<LicenceZone, Step> decide) {
        return database.transaction(tx -> {
            Step[] step = new Step[1];
            var after = zones.update(tx, zone.id(), before -> {
                step[0] = decide.apply(before);
                requireReason(step[0], order);
                return step[0].after();
            });
            record(tx, order, step[0]);
            return after;
        });
    }

    private static void requireReason(Step step, Order order) {
        if (step.widening().isPresent() && order.because().isEmpty()) {
            throw Failure.conflict("This would widen what the licence zone "
                            + step.after().name() + " covers, and was not approved")
                    .because(step.widening().get())
                    .undone("Nothing was changed")
                    .next("To approve it on record, give the reason: --because REASON, or because in the API");
        }
    }

    private void record(Transaction tx, Order order, Step step) {
        var asker = order.asker();
        records.add(
                tx,
                step.after().name(),
                new LicenceChange(
                        clock.instant(),
                        asker.name(),
                        step.what() + ".",
                        step.widening().isPresent(),
                        order.because(),
                        step.after().footprint().toString()));
        events.add(
                tx,
                EventCode.LICENCE_ZONE_CHANGED,
                asker,
                step.concerns(),
                step.what() + " by " + asker.name() + "."
                        + step.widening()
                                .map(why -> " This widens it and was approved: " + order.because() + ".")
                                .orElse(""));
    }

    private static Concerns concerning(LicenceZone zone) {
        return Concerns.NOTHING.withCluster(zone.cluster());
    }
}
