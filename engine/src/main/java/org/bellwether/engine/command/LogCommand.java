package org.bellwether.engine.command;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.bellwether.engine.platform.Failure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code log}. */
@Command(description = "Shows the engine's log, the newest at the end.")
final class LogCommand implements Callable<Integer> {

    private final EngineCommand root;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "NUMBER",
            description = "How many lines; 100 unless told.")
    int lines = 100;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on showing what is added, until interrupted.")
    boolean follow;

    LogCommand(EngineCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        var engine = root.engine();
        List<String> words = new ArrayList<>();
        if (new EngineService(engine).bySystemd()) {
            words.addAll(List.of("journalctl", "--no-pager", "-u", EngineService.UNIT));
        } else if (Files.exists(engine.log())) {
            words.addAll(List.of("tail", engine.log().toString()));
        } else {
            throw Failure.notFound("There is no log at " + engine.log())
                    .next("An engine that something else than this command or systemd has started logs where that"
                            + " said");
        }
        words.addAll(List.of("-n", Integer.toString(lines)));
        if (follow) {
            words.add("-f");
        }
        return Programs.show(words);
    }
}
