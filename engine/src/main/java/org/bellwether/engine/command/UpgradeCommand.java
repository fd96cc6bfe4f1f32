package org.bellwether.engine.command;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code upgrade}: what the package says when it is replaced by a newer one. */
@Command(
        description =
                "Starts the engine with the version that was installed, and puts the old version and its database back"
                        + " when that does not serve. The package says this by itself; people say it when it was cut"
                        + " off.")
final class UpgradeCommand implements Callable<Integer> {

    static final String DIRECTORY = "/var/lib/bellwether/upgrade";
    static final String PATIENCE = "PT5M";

    private final EngineCommand root;
    private final Clock clock;

    @Option(
            names = "--prepare",
            description = "Ends the engine and saves it, before the files of a newer version are put in place.")
    boolean prepare;

    @Option(names = "--again", description = "Tries a version again that has not served before.")
    boolean again;

    @Option(
            names = "--cut-off",
            description =
                    "Only goes on with an upgrade that was cut off between the two versions: said when the machine has"
                            + " booted.")
    boolean cutOff;

    @Option(
            names = "--state",
            paramLabel = "DIRECTORY",
            defaultValue = DIRECTORY,
            description = "Where all is kept that a return needs; ${DEFAULT-VALUE} unless told.")
    Path directory = Path.of(DIRECTORY);

    @Option(
            names = "--patience",
            paramLabel = "DURATION",
            defaultValue = PATIENCE,
            description = "How long the new version may take until it serves, such as PT5M for five minutes;"
                    + " ${DEFAULT-VALUE} unless told.")
    Duration patience = Duration.ZERO;

    UpgradeCommand(EngineCommand root, Clock clock) {
        this.root = root;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        var upgrade = new Upgrade(root.engine(), directory, patience, clock);
        if (prepare) {
            upgrade.prepare();
        } else if (cutOff) {
            upgrade.goOn();
        } else {
            upgrade.run(again);
        }
        return 0;
    }
}
