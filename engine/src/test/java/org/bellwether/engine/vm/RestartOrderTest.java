package org.bellwether.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.bellwether.api.types.HighAvailability;
import org.bellwether.engine.platform.Id;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RestartOrderTest {
    private static Vm machine(String name, int number, @Nullable Long priority) {
        var availability = HighAvailability.builder().enabled(true).priority(priority);
        return new Vm(
                Id.of(new UUID(0, number)),
                name,
                Id.of(new UUID(1, 1)),
                Id.of(new UUID(2, 2)),
                null,
                0,
                Instant.EPOCH,
                null,
                null,
                null,
                org.bellwether.api.types.Vm.builder()
                        .highAvailability(availability.build())
                        .build());
    }

    @Test
    void the_most_important_machines_are_restarted_first_and_equals_in_an_order_that_stays() {
        var machines = Stream.of(
                machine("second of equals", 4, 50L),
                machine("unsaid", 1, null),
                machine("most important", 9, 100L),
                machine("first of equals", 3, 50L),
                machine("least", 2, 1L));
        assertThat(machines.sorted(org.bellwether.engine.vm.HighAvailability.ORDER)
                        .map(Vm::name))
                .containsExactly("most important", "first of equals", "second of equals", "least", "unsaid");
    }
}
