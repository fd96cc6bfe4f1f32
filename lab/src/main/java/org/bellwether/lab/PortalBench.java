package org.bellwether.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The administration portal in Chromium with a list that is longer than most. */
final class PortalBench {
    private static final int MANY_ROWS = 20_000;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private PortalBench() {}

    static void run(Testbed testbed, Measures measures) {
        EngineProcess engine = testbed.engine();
        Progress.say("the portal with %,d machines".formatted(MANY_ROWS));
        engine.stop();
        engine.start();
        new MachineRows(engine).fill(MANY_ROWS);
        engine.kill();
        engine.start();
        Command.run(
                PATIENCE, List.of("env", "--chdir=" + script(""), "node", script("../packaging/web.mjs"), "install"));
        JsonNode measured;
        try {
            measured = JSON.readTree(Command.run(
                    PATIENCE,
                    List.of(
                            "env",
                            "BW_URL=" + engine.url(),
                            "BW_USER=" + engine.user(),
                            "BW_PASSWORD=" + engine.password(),
                            "node",
                            script("e2e/measure.mjs"))));
        } catch (IOException e) {
            throw new LabFailure("the portal's measures cannot be read: " + e.getMessage(), e);
        }
        String with = ", %,d machines".formatted(measured.path("rows").asInt());
        measures.add(
                "portal: first page usable, nothing cached" + with,
                measured.path("firstPageMilliseconds").asInt() + " ms",
                "1.5 s");
        measures.add(
                "portal: script that comes first, compressed",
                measured.path("scriptKilobytes").asInt() + " kB",
                "400 kB");
        measures.add(
                "portal: a frame while the list is scrolled" + with,
                "%s ms (p95 %s)"
                        .formatted(
                                measured.path("frameMilliseconds").asText(),
                                measured.path("frameP95Milliseconds").asText()),
                "17 ms");
    }

    private static String script(String name) {
        return SourceTree.root().resolve("portal").resolve(name).toString();
    }
}
