package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Both portals in a real browser, at the real engine; what it does there stands in portal/e2e/walk.mjs. */
@ExtendWith(World.Extension.class)
final class PortalWalkTest {
    /** Emulated machines and a busy computer take their time. */
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(10);

    private static final String VOLUME = "portal";

    private final World world;

    PortalWalkTest(World world) {
        this.world = world;
    }

    @Test
    void an_administrator_makes_runs_and_removes_a_machine_in_the_browser() {
        world.lab.gluster().start(VOLUME);
        Path pictures = SourceTree.root().resolve("lab/target/portal-pictures");
        Command.Outcome walk = Command.attempt(
                LONG_ENOUGH,
                List.of(
                        "env",
                        "BW_URL=" + world.engine.url(),
                        "BW_USER=" + world.engine.user(),
                        "BW_PASSWORD=" + world.engine.password(),
                        "BW_GLUSTER=" + world.lab.gluster().address() + ":/" + VOLUME,
                        "SHOTS=" + pictures,
                        "node",
                        SourceTree.root().resolve("portal/e2e/walk.mjs").toString()));
        assertThat(walk.succeeded()).as(walk.output()).isTrue();
    }
}
