package org.bellwether.engine;

import java.nio.file.Path;
import java.time.Clock;
import org.bellwether.engine.platform.config.EngineConfig;
import org.bellwether.engine.platform.lifecycle.EngineLock;
import org.bellwether.engine.platform.lifecycle.MovedEngine;
import org.bellwether.engine.platform.lifecycle.QuietMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Starts the engine: {@code EngineMain --config FILE}. */
public final class EngineMain {

    private static final int USAGE = 64;
    private static final int CONFIGURATION = 78;

    private EngineMain() {}

    public static void main(String[] arguments) {
        if (arguments.length != 2 || !arguments[0].equals("--config")) {
            System.err.println("usage: EngineMain --config FILE");
            System.exit(USAGE);
        }
        EngineConfig config;
        try {
            config = EngineConfig.read(Path.of(arguments[1]));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(CONFIGURATION);
            return;
        }
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        run(config);
    }

    private static void run(EngineConfig config) {
        Logger log = LoggerFactory.getLogger(EngineMain.class);
        long begun = System.nanoTime();
        Engine engine;
        try {
            MovedEngine.requireHere(config.dataDirectory());
            EngineLock.take(config.dataDirectory());
            engine = Engine.start(config, Clock.systemUTC());
        } catch (RuntimeException e) {
            log.error("The engine could not start: {}", e.getMessage(), e);
            System.exit(1);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(engine::close, "stop"));
        QuietMemory.watch();
        log.info(
                "The engine answers on https port {} after {} ms",
                engine.httpsPort(),
                (System.nanoTime() - begun) / 1_000_000);
    }
}
