package org.bellwether.engine.command;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import org.bellwether.engine.platform.Failure;
import picocli.CommandLine.Command;

/** {@code env}: how the command line reaches this engine as its first administrator. */
@Command(
        description = "Prints address, user, password and authority of this engine as shell exports.",
        footer = {"", "eval \"$(bellwether engine env)\" lets bellwether host, vm, deploy and all others work on it."})
final class EnvCommand implements Callable<Integer> {

    private final EngineCommand root;

    EnvCommand(EngineCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        var config = root.engine().config();
        var password = config.adminPasswordFile();
        if (Files.exists(password) && !Files.isReadable(password)) {
            throw Failure.forbidden("The password in " + password + " is for root and the engine's user")
                    .next("Say it as root");
        }
        // The organisation's certificate speaks for that name alone.
        var name = config.webFiles().isPresent() ? config.externalName() : config.localAddress();
        export("BW_URL", "https://" + name + ":" + config.httpsPort() + "/ovirt-engine");
        export("BW_USER", "admin@internal");
        export("BW_CA", root.engine().pki().resolve("ca.crt").toString());
        if (!Files.exists(password)) {
            System.err.println("The password of admin@internal is not kept in " + password
                    + " any more: set BW_PASSWORD yourself.");
            return 0;
        }
        try {
            export("BW_PASSWORD", Files.readString(password).strip());
        } catch (IOException e) {
            throw Failure.internal("The password in " + password + " cannot be read")
                    .because(String.valueOf(e.getMessage()))
                    .next("Say it as root")
                    .from(e);
        }
        return 0;
    }

    private static void export(String name, String value) {
        System.out.println("export " + name + "='" + value.replace("'", "'\\''") + "'");
    }
}
