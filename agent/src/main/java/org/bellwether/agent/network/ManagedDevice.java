package org.bellwether.agent.network;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.bellwether.agent.platform.Command;

/**
 * What NetworkManager says of an interface.
 *
 * @param type in its words, such as ethernet
 * @param state in its words, such as connected
 * @param profile the id of the one that is active there, or empty
 */
record ManagedDevice(String type, String state, String profile) {
    /** Of one that it does not know. */
    static final ManagedDevice NONE = new ManagedDevice("", "", "");

    private static final Set<String> RULED = Set.of("ethernet", "bond", "vlan", "bridge");
    private static final String EXTERNALLY = "(externally)";
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    /** By the name of the interface; none where it does not answer. */
    static Map<String, ManagedDevice> all() {
        Map<String, ManagedDevice> devices = new HashMap<>();
        Command.of("nmcli", "-t", "-f", "TYPE,STATE,CON-UUID,DEVICE", "device")
                .run(DEADLINE)
                .output()
                .lines()
                .map(line -> line.split(":", 4))
                .filter(words -> words.length == 4)
                .forEach(words ->
                        devices.put(words[3].replace("\\", ""), new ManagedDevice(words[0], words[1], words[2])));
        return devices;
    }

    /** Whether another made it, and it only looks on. */
    boolean lookedAt() {
        return state.endsWith(EXTERNALLY);
    }

    /** Whether something is under way there. */
    boolean changes() {
        return state.startsWith("connecting") || state.startsWith("deactivating");
    }

    boolean ruled() {
        return RULED.contains(type) && state.startsWith("connect") && !lookedAt();
    }
}
