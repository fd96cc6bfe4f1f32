package org.bellwether.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The agent as hosts that are virtual machines have it: copies of this build's jars, and a cache from which it starts there,
 * where every class that is loaded costs some thirty times as much. The cache holds for one build of Java, for jars of these
 * names, sizes and times, and for these options; so it is left by an agent on a host in namespaces that has all of them.
 */
final class VmHostAgent {
    private static final String MAIN = "org.bellwether.agent.AgentMain";
    private static final String CACHE = "agent.aot";
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Path directory;

    private VmHostAgent(Path directory) {
        this.directory = directory;
    }

    /** Made once for each build, or for each lab where nobody says where the build is. */
    static VmHostAgent prepare(Lab lab, VmHostImage image) {
        Path home = Site.build().toString().isEmpty() ? lab.directory() : Site.build();
        Path directory = home.resolve("vmhost-agent");
        try {
            if (!Files.exists(directory)) {
                Path draft = Files.createTempDirectory(home, "vmhost-agent");
                new VmHostAgent(draft).make(image);
                publish(draft, directory);
            }
        } catch (IOException e) {
            throw new LabFailure("cannot write " + directory + ": " + e.getMessage(), e);
        }
        return new VmHostAgent(directory);
    }

    /** Another process may have been quicker. */
    private static void publish(Path draft, Path directory) throws IOException {
        try {
            Files.move(draft, directory, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.exists(directory)) {
                throw e;
            }
            Lab.removeTree(draft);
        }
    }

    Path directory() {
        return directory;
    }

    private void make(VmHostImage image) {
        int number = 0;
        for (String path : Classpath.of(MAIN).split(":")) {
            Path source = Path.of(path);
            if (Files.exists(source)) {
                // Numbered, because several modules have a directory of the same name.
                String name = "%03d-%s".formatted(number++, source.getFileName());
                Command.run("cp", "-a", path, directory.resolve(name).toString());
            }
        }
        try {
            learn(image);
        } catch (LabFailure failure) {
            Progress.say("the agent of hosts that are virtual machines starts slowly, because this failed: "
                    + failure.getMessage());
        }
    }

    /** Lets an agent do what agents do, and keeps what its JVM has loaded and linked for that. */
    private void learn(VmHostImage image) {
        Progress.say("preparing the agent of hosts that are virtual machines");
        Path unfinished = directory.resolve("unfinished.aot");
        try (Lab lab = Lab.forTest()) {
            EngineProcess engine = EngineProcess.forTest(lab);
            engine.start();
            Inventory inventory = new Inventory(engine.client());
            JsonNode cluster = inventory.cluster(Up.CLUSTER);
            LabHost host = lab.host(1);
            host.powerOn();
            host.enrol(inventory.hostToken(cluster));
            host.startLibvirt();
            host.startAgent(command(
                    image.java().toString(),
                    directory,
                    List.of("-XX:AOTCacheOutput=" + unfinished),
                    List.of("--config", host.agentConfig().toString())));
            inventory.awaitHost(host.name());
            work(engine.client(), lab, host);
            // Written when the JVM ends, which therefore takes its time.
            host.stopAgent(PATIENCE);
        }
        try {
            Files.move(unfinished, directory.resolve(CACHE));
        } catch (IOException e) {
            throw new LabFailure("the JVM left no cache at " + unfinished + ": " + e.getMessage(), e);
        }
    }

    private static void work(ApiClient api, Lab lab, LabHost host) {
        Inventory inventory = new Inventory(api);
        Path storage = lab.directory().resolve("data");
        try {
            Files.createDirectories(storage);
        } catch (IOException e) {
            throw new LabFailure("cannot make " + storage + ": " + e.getMessage(), e);
        }
        inventory.directoryDomain("data", storage, host.name(), Up.CLUSTER);
        inventory.template("tiny", GuestImages.tiny(), Up.CLUSTER, "data", Testbed.TINY_MEMORY);
        ObjectNode vm = Inventory.object().put("name", "example");
        vm.putObject("cluster").put("name", Up.CLUSTER);
        vm.putObject("template").put("name", "tiny");
        String path = "/vms/" + api.post("/vms", vm).path("id").asText();
        api.awaitStatus(path, "down", PATIENCE);
        api.post(path + "/start", Inventory.object());
        api.awaitStatus(path, "up", PATIENCE);
        api.post(path + "/stop", Inventory.object());
        api.awaitStatus(path, "down", PATIENCE);
    }

    /** The words that start the agent where these files are at that place. */
    List<String> command(String java, Path place, List<String> arguments) {
        List<String> cache =
                Files.exists(directory.resolve(CACHE)) ? List.of("-XX:AOTCache=" + place.resolve(CACHE)) : List.of();
        return command(java, place, cache, arguments);
    }

    private List<String> command(String java, Path place, List<String> more, List<String> arguments) {
        List<String> words = new ArrayList<>(
                List.of(java, "-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"));
        words.addAll(more);
        words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath(place), MAIN));
        words.addAll(arguments);
        return words;
    }

    private String classPath(Path place) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.endsWith(".aot"))
                    .sorted()
                    .map(name -> place.resolve(name).toString())
                    .collect(Collectors.joining(":"));
        } catch (IOException e) {
            throw new LabFailure("cannot read " + directory + ": " + e.getMessage(), e);
        }
    }
}
