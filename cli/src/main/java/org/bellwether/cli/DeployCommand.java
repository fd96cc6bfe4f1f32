package org.bellwether.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bellwether deploy}: moves this engine into a machine on its own hosts. */
@Command(
        description = DeployCommand.DESCRIPTION,
        footer = {
            "",
            "The hosts of the storage domain's cluster keep the machine alive from then on, without the engine: see",
            "bellwether engine-ha on a host. Said again after something went wrong, it goes on where it stopped. Until the",
            "new engine serves nothing is lost: --undo brings the old one back.",
            "The engine is that of this computer, unless another is named.",
            "",
            "On a first host without an engine: install the engine's package there, and say",
            "bellwether deploy --first-host ADDRESS --storage NAME --storage-place nfs:SERVER:/PATH --address …"
        })
final class DeployCommand implements Callable<Integer> {

    static final String DESCRIPTION = "Moves this engine into a machine on its own hosts, which keep it alive.";

    /** What is said of the machine. */
    static final class Wish {
        @Option(names = "--storage", paramLabel = "STORAGE", description = "The shared storage domain for all of it.")
        @Nullable
        String storage;

        @Option(
                names = "--image",
                paramLabel = "FILE",
                description = "The engine machine's image; ${DEFAULT-VALUE} unless told.",
                defaultValue = "/usr/share/bellwether/engine-machine.qcow2")
        Path image = Path.of("");

        @Option(
                names = "--address",
                paramLabel = "ADDRESS/BITS",
                description = "The machine's own, such as 192.0.2.7/24; free now.")
        @Nullable
        String address;

        @Option(names = "--gateway", paramLabel = "ADDRESS", description = "Its router.")
        @Nullable
        String gateway;

        @Option(names = "--dns", paramLabel = "ADDRESSES", description = "Its name servers, with commas between.")
        @Nullable
        String dns;

        @Option(
                names = "--external-name",
                paramLabel = "NAME",
                description = "By which people reach the engine then; its address unless told.")
        @Nullable
        String externalName;

        @Option(
                names = "--name",
                paramLabel = "NAME",
                defaultValue = "engine",
                description = "Of the machine, and its host name; ${DEFAULT-VALUE} unless told.")
        String name = "";

        @Option(
                names = "--profile",
                paramLabel = "PROFILE",
                defaultValue = "ovirtmgmt",
                description = "The vNIC profile of its interface; ${DEFAULT-VALUE} unless told.")
        String profile = "";

        @Option(
                names = "--memory",
                paramLabel = "MIB",
                defaultValue = "4096",
                description = "MiB of memory; ${DEFAULT-VALUE} unless told.")
        int memory;

        @Option(
                names = "--cpus",
                paramLabel = "NUMBER",
                defaultValue = "2",
                description = "Processors; ${DEFAULT-VALUE} unless told.")
        int cpus;

        @Option(
                names = "--port",
                paramLabel = "PORT",
                defaultValue = "8443",
                description = "Of API and portals there; ${DEFAULT-VALUE} unless told.")
        int port;
    }

    private final Session known;

    @Mixin
    private WaitOptions waiting = new WaitOptions();

    @Mixin
    private Wish wish = new Wish();

    @Mixin
    private FirstHost.Wish first = new FirstHost.Wish();

    @Option(
            names = "--engine-command",
            paramLabel = "COMMAND",
            defaultValue = "bellwether engine",
            description = "How the engine's own command is said on this machine; ${DEFAULT-VALUE} unless told.")
    private String engineCommand = "";

    @Option(names = "--undo", description = "Brings the engine back here, and lets the machine go.")
    private boolean undo;

    DeployCommand(Session session) {
        this.known = session;
    }

    @Override
    public Integer call() {
        var program = new EngineProgram(engineCommand);
        try (var session = session(program)) {
            return deploy(session, program);
        }
    }

    private Session session(EngineProgram program) {
        var address = first.address;
        if (address != null && !undo) {
            FirstHost.requireBridge();
            FirstHost.engine(first, address, wish.image, program);
        }
        return known.knowsEngine() ? known.with(Map.of()) : known.with(program.environment());
    }

    private int deploy(Session session, EngineProgram program) {
        var address = first.address;
        if (address != null && !undo && program.movedTo().isEmpty()) {
            new FirstHost(session, first, address, Path.of(System.getProperty("user.home")))
                    .ready(Deploy.said(wish.storage, "--storage"));
        }
        var deploy = new Deploy(session, waiting, wish, program);
        if (undo) {
            deploy.undo();
            session.printer().line("The engine serves here again; its machine is off and stays.");
        } else {
            session.printer().line("The engine serves at " + deploy.move() + " now, in the machine " + wish.name + ".");
        }
        return 0;
    }
}
