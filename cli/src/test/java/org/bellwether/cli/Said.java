package org.bellwether.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What the command line said, and its exit code. */
record Said(int code, String out, String err) {

    /** Runs the command line against an engine, as its administrator. */
    static Said to(ScriptedEngine engine, String... words) {
        return with(
                Map.of("BW_URL", engine.url(), "BW_USER", "admin@internal", "BW_PASSWORD", ScriptedEngine.PASSWORD),
                words);
    }

    static Said with(Map<String, String> environment, String... words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = new Main(
                        new HashMap<>(environment),
                        new PrintStream(out, false, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(words);
        return new Said(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
