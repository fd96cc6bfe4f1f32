package org.bellwether.engine.command;

import java.util.List;
import java.util.concurrent.Callable;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.lifecycle.MovedEngine;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code retire}: this engine has moved into a machine of its own and stays down here. */
@Command(
        description =
                "Ends the engine and keeps it from starting here again: it has moved. bellwether deploy says this.",
        footer = "Its data stays where it is, until you remove it.")
final class RetireCommand implements Callable<Integer> {

    private final EngineCommand root;

    @Option(names = "--to", paramLabel = "URL", description = "Where it is now.")
    @Nullable
    String to;

    @Option(
            names = "--undo",
            description = "It may start here again. Make sure first that it does not run where it went.")
    boolean undo;

    @Option(names = "--mark", hidden = true, description = "Leaves ending it to whoever says this.")
    boolean mark;

    RetireCommand(EngineCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        if ((to == null) == !undo) {
            throw Failure.badRequest("Say either --to URL or --undo");
        }
        var engine = root.engine();
        int code = undo ? undo(engine) : write(engine, String.valueOf(to));
        if (code != 0 || undo || mark) {
            return code;
        }
        // After that, so that nothing starts it again in between.
        new EngineService(engine).stop();
        System.out.println("The engine is down here and has moved to " + to + ".");
        return 0;
    }

    private static int write(Installation engine, String url) {
        var other = AsOwner.sayWhenOther(engine, List.of("retire", "--mark", "--to", url));
        if (other.isEmpty()) {
            MovedEngine.write(engine.data(), url);
        }
        return other.orElse(0);
    }

    private static int undo(Installation engine) {
        var other = AsOwner.sayWhenOther(engine, List.of("retire", "--undo"));
        if (other.isEmpty()) {
            System.out.println(
                    MovedEngine.undo(engine.data())
                            ? "The engine may start here again: bellwether engine start"
                            : "The engine had not moved.");
        }
        return other.orElse(0);
    }
}
