package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.junit.jupiter.api.Test;

/** How often LVM is asked for a piece of work, by a list of what it was asked. */
final class LvmTest {
    private static final String GROUP = "3f2b1c4d-0a11-4e5f-9b7c-112233445566";

    private final List<String> asked = new ArrayList<>();
    private final List<String> volumes =
            new ArrayList<>(List.of("base|1073741824|MD_1,IU_i||", "top|1073741824|MD_2,IU_i,PU_base|active|open"));
    private String refused = "";
    private final Lvm lvm = new Lvm(() -> List.of("/dev/sda"), this::answer);

    private Command.Outcome answer(Command command) {
        List<String> words = command.arguments();
        asked.add(words.getFirst() + " " + String.join(" ", words.subList(3, words.size())));
        if (words.getFirst().equals(refused)) {
            return new Command.Outcome(5, "", "Insufficient free space: 8 extents needed, but only 0 available");
        }
        return new Command.Outcome(
                0,
                switch (words.getFirst()) {
                    case "lvs" -> String.join("\n", volumes);
                    case "vgs" -> GROUP + "|uuid|12884901888|8589934592|RHAT_storage_domain";
                    default -> "";
                },
                "");
    }

    private List<String> programs() {
        return asked.stream().map(line -> line.substring(0, line.indexOf(' '))).toList();
    }

    @Test
    void a_volume_that_was_made_is_known_without_reading_its_group_again() throws Exception {
        Lvm.during(() -> {
            lvm.group(GROUP);
            assertThat(lvm.volumes(GROUP)).hasSize(2);
            lvm.create(GROUP, "fresh", Lvm.EXTENT, List.of("MD_3", "IU_j", "PU_none"));
            assertThat(lvm.volumes(GROUP)).hasSize(3).last().satisfies(made -> {
                assertThat(made.name()).isEqualTo("fresh");
                assertThat(made.bytes()).isEqualTo(Lvm.EXTENT);
                assertThat(made.active()).isTrue();
                assertThat(made.tag("IU_")).contains("j");
            });
            lvm.activate(GROUP, List.of(lvm.volumes(GROUP).getLast()));
            assertThat(programs()).containsExactly("vgs", "lvs", "lvcreate");
            lvm.group(GROUP);
            assertThat(programs()).as("what is free is asked again").endsWith("lvcreate", "vgs");
            return true;
        });
    }

    @Test
    void what_lvm_rounds_is_read_again() throws Exception {
        Lvm.during(() -> {
            lvm.volumes(GROUP);
            lvm.create(GROUP, "odd", Lvm.EXTENT + 512, List.of());
            lvm.volumes(GROUP);
            assertThat(programs()).containsExactly("lvs", "lvcreate", "lvs");
            return true;
        });
    }

    @Test
    void a_chain_is_made_readable_with_one_command_for_each_kind_and_once_for_a_piece_of_work() throws Exception {
        volumes.add("other|1073741824|MD_3,IU_j||");
        for (int work = 0; work < 2; work++) {
            asked.clear();
            Lvm.during(() -> {
                lvm.activate(GROUP, lvm.volumes(GROUP));
                assertThat(lvm.volumes(GROUP)).allMatch(Lvm.Logical::active);
                lvm.activate(GROUP, lvm.volumes(GROUP));
                return true;
            });
            assertThat(programs()).containsExactly("lvs", "lvchange", "lvchange");
            assertThat(asked.get(1)).isEqualTo("lvchange --activate y %1$s/base %1$s/other".formatted(GROUP));
            assertThat(asked.get(2))
                    .as("another host may have made it larger")
                    .isEqualTo("lvchange --refresh %s/top".formatted(GROUP));
        }
    }

    @Test
    void after_a_change_of_another_kind_and_after_a_failure_nothing_is_taken_for_known() throws Exception {
        Lvm.during(() -> {
            lvm.activate(GROUP, lvm.volumes(GROUP));
            lvm.run("lvextend", "--size", "2g", GROUP + "/top");
            asked.clear();
            lvm.activate(GROUP, lvm.volumes(GROUP));
            assertThat(programs()).containsExactly("lvs", "lvchange", "lvchange");
            refused = "lvcreate";
            assertThatThrownBy(() -> lvm.create(GROUP, "fresh", Lvm.EXTENT, List.of()))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("has no room");
            assertThat(lvm.volumes(GROUP)).hasSize(2);
            assertThat(programs()).endsWith("lvcreate", "lvs");
            return true;
        });
    }
}
