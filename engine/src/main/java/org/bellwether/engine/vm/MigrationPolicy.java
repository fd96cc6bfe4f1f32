package org.bellwether.engine.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bellwether.protocol.MigrationStep;

/**
 * What is done when a machine changes its memory faster than a migration sends it. Ids, names and steps are those that clients
 * of the field know.
 */
public enum MigrationPolicy {
    /** As QEMU does it, until somebody cancels. */
    LEGACY("00000000-0000-0000-0000-000000000000", "Legacy", false, 0),
    MINIMAL_DOWNTIME("80554327-0569-496b-bdeb-fcbbf52b827b", "Minimal downtime", true, 100),
    SUSPEND_IF_NEEDED("80554327-0569-496b-bdeb-fcbbf52b827c", "Suspend workload if needed", true, 100),
    POST_COPY("a7aeedb2-8d66-4e51-bb22-32595027ce71", "Post-copy migration", true, 100),
    /** Its memory is so large that each pass takes long: fewer of them, over several connections, and a longer standstill. */
    VERY_LARGE("57237b82-b8c2-425f-b425-114b35219626", "Very large VMs", true, 100);

    private final String id;
    private final String label;
    private final boolean autoConverge;
    private final int downtimeMillis;

    MigrationPolicy(String id, String label, boolean autoConverge, int downtimeMillis) {
        this.id = id;
        this.label = label;
        this.autoConverge = autoConverge;
        this.downtimeMillis = downtimeMillis;
    }

    private List<MigrationStep> steps() {
        return switch (this) {
            case LEGACY -> List.of();
            case MINIMAL_DOWNTIME ->
                List.of(
                        downtime(1, 150),
                        downtime(2, 200),
                        downtime(3, 300),
                        downtime(4, 400),
                        downtime(6, 500),
                        end(7));
            case SUSPEND_IF_NEEDED ->
                List.of(
                        downtime(1, 150),
                        downtime(2, 200),
                        downtime(3, 300),
                        downtime(4, 400),
                        downtime(6, 500),
                        downtime(7, 5000),
                        end(8));
            case POST_COPY -> List.of(downtime(1, 150), downtime(2, 200), postCopy(3), end(4));
            case VERY_LARGE ->
                List.of(downtime(1, 250), downtime(2, 500), downtime(3, 1000), downtime(4, 5000), end(6));
        };
    }

    private static MigrationStep downtime(int stalled, int millis) {
        return MigrationStep.newBuilder()
                .setStalled(stalled)
                .setDowntimeMs(millis)
                .build();
    }

    private static MigrationStep postCopy(int stalled) {
        return MigrationStep.newBuilder().setStalled(stalled).setPostCopy(true).build();
    }

    private static MigrationStep end(int stalled) {
        return MigrationStep.newBuilder().setStalled(stalled).setGiveUp(true).build();
    }

    static Optional<MigrationPolicy> of(String id) {
        return Stream.of(values()).filter(each -> each.id.equals(id)).findFirst();
    }

    /** All of them, as the API's option of that name has them: ids, names and what they do. */
    static List<String> words() {
        List<String> all = new ArrayList<>();
        for (var each : values()) {
            all.add(each.id + " " + each.label);
        }
        return all;
    }

    String label() {
        return label;
    }

    boolean autoConverge() {
        return autoConverge;
    }

    boolean parallel() {
        return this == VERY_LARGE;
    }

    /** In milliseconds; 0: as QEMU has it. */
    int downtimeMillis() {
        return downtimeMillis;
    }

    /** @param downtimeMillis the longest that the machine may stand still, if its owner said so: no step goes beyond it */
    List<MigrationStep> steps(Optional<Integer> downtimeMillis) {
        return steps().stream()
                .filter(step -> downtimeMillis.isEmpty()
                        || step.getWhatCase() != MigrationStep.WhatCase.DOWNTIME_MS
                        || step.getDowntimeMs() <= downtimeMillis.get())
                .toList();
    }

    boolean postCopies() {
        return steps().stream().anyMatch(MigrationStep::getPostCopy);
    }
}
