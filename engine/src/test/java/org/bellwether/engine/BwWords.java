package org.bellwether.engine;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.bellwether.cli.Main;

/** Says words of {@code bw} to a running engine, as its administrator. */
final class BwWords {

    /** What became of it. */
    record Said(int code, String out, String err) {}

    private BwWords() {}

    static Said bw(RunningEngine to, String... words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = new Main(
                        Map.of(
                                "BW_URL",
                                "https://localhost:" + to.inside().httpsPort() + "/ovirt-engine",
                                "BW_USER",
                                "admin@internal",
                                "BW_PASSWORD",
                                to.password(),
                                "BW_CA",
                                to.authority().toString()),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(words);
        return new Said(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
