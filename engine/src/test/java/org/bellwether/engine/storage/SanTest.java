package org.bellwether.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bellwether.engine.platform.pki.Sealed;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SanTest {
    @Test
    void a_target_gets_the_user_that_somebody_knows_and_not_that_of_one_who_does_not() {
        var san = new San(List.of(target("iqn.2026-01.org.example:a", null)), List.of(), false);
        var userless = target("iqn.2026-01.org.example:a", null);
        var other = target("iqn.2026-01.org.example:b", "other");
        var known = target("iqn.2026-01.org.example:a", "flock");
        assertThat(san.knowing(List.of(other, userless, known)).targets())
                .as("what a domain saw of its target before comes first, and says no user")
                .containsExactly(known);
        assertThat(san.knowing(List.of(userless, other)).targets()).containsExactly(userless);
        assertThat(new San(List.of(target("iqn.2026-01.org.example:a", "own")), List.of(), false)
                        .knowing(List.of(known))
                        .targets())
                .extracting(San.Target::user)
                .containsExactly("own");
    }

    private static San.Target target(String name, @Nullable String user) {
        return new San.Target("192.0.2.7", 3260, name, 1, user, user == null ? null : Sealed.stored("grey-wether"));
    }
}
