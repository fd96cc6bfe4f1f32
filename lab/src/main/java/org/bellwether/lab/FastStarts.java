package org.bellwether.lab;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Caches from which engine and command line start several times as fast: what the JVM loaded, linked and counted in a
 * run before. They belong to one copy of the build's jars and are made beside them.
 */
final class FastStarts {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private FastStarts() {}

    static Path engine(Path build) {
        return build.resolve("engine.aot");
    }

    static Path commandLine(Path build) {
        return build.resolve("bw.aot");
    }

    /** Makes them where they are missing. Without them everything works as well, only later. */
    static void prepare(Path build) {
        boolean nowhere = build.toString().isEmpty();
        if (nowhere || (Files.exists(engine(build)) && Files.exists(commandLine(build)))) {
            return;
        }
        Progress.say("preparing fast starts");
        try {
            make(build);
        } catch (LabFailure failure) {
            Progress.say("starts stay slower, because this failed: " + failure.getMessage());
        }
    }

    /** Lets an engine of its own do what engines do, and asks it by the command line; both leave their caches. */
    private static void make(Path build) {
        Path unfinished = build.resolve("unfinished.aot");
        String keep = "-XX:AOTCacheOutput=" + unfinished;
        try (Lab lab = Lab.forTest()) {
            EngineProcess engine = EngineProcess.forTest(lab);
            engine.start();
            List<String> asking = new ArrayList<>(List.of("env"));
            Site.login(engine).forEach((name, value) -> asking.add(name + "=" + value));
            asking.addAll(Jvm.commandLine(List.of(keep), List.of("vm", "list")));
            Command.run(PATIENCE, asking);
            publish(unfinished, commandLine(build));
            engine.stop(PATIENCE);

            // The second start, because the first does what no later one does, and all that is kept is loaded each
            // time.
            EngineProcess watched = engine.with(List.of(keep));
            watched.start();
            work(watched.client());
            // Written when the JVM ends, which therefore takes its time.
            watched.stop(PATIENCE);
            publish(unfinished, engine(build));
        }
    }

    private static void work(ApiClient api) {
        ObjectNode vm = Inventory.object().put("name", "example");
        vm.putObject("cluster").put("name", Up.CLUSTER);
        vm.putObject("template").put("name", "Blank");
        String id = api.post("/vms", vm).path("id").asText();
        for (String path : List.of(
                "",
                "/vms",
                "/vms/" + id,
                "/vms?search=name%3Dexample",
                "/hosts",
                "/clusters",
                "/datacenters",
                "/storagedomains",
                "/networks",
                "/events",
                "/jobs?follow=steps")) {
            for (int round = 0; round < 20; round++) {
                api.get(path);
            }
        }
        api.call("PUT", "/vms/" + id, "{\"description\":\"changed\"}");
        api.call("DELETE", "/vms/" + id, "");
    }

    private static void publish(Path unfinished, Path cache) {
        try {
            Files.move(unfinished, cache, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new LabFailure("the JVM left no cache at " + unfinished + ": " + e.getMessage(), e);
        }
    }
}
