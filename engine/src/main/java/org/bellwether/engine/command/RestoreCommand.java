package org.bellwether.engine.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code restore FILE}. */
@Command(
        description =
                "Makes the engine of a backup anew where there is none. Hosts and machines are not touched: when it is"
                        + " started it finds them again, and begins nothing until every host was heard of.")
final class RestoreCommand implements Callable<Integer> {

    private final EngineCommand root;
    private final Clock clock;

    @Parameters(paramLabel = "FILE", description = "What `backup` has written; - is standard input.")
    String file = "";

    @Option(
            names = "--keep-settings",
            description = "Takes over into the configuration that is there what it does not say and the backup's does:"
                    + " not where the engine lives, but how it behaves, such as its patience with hosts and the"
                    + " properties of machines.")
    boolean keepSettings;

    @Option(
            names = "--instead",
            description = "In the place of the engine that is there, which must be down: its data is moved aside, and a"
                    + " database of your own is emptied.")
    boolean instead;

    @Mixin
    PassphraseOptions passphrase = new PassphraseOptions();

    RestoreCommand(EngineCommand root, Clock clock) {
        this.root = root;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        var secret = passphrase.read(false);
        if (file.equals("-")) {
            restore("from standard input", System.in, secret);
            return 0;
        }
        var source = Path.of(file).toAbsolutePath();
        if (!Files.isReadable(source) || Files.isDirectory(source)) {
            throw Failure.notFound("The file " + source + " cannot be read")
                    .undone("Nothing was changed")
                    .next("Name a file that `engine backup` has written");
        }
        var configuration = root.file();
        var other = Files.exists(configuration)
                ? AsOwner.other(Installation.read(configuration).data())
                : Optional.<String>empty();
        if (other.isPresent()) {
            int code = AsOwner.say(
                    other.get(),
                    words(configuration),
                    secret.map(each -> Map.of(PassphraseOptions.VARIABLE, each.reveal()))
                            .orElse(Map.of()),
                    builder -> builder.redirectInput(source.toFile()));
            if (code == 0) {
                withTheMachine(Installation.read(configuration));
            }
            return code;
        }
        try (var in = Files.newInputStream(source)) {
            var engine = restore(source.toString(), in, secret);
            AsOwner.give(engine);
            withTheMachine(engine);
        }
        return 0;
    }

    /** Whoever sets an engine up wants it when the machine has booted; so does who restores one. */
    private static void withTheMachine(Installation engine) {
        if (new EngineService(engine).bySystemd() && "root".equals(System.getProperty("user.name"))) {
            Programs.run("systemctl", "enable", "--quiet", EngineService.UNIT);
        }
    }

    private List<String> words(Path configuration) {
        var words = new ArrayList<>(List.of("restore", "-", "--config", configuration.toString()));
        if (keepSettings) {
            words.add("--keep-settings");
        }
        if (instead) {
            words.add("--instead");
        }
        return words;
    }

    private Installation restore(String name, InputStream in, Optional<Secret> secret) throws IOException {
        var done = new Restore(root.file(), clock, keepSettings, instead).run(name, in, secret);
        System.out.println("The engine " + done.manifest().engine() + " is restored to "
                + done.engine().data() + " as it was at " + done.manifest().made() + ".");
        done.aside().ifPresent(place -> System.out.println("What was there is in " + place + " now."));
        if (done.configured()) {
            System.out.println("Its configuration is " + done.engine().file() + ".");
        }
        if (!done.kept().isEmpty()) {
            System.out.println("Its configuration says now, as the backup's: " + String.join(", ", done.kept()) + ".");
        }
        if (!done.left().isEmpty()) {
            System.out.println("The backup's configuration also says " + String.join(", ", done.left())
                    + ", which this engine goes without; write it into its configuration if it is still wanted.");
        }
        if (done.abandoned() > 0) {
            System.out.println(done.abandoned()
                    + " operations were under way then; they are shown as failed, and what they did since is"
                    + " not known.");
        }
        System.out.println("Start it with: bellwether engine start");
        System.out.println("It begins nothing new until every host that was in service has told what runs on it.");
        return done.engine();
    }
}
