package org.bellwether.engine.command;

import java.io.Console;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.config.EngineConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code setup}: asks little, or takes the answers from a file, writes the configuration and starts the engine. */
@Command(
        description =
                "Sets this machine up as the engine's: asks for its name and port, or takes the answers from a file,"
                        + " writes the configuration, prepares fast starts and starts the engine. May be said again.")
final class SetupCommand implements Callable<Integer> {

    private static final String GROUP = "bellwether";

    private final EngineCommand root;

    @Option(
            names = "--answers",
            paramLabel = "FILE",
            description =
                    "Answers as lines of the configuration, such as `external-name = engine.example.org`; nothing is"
                            + " asked then.")
    @Nullable
    Path answers;

    @Option(names = "--no-start", description = "Leaves the engine down.")
    boolean down;

    SetupCommand(EngineCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws IOException {
        var file = root.file();
        if (Files.exists(file)) {
            System.out.println(file + " is there and stays as it is.");
        } else {
            write(file, answered());
            System.out.println(file + " is written.");
        }
        var engine = Installation.read(file);
        new FastStart(engine).prepare();
        if (down) {
            return 0;
        }
        var service = new EngineService(engine);
        if (service.bySystemd()) {
            Programs.run("systemctl", "enable", "--quiet", EngineService.UNIT);
            service.start();
        } else {
            var other = AsOwner.sayWhenOther(engine, java.util.List.of("start"));
            if (other.orElse(0) != 0) {
                return other.getAsInt();
            }
            if (other.isEmpty()) {
                service.start();
            }
        }
        System.out.printf(
                """
                The engine serves at https://%s:%d/ovirt-engine/
                Sign on as admin@internal; the password is in %s
                Next: bellwether host add, or bellwether host token
                """,
                engine.config().externalName(),
                engine.config().httpsPort(),
                engine.config().adminPasswordFile());
        return 0;
    }

    private Map<String, String> answered() throws IOException {
        var all = new LinkedHashMap<String, String>();
        all.put("data-dir", "/var/lib/bellwether/engine");
        all.put("http.address", "0.0.0.0");
        all.put("external-name", ownName());
        all.put("https.port", "8443");
        if (answers != null) {
            var given = new Properties();
            try (Reader reader = Files.newBufferedReader(answers, StandardCharsets.UTF_8)) {
                given.load(reader);
            }
            new TreeSet<>(given.stringPropertyNames()).forEach(key -> all.put(key, given.getProperty(key)));
            return all;
        }
        var console = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .orElseThrow(() -> Failure.badRequest("There is no terminal to ask at")
                        .undone("Nothing was changed")
                        .next("Write the answers into a file and say --answers FILE"));
        for (var question : Map.of(
                        "external-name", "The name by which people and hosts reach this machine",
                        "https.port", "The port of API and portals")
                .entrySet()) {
            var said = console.readLine("%s [%s]: ", question.getValue(), all.get(question.getKey()));
            if (said != null && !said.isBlank()) {
                all.put(question.getKey(), said.strip());
            }
        }
        return all;
    }

    /** As far as this machine knows it: a name that nobody resolves is no reason to ask nothing. */
    private static String ownName() {
        try {
            return InetAddress.getLocalHost().getCanonicalHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }

    private static void write(Path file, Map<String, String> settings) throws IOException {
        var properties = new Properties();
        properties.putAll(settings);
        var draft = Files.createTempFile(Files.createDirectories(file.resolveSibling(".")), "engine", ".draft");
        try {
            try (var out = Files.newBufferedWriter(draft)) {
                properties.store(out, null);
            }
            // What is wrong is refused before it is in place.
            try {
                EngineConfig.read(draft);
            } catch (IllegalArgumentException e) {
                throw Failure.badRequest("These answers do not do: " + e.getMessage())
                        .undone("Nothing was changed")
                        .next("Mend them and say it again")
                        .from(e);
            }
            Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r-----"));
            toGroup(draft);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /** The engine's user reads it and does not write it. */
    private static void toGroup(Path file) throws IOException {
        try {
            Files.getFileAttributeView(file, PosixFileAttributeView.class)
                    .setGroup(
                            file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(GROUP));
        } catch (java.nio.file.attribute.UserPrincipalNotFoundException withoutThePackage) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        }
    }
}
