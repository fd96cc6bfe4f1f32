package org.bellwether.engine.command;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bellwether.engine.platform.Failure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code support-bundle FILE}. */
@Command(
        description =
                "Writes what somebody who helps needs to see, without secrets: findings, configuration, the log's end,"
                        + " journal, events, inventory.")
final class SupportBundleCommand implements Callable<Integer> {

    /** Root has read the journal, which the engine's user may not. */
    private static final String LOG_VARIABLE = "BW_SUPPORT_LOG";

    private final EngineCommand root;
    private final Clock clock;

    @Parameters(paramLabel = "FILE", description = "The file to write; - is standard output.")
    String file = "";

    SupportBundleCommand(EngineCommand root, Clock clock) {
        this.root = root;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        var engine = root.engine();
        if (file.equals("-")) {
            var log = System.getenv(LOG_VARIABLE);
            write(engine, System.out, log == null ? log(engine) : Files.readString(Path.of(log)));
            return 0;
        }
        var target = Path.of(file).toAbsolutePath();
        if (Files.exists(target)) {
            throw Failure.conflict("The file " + target + " is there already")
                    .undone("It was left as it is")
                    .next("Name another file, or remove that one");
        }
        Files.createFile(target, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        var other = AsOwner.other(engine.data());
        int code = other.isPresent() ? handOver(other.get(), engine, target) : 0;
        if (other.isEmpty()) {
            try (var out = Files.newOutputStream(target)) {
                write(engine, out, log(engine));
            }
        }
        if (code == 0) {
            System.err.println(target + " is written. Look into it before you give it away.");
        } else {
            Files.delete(target);
        }
        return code;
    }

    private static int handOver(String user, Installation engine, Path target) throws IOException {
        var log = Files.createTempFile("bellwether", ".log");
        try {
            Files.writeString(log, log(engine), StandardOpenOption.TRUNCATE_EXISTING);
            Files.setOwner(
                    log, log.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
            return AsOwner.say(
                    user,
                    List.of("support-bundle", "-", "--config", engine.file().toString()),
                    Map.of(LOG_VARIABLE, log.toString()),
                    builder -> builder.redirectOutput(target.toFile()));
        } finally {
            Files.delete(log);
        }
    }

    private void write(Installation engine, OutputStream out, String log) throws IOException {
        new SupportBundle(engine, clock).write(out, log);
        out.flush();
    }

    private static String log(Installation engine) throws IOException {
        if (new EngineService(engine).bySystemd()) {
            return Programs.output("journalctl", "--no-pager", "-u", EngineService.UNIT, "-n", "5000");
        }
        return Files.exists(engine.log()) ? Files.readString(engine.log()) : "";
    }
}
