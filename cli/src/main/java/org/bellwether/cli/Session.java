package org.bellwether.cli;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run of the command: its options, what it prints on, and the engine once it is needed. */
final class Session implements AutoCloseable {

    private final Options options;
    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;
    private volatile @Nullable EngineClient engine;

    Session(Options options, Map<String, String> environment, PrintStream out, PrintStream err) {
        this.options = options;
        this.environment = environment;
        this.out = out;
        this.err = err;
    }

    /** Signs on at the first call. */
    EngineClient engine() {
        var known = engine;
        if (known == null) {
            known = EngineClient.signOn(Login.of(options, environment));
            engine = known;
        }
        return known;
    }

    /** As whom, and at which engine, this run works. */
    Login login() {
        return Login.of(options, environment);
    }

    /** Whether somebody has said which engine is meant. */
    boolean knowsEngine() {
        return options.url != null || !environment.getOrDefault("BW_URL", "").isBlank();
    }

    /** The same run at the engine that this environment names. */
    Session with(Map<String, String> more) {
        var all = new HashMap<>(environment);
        all.putAll(more);
        return new Session(options, all, out, err);
    }

    Lookup lookup() {
        return new Lookup(engine());
    }

    Printer printer() {
        return new Printer(out, options.format);
    }

    Progress progress() {
        return Progress.on(err);
    }

    Waiting waiting(WaitOptions wish) {
        return new Waiting(engine(), progress(), wish.limit());
    }

    /** Where bytes go that are not ours to format. */
    PrintStream bytesOut() {
        return out;
    }

    /** A remark for people, which scripts that read the output do not see. */
    void remark(String text) {
        out.flush();
        err.println(text);
    }

    boolean debug() {
        return options.debug;
    }

    @Override
    public void close() {
        var known = engine;
        if (known != null) {
            known.close();
        }
    }
}
