package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bellwether.agent.storage.ChainRepair.Data;
import org.bellwether.agent.storage.VolumeMetadata.Role;
import org.junit.jupiter.api.Test;

class ChainRepairTest {
    private static final String IMAGE = "aaaaaaaa-0000-4000-8000-000000000000";
    private static final String TEMPLATE = id(9);

    private final Map<String, VolumeMetadata> texts = new HashMap<>();
    private final Map<String, Data> data = new HashMap<>();

    private static String id(int number) {
        return "0000000" + number + "-0000-4000-8000-000000000000";
    }

    private void volume(int number, String parent, Role role, String backing, long size) {
        texts.put(
                id(number),
                new VolumeMetadata(
                        100,
                        1,
                        "{}",
                        "DATA",
                        "dddddddd-0000-4000-8000-000000000000",
                        VolumeMetadata.Format.COW,
                        0,
                        number == 9 ? "bbbbbbbb-0000-4000-8000-000000000000" : IMAGE,
                        VolumeMetadata.Legality.LEGAL,
                        parent,
                        1,
                        VolumeMetadata.Allocation.SPARSE,
                        role));
        data.put(id(number), new Data(backing, size));
    }

    private Map<String, VolumeMetadata> corrections() {
        return ChainRepair.corrections(IMAGE, texts, data);
    }

    private static VolumeMetadata of(Map<String, VolumeMetadata> all, int number) {
        return Optional.ofNullable(all.get(id(number))).orElseThrow();
    }

    @Test
    void a_chain_that_is_as_its_texts_say_is_left_in_peace() {
        volume(9, VolumeMetadata.NO_PARENT, Role.SHARED, "", 100);
        volume(1, TEMPLATE, Role.INTERNAL, TEMPLATE, 100);
        volume(2, id(1), Role.LEAF, id(1), 100);

        assertThat(corrections()).isEmpty();
    }

    @Test
    void a_volume_that_its_data_says_was_merged_is_marked_and_the_one_above_stands_on_the_base() {
        volume(1, VolumeMetadata.NO_PARENT, Role.INTERNAL, "", 100);
        volume(2, id(1), Role.INTERNAL, id(1), 100);
        volume(3, id(2), Role.LEAF, id(1), 100);

        Map<String, VolumeMetadata> right = corrections();

        assertThat(of(right, 3).parent()).isEqualTo(id(1));
        assertThat(of(right, 2).mergedInto()).contains(id(1));
        assertThat(of(right, 2).role()).isEqualTo(Role.LEAF);
        assertThat(of(right, 2).legal()).isFalse();
        texts.putAll(right);
        data.remove(id(2));
        assertThat(corrections()).as("a second look changes nothing").isEmpty();
    }

    @Test
    void a_base_that_grew_says_so() {
        volume(1, VolumeMetadata.NO_PARENT, Role.INTERNAL, "", 300);
        volume(2, id(1), Role.LEAF, id(1), 300);

        assertThat(of(corrections(), 1).capacity()).isEqualTo(300);
    }

    @Test
    void a_template_is_never_touched_and_data_that_names_a_stranger_is_left_for_people() {
        volume(9, VolumeMetadata.NO_PARENT, Role.SHARED, "", 300);
        volume(1, TEMPLATE, Role.INTERNAL, TEMPLATE, 100);
        volume(2, id(1), Role.LEAF, id(7), 100);

        assertThat(corrections()).isEmpty();
    }

    @Test
    void what_stands_on_a_volume_makes_it_internal() {
        volume(1, VolumeMetadata.NO_PARENT, Role.LEAF, "", 100);
        volume(2, id(1), Role.INTERNAL, id(1), 100);

        Map<String, VolumeMetadata> right = corrections();

        assertThat(of(right, 1).role()).isEqualTo(Role.INTERNAL);
        assertThat(of(right, 2).role()).isEqualTo(Role.LEAF);
    }
}
