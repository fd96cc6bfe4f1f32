package org.bellwether.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Both portals in a real browser, at the real engine; what it does there stands in portal/e2e. */
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
        // The first steps are shown where there is no machine; a test that failed before may have left some.
        world.api().list("/vms").forEach(vm -> world.remove(vm.path("id").asText()));
        world.lab.gluster().start(VOLUME);
        List<String> environment = new ArrayList<>(BrowserWalk.login(world.engine));
        environment.add("BW_GLUSTER=" + world.lab.gluster().address() + ":/" + VOLUME);
        BrowserWalk.walk(LONG_ENOUGH, "portal/e2e/walk.mjs", "portal-pictures", environment);
    }

    @Test
    void what_is_decided_and_accounts_are_kept_in_the_browser() {
        BrowserWalk.walk(LONG_ENOUGH, "portal/e2e/decisions.mjs", "decision-pictures", BrowserWalk.login(world.engine));
    }
}
