package org.bellwether.engine;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.bellwether.cli.Main;

/** Says words of {@code bw} to a running engine. */
final class BwWords {

    /** What became of it. */
    record Said(int code, String out, String err) {}

    private BwWords() {}

    /** As the engine's administrator. */
    static Said bw(RunningEngine to, String... words) {
        return as(to, Map.of("BW_USER", "admin@internal", "BW_PASSWORD", to.password()), words);
    }

    /** As whoever the environment says. */
    static Said as(RunningEngine to, Map<String, String> who, String... words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var environment = new HashMap<>(who);
        environment.put("BW_URL", "https://localhost:" + to.inside().httpsPort() + "/ovirt-engine");
        environment.put("BW_CA", to.authority().toString());
        int code = new Main(
                        environment,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(words);
        return new Said(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
