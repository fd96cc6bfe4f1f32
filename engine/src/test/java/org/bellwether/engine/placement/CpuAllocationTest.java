package org.bellwether.engine.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.placement.Scenes.GIB;
import static org.bellwether.engine.placement.Scenes.id;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bellwether.engine.placement.Demand.Bounds;
import org.junit.jupiter.api.Test;

/** Which threads of a host a machine gets, and why it gets none. The hosts have two sockets of two cores of two threads. */
class CpuAllocationTest {

    /** Numbered as Linux does: first one thread of each core, then the others. */
    private static final List<HostThread> EIGHT = threads(2, 2, 2);

    private static List<HostThread> threads(int sockets, int cores, int threads) {
        List<HostThread> all = new ArrayList<>();
        for (int number = 0; number < sockets * cores * threads; number++) {
            int core = number % (sockets * cores);
            all.add(new HostThread(number, core / cores, core, core / cores));
        }
        return all;
    }

    private static Candidate host(Processors processors) {
        var plain = Scenes.host("host1", 32 * GIB, 0, 0);
        return new Candidate(
                plain.id(),
                plain.name(),
                true,
                "up",
                plain.room(),
                processors,
                plain.reach(),
                plain.machines(),
                plain.available());
    }

    private static Candidate host() {
        return host(new Processors(EIGHT, Map.of(), Set.of()));
    }

    private static Demand machine(String name, int vcpus, CpuDemand cpu) {
        var plain = Scenes.demand(name, GIB);
        return new Demand(plain.id(), name, plain.memoryBytes(), vcpus, plain.reach(), Bounds.NONE, cpu, false, 0);
    }

    private static CpuDemand dedicated(int threadsPerCore) {
        return new CpuDemand(CpuDemand.Kind.DEDICATED, threadsPerCore, Map.of(), Optional.empty());
    }

    private static CpuDemand isolated() {
        return new CpuDemand(CpuDemand.Kind.ISOLATED, 1, Map.of(), Optional.empty());
    }

    private static CpuDemand pinned(Map<Integer, String> pins) {
        return new CpuDemand(CpuDemand.Kind.PINNED, 1, pins, Optional.empty());
    }

    private static CpuDemand licensed(CpuDemand.Kind kind, Map<Integer, String> pins, int vcpus, String declared) {
        return new CpuDemand(
                kind,
                1,
                pins,
                Optional.of(new CpuDemand.Licence(
                        "oracle", vcpus, Map.of(id("host1"), new CpuDemand.Declared(CpuSet.parse(declared), EIGHT)))));
    }

    private static String refusal(Demand machine, Candidate host) {
        var why = CpuAllocation.of(machine, host).refusal();
        return why == null ? "" : why.reason();
    }

    @Test
    void sets_are_read_and_written_as_libvirt_and_the_kernel_do() {
        assertThat(CpuSet.parse("0-3,^2,8")).containsExactly(0, 1, 3, 8);
        assertThat(CpuSet.text(Set.of(8, 0, 1, 3, 2))).isEqualTo("0-3,8");
        assertThat(CpuSet.text(CpuSet.parse("0-3,^2,8"))).isEqualTo("0-1,3,8");
        assertThat(CpuSet.valid("0-")).isFalse();
        assertThat(CpuSet.valid("")).isFalse();
    }

    @Test
    void a_dedicated_machine_gets_threads_of_one_socket_that_nobody_else_has() {
        var plan = CpuAllocation.on(machine("db", 3, dedicated(1)), host());
        assertThat(plan.exclusive()).containsExactlyInAnyOrder(0, 4, 1);
        assertThat(plan.pins()).containsEntry(0, "0").containsEntry(1, "4").containsEntry(2, "1");
        assertThat(plan.allowed()).as("its emulator stays there too").isEqualTo("0-1,4");

        var next = CpuAllocation.on(machine("other", 3, dedicated(1)), host().with(machine("db", 3, dedicated(1))));
        assertThat(next.exclusive()).as("the other socket").containsExactlyInAnyOrder(2, 6, 3);
    }

    @Test
    void threads_of_a_guests_core_stay_on_one_core() {
        var one = new Processors(EIGHT, Map.of(id("small"), Set.of(0)), Set.of());
        var plan = CpuAllocation.on(machine("smt", 2, dedicated(2)), host(one));
        assertThat(plan.exclusive()).containsExactlyInAnyOrder(1, 5);
    }

    @Test
    void an_isolated_machine_has_whole_cores() {
        var plan = CpuAllocation.on(machine("quiet", 2, isolated()), host());
        assertThat(plan.pins().values()).containsExactlyInAnyOrder("0", "1");
        assertThat(plan.exclusive()).containsExactlyInAnyOrder(0, 4, 1, 5);
        assertThat(plan.allowed()).isEqualTo("0-1");
        assertThat(refusal(machine("quiet2", 4, isolated()), host()))
                .as("all four cores, and none for the host")
                .contains("no CPU would be left");
    }

    @Test
    void who_has_threads_for_himself_does_not_share_and_is_not_pinned_into() {
        var taken = host().with(machine("db", 6, dedicated(1)));
        assertThat(refusal(machine("shared", 3, CpuDemand.SHARED), taken)).contains("6 of its CPUs for themselves");
        assertThat(refusal(machine("shared", 2, CpuDemand.SHARED), taken)).isEmpty();
        assertThat(refusal(machine("pinned", 1, pinned(Map.of(0, "0"))), taken))
                .contains("another machine has its CPU 0 for itself");
        assertThat(refusal(machine("more", 2, dedicated(1)), taken)).contains("no CPU would be left");
        assertThat(refusal(machine("more", 3, dedicated(1)), taken)).contains("3 are needed, 2 CPUs are free");
        assertThat(refusal(machine("shared", 3, CpuDemand.SHARED), taken.without(machine("db", 6, dedicated(1)))))
                .isEmpty();
    }

    @Test
    void nobody_gets_alone_what_others_are_pinned_to() {
        var others = new Processors(EIGHT, Map.of(), Set.of(0, 4));
        assertThat(CpuAllocation.on(machine("db", 1, dedicated(1)), host(others))
                        .exclusive())
                .containsExactly(1);
    }

    @Test
    void pins_to_what_a_host_does_not_have_are_refused() {
        assertThat(refusal(machine("pinned", 2, pinned(Map.of(0, "0-7", 1, "7-8"))), host()))
                .isEqualTo("it has no CPU 8, to which CPU 1 of the machine is pinned");
        assertThat(CpuAllocation.on(machine("pinned", 1, pinned(Map.of(0, "1-2"))), host()))
                .isEqualTo(new CpuPlan(null, Map.of(0, "1-2"), Set.of(), null));
    }

    @Test
    void a_licensed_machine_runs_on_declared_threads_only() {
        var plan = CpuAllocation.on(machine("ora", 2, licensed(CpuDemand.Kind.SHARED, Map.of(), 2, "2-3")), host());
        assertThat(plan).isEqualTo(new CpuPlan("2-3", Map.of(), Set.of(), "oracle"));
        var alone = CpuAllocation.on(machine("ora", 1, licensed(CpuDemand.Kind.DEDICATED, Map.of(), 2, "2-3")), host());
        assertThat(alone.exclusive()).containsExactly(2);
        assertThat(refusal(machine("ora", 1, licensed(CpuDemand.Kind.PINNED, Map.of(0, "1-2"), 2, "2-3")), host()))
                .isEqualTo(
                        "CPU 0 of the machine is pinned to CPU 1 of it, which the licence zone oracle does not have");
    }

    @Test
    void a_licensed_machine_is_kept_from_hosts_that_are_not_as_declared() {
        var licence = licensed(CpuDemand.Kind.SHARED, Map.of(), 2, "2-3");
        var situation = new Situation(
                Scenes.NONE,
                List.of(host(new Processors(threads(1, 4, 2), Map.of(), Set.of())), Scenes.host("host2", GIB, 0, 0)),
                List.of(),
                Map.of());
        var decision = Placement.choose(machine("ora", 2, licence), situation);
        assertThat(decision.host()).isEmpty();
        assertThat(decision.refusals().stream()
                        .collect(Collectors.toMap(
                                Decision.Refusal::hostName, Decision.Refusal::reason, (one, _) -> one)))
                .hasEntrySatisfying(
                        "host1",
                        why -> assertThat(why)
                                .contains(
                                        "2 sockets, 4 cores, 8 threads were, and it has 1 socket, 4 cores, 8 threads"))
                .hasEntrySatisfying(
                        "host2", why -> assertThat(why).contains("the licence zone oracle has no core of it"));
        assertThat(refusal(machine("ora", 3, licence), host()))
                .isEqualTo("the licence zone oracle allows the machine 2 CPUs and it has 3");
    }

    private static CpuDemand resized() {
        return new CpuDemand(CpuDemand.Kind.RESIZED, 1, Map.of(), Optional.empty());
    }

    @Test
    void a_machine_that_is_resized_has_all_of_the_host_but_a_core_of_each_socket_and_its_nodes() {
        var plan = CpuAllocation.on(machine("large", 1, resized()), host());
        assertThat(plan.shape())
                .isEqualTo(new CpuPlan.Shape(
                        2, 1, 2, List.of(new CpuPlan.Cell(List.of(0, 1), 0), new CpuPlan.Cell(List.of(2, 3), 1))));
        assertThat(plan.pins())
                .as("the second core of each socket, both threads")
                .isEqualTo(Map.of(0, "1", 1, "5", 2, "3", 3, "7"));
        assertThat(plan.exclusive()).isEmpty();
    }

    @Test
    void it_goes_only_where_it_stays_what_it_is_until_it_is_started_anew() {
        var shape = CpuAllocation.on(machine("large", 1, resized()), host()).shape();
        var runs = machine(
                "large",
                1,
                new CpuDemand(
                        CpuDemand.Kind.RESIZED, 1, Map.of(), Optional.empty(), Set.of(), Optional.ofNullable(shape)));
        assertThat(refusal(runs, host())).isEmpty();
        var other = host(new Processors(threads(1, 4, 1), Map.of(), Set.of()));
        assertThat(refusal(runs, other)).contains("of the host on which it was started");
        assertThat(refusal(runs.anew(), other)).isEmpty();
        assertThat(CpuAllocation.on(runs.anew(), other).pins()).isEqualTo(Map.of(0, "1", 1, "2", 2, "3"));
    }

    @Test
    void it_takes_no_threads_that_others_have_alone_nor_the_last_core_and_is_in_no_licence_zone() {
        var taken = new Processors(EIGHT, Map.of(id("db"), Set.of(5)), Set.of());
        assertThat(refusal(machine("large", 1, resized()), host(taken)))
                .contains("another machine has its CPU 5 for itself");
        assertThat(refusal(machine("large", 1, resized()), host(new Processors(threads(2, 1, 2), Map.of(), Set.of()))))
                .contains("one core of each socket is left to the host");
        assertThat(refusal(machine("large", 1, licensed(CpuDemand.Kind.RESIZED, Map.of(), 8, "0-7")), host()))
                .contains("the licence zone oracle counts them");
    }

    @Test
    void memory_comes_from_nodes_that_the_host_has() {
        var near = new CpuDemand(CpuDemand.Kind.SHARED, 1, Map.of(), Optional.empty(), Set.of(1), Optional.empty());
        assertThat(refusal(machine("near", 2, near), host())).isEmpty();
        var far = new CpuDemand(CpuDemand.Kind.SHARED, 1, Map.of(), Optional.empty(), Set.of(1, 7), Optional.empty());
        assertThat(refusal(machine("far", 2, far), host())).contains("it has no NUMA node 7");
    }
}
