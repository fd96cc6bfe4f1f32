package org.bellwether.engine.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class FailureTest {
    @Test
    void a_failure_reads_as_sentences() {
        Failure failure = Failure.conflict("cannot run machine demo")
                .because("it is migrating")
                .undone("Nothing was changed.")
                .next("wait for the migration to end");
        assertThat(failure.detail())
                .isEqualTo(
                        "Cannot run machine demo. It is migrating. Nothing was changed. Wait for the migration to end.");
        assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFLICT);
    }

    @Test
    void a_failure_that_says_nothing_cannot_be_made() {
        assertThatThrownBy(() -> Failure.internal(" ")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_failure_keeps_its_origin_whatever_is_added_after() {
        var origin = new IllegalStateException("disk full");
        assertThat(Failure.internal("x").from(origin).because("y").next("z")).hasCause(origin);
    }

    @Test
    void a_secret_is_not_printed_and_not_serialised() throws Exception {
        record Login(String name, Secret password) {}
        var login = new Login("admin", Secret.of("hunter2"));
        assertThat(login.toString()).doesNotContain("hunter2");
        assertThat(new ObjectMapper().writeValueAsString(login)).doesNotContain("hunter2");
        assertThat(Secret.of("a")).isEqualTo(Secret.of("a")).isNotEqualTo(Secret.of("b"));
    }
}
