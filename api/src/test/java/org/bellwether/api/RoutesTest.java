package org.bellwether.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RoutesTest {
    @Test
    void there_are_as_many_routes_as_the_model_has() {
        assertThat(Routes.all()).hasSize(894);
        assertThat(Routes.all().stream().map(each -> each.verb() + " " + each.path()))
                .doesNotHaveDuplicates();
    }
}
