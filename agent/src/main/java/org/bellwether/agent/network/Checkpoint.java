package org.bellwether.agent.network;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bellwether.agent.platform.Command;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What NetworkManager goes back to.
 *
 * @param path its object on the bus, or empty where NetworkManager made none
 * @param profiles that were active when it was made, by interface
 */
record Checkpoint(String path, Map<String, String> profiles) {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);
    private static final String BUS = "org.freedesktop.NetworkManager";
    private static final Duration DEADLINE = Duration.ofSeconds(15);
    /** NMCheckpointCreateFlags: forget earlier ones, delete new profiles, disconnect new devices. */
    private static final String FLAGS = "7";

    /** @param longest after which NetworkManager goes back by itself */
    static Checkpoint make(Duration longest) {
        Command.Outcome outcome = call("CheckpointCreate", "aouu", "0", Long.toString(longest.toSeconds()), FLAGS);
        // o "/org/freedesktop/NetworkManager/Checkpoint/1"
        String[] parts = outcome.output().split("\"");
        boolean made = outcome.worked() && parts.length >= 2;
        if (!made) {
            LOG.warn(
                    "NetworkManager makes no checkpoint, so this agent alone can take the change back: {}",
                    outcome.words());
        }
        Map<String, String> profiles = new TreeMap<>();
        ManagedDevice.all().forEach((name, device) -> {
            if (device.ruled() && !device.profile().isEmpty()) {
                profiles.put(name, device.profile());
            }
        });
        return new Checkpoint(made ? parts[1] : "", profiles);
    }

    /** @param text of {@link #text} */
    static Checkpoint of(String text) {
        List<String> lines = text.lines().toList();
        return new Checkpoint(
                lines.isEmpty() ? "" : lines.getFirst(),
                lines.stream()
                        .skip(1)
                        .map(line -> line.split(" ", 2))
                        .collect(Collectors.toMap(line -> line[0], line -> line[1])));
    }

    /** To be written down, for an agent that is started again. */
    String text() {
        return Stream.concat(
                        Stream.of(path),
                        profiles.entrySet().stream().map(each -> each.getKey() + " " + each.getValue()))
                .collect(Collectors.joining("\n"));
    }

    void goBackAfter(Duration trial) {
        if (!path.isEmpty()
                && !call("CheckpointAdjustRollbackTimeout", "ou", path, Long.toString(trial.toSeconds()))
                        .worked()) {
            LOG.warn("NetworkManager goes back later than it was asked to");
        }
    }

    /** Whether NetworkManager begins to go back; it may have done so already, and the checkpoint is gone then. */
    boolean goBack() {
        return !path.isEmpty() && call("CheckpointRollback", "o", path).worked();
    }

    /** Whether NetworkManager will not go back any more, and has not. */
    boolean drop() {
        return path.isEmpty() || call("CheckpointDestroy", "o", path).worked();
    }

    private static Command.Outcome call(String method, String signature, String... arguments) {
        List<String> words = new ArrayList<>(
                List.of("busctl", "call", BUS, "/org/freedesktop/NetworkManager", BUS, method, signature));
        words.addAll(Arrays.asList(arguments));
        return new Command(words, null).run(DEADLINE);
    }
}
