package org.bellwether.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.bellwether.api.types.InheritableBoolean;
import org.bellwether.api.types.MigrationBandwidth;
import org.bellwether.api.types.MigrationBandwidthAssignmentMethod;
import org.bellwether.api.types.MigrationOptions;
import org.bellwether.api.types.MigrationPolicy;
import org.bellwether.api.types.ParallelMigrationsPolicy;
import org.bellwether.protocol.MigrateMachineRequest;
import org.bellwether.protocol.MigrationStep;
import org.junit.jupiter.api.Test;

/** How a machine moves, as was decided for it, for its cluster, or by nobody. */
class MigrationMannerTest {

    private static final String POST_COPY = "a7aeedb2-8d66-4e51-bb22-32595027ce71";
    private static final String SUSPEND = "80554327-0569-496b-bdeb-fcbbf52b827c";
    private static final String VERY_LARGE = "57237b82-b8c2-425f-b425-114b35219626";

    private static MigrationOptions.Builder policy(String id) {
        return MigrationOptions.builder()
                .policy(MigrationPolicy.builder().id(id).build());
    }

    private static org.bellwether.api.types.Vm machine(MigrationOptions options) {
        return org.bellwether.api.types.Vm.builder().migration(options).build();
    }

    private static MigrateMachineRequest told(org.bellwether.api.types.Vm machine, MigrationOptions cluster) {
        var request = MigrateMachineRequest.newBuilder();
        MigrationManner.of(machine, cluster, false).tell(request);
        return request.build();
    }

    @Test
    void without_a_word_it_stands_still_shortly_and_stays_where_it_is_when_it_does_not_come_over() {
        var told = told(
                org.bellwether.api.types.Vm.builder().build(),
                MigrationOptions.builder().build());
        assertThat(told.getMaxDowntimeMs()).isEqualTo(100);
        assertThat(told.getAutoConverge()).isTrue();
        assertThat(told.getPostCopy()).isFalse();
        assertThat(told.getStepsList().getLast().getGiveUp()).isTrue();
        assertThat(told.getStepsList()).noneMatch(step -> step.getDowntimeMs() > 500);
    }

    @Test
    void what_was_decided_for_the_machine_goes_before_what_was_decided_for_its_cluster() {
        var cluster = policy(SUSPEND)
                .encrypted(InheritableBoolean.TRUE)
                .compressed(InheritableBoolean.TRUE)
                .autoConverge(InheritableBoolean.FALSE)
                .bandwidth(MigrationBandwidth.builder()
                        .assignmentMethod(MigrationBandwidthAssignmentMethod.CUSTOM)
                        .customValue(80L)
                        .build())
                .build();
        var inherited = told(
                machine(MigrationOptions.builder()
                        .encrypted(InheritableBoolean.INHERIT)
                        .build()),
                cluster);
        assertThat(inherited.getEncrypted()).isTrue();
        assertThat(inherited.getCompressed()).isTrue();
        assertThat(inherited.getAutoConverge()).isFalse();
        assertThat(inherited.getMaxBandwidthBytesPerSecond())
                .as("80 Mbit/s for the two that a host sends at once")
                .isEqualTo(5_000_000);
        assertThat(inherited.getStepsList().stream().mapToInt(MigrationStep::getDowntimeMs))
                .contains(5000);

        var own = told(
                machine(policy(POST_COPY).encrypted(InheritableBoolean.FALSE).build()), cluster);
        assertThat(own.getEncrypted()).isFalse();
        assertThat(own.getPostCopy()).isTrue();
        assertThat(own.getStepsList()).anyMatch(MigrationStep::getPostCopy);
    }

    @Test
    void a_machine_stands_still_no_longer_than_its_owner_said() {
        var machine = machine(policy(SUSPEND).build()).toBuilder()
                .migrationDowntime(250L)
                .build();
        var told = told(machine, MigrationOptions.builder().build());
        assertThat(told.getMaxDowntimeMs()).isEqualTo(100);
        assertThat(told.getStepsList().stream().mapToInt(MigrationStep::getDowntimeMs))
                .contains(150, 200)
                .noneMatch(millis -> millis > 250);
        assertThat(told.getStepsList().getLast().getGiveUp()).isTrue();
        assertThat(MigrationManner.of(machine, null, true).downtimeMillis()).isEqualTo(Optional.of(250));
    }

    @Test
    void several_connections_exclude_compression_and_post_copy_excludes_several_connections() {
        var large = told(
                machine(policy(VERY_LARGE).compressed(InheritableBoolean.TRUE).build()),
                MigrationOptions.builder().build());
        assertThat(large.getParallelConnections()).isEqualTo(4);
        assertThat(large.getCompressed()).isFalse();
        var late = told(
                machine(policy(POST_COPY)
                        .parallelMigrationsPolicy(ParallelMigrationsPolicy.CUSTOM)
                        .customParallelMigrations(8L)
                        .build()),
                MigrationOptions.builder().build());
        assertThat(late.getParallelConnections()).isZero();
    }

    @Test
    void what_no_migration_could_be_told_is_refused() {
        assertThatThrownBy(() -> MigrationManner.check(
                        policy("11111111-2222-3333-4444-555555555555").build()))
                .hasMessageContaining("There is no migration policy");
        assertThatThrownBy(() -> MigrationManner.check(
                        MigrationOptions.builder().customParallelMigrations(1L).build()))
                .hasMessageContaining("2 to 255");
        assertThatThrownBy(() -> MigrationManner.check(MigrationOptions.builder()
                        .bandwidth(MigrationBandwidth.builder()
                                .assignmentMethod(MigrationBandwidthAssignmentMethod.CUSTOM)
                                .build())
                        .build()))
                .hasMessageContaining("megabits");
    }
}
