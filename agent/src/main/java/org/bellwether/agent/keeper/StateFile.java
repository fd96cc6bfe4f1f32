package org.bellwether.agent.keeper;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.bellwether.agent.platform.AtomicFile;
import org.bellwether.protocol.KeeperPeer;
import org.bellwether.protocol.KeeperState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the engine's machine is, in a file that whoever looks at this host can read: its page in Cockpit, and the command line. */
final class StateFile {
    private static final Logger LOG = LoggerFactory.getLogger(StateFile.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;

    /** @param directory the agent's run directory */
    StateFile(Path directory) {
        this.directory = directory;
    }

    void write(KeeperState state) {
        try {
            Path file = Files.createDirectories(directory).resolve("engine-ha.json");
            AtomicFile.write(file, JSON.writeValueAsBytes(json(state)), PosixFilePermissions.fromString("rw-r--r--"));
        } catch (IOException e) {
            LOG.warn("how the engine's machine is could not be written down: {}", e.toString());
        }
    }

    static ObjectNode json(KeeperState state) {
        Optional<KeeperPeer> there = state.getHostsList().stream()
                .filter(host -> host.getAlive().equals("yes")
                        && !host.getEngine().equals("down")
                        && !host.getEngine().equals("incoming"))
                .findFirst();
        ObjectNode json = JSON.createObjectNode();
        json.put("configured", state.getConfigured());
        json.put(
                "state",
                !state.getEngine().equals("down") ? state.getEngine() : there.isPresent() ? "elsewhere" : "down");
        json.put("host", there.map(KeeperPeer::getName).orElse(""));
        json.put("score", state.getScore());
        json.put("local_maintenance", state.getLocalMaintenance());
        json.put("global_maintenance", state.getGlobalMaintenance());
        json.put("health", there.map(KeeperPeer::getHealth).orElse("none"));
        json.put("detail", state.getDetail());
        ArrayNode hosts = json.putArray("hosts");
        for (KeeperPeer peer : state.getHostsList()) {
            hosts.addObject()
                    .put("name", peer.getName())
                    .put("score", peer.getScore())
                    .put("alive", peer.getAlive().equals("yes"))
                    .put("engine", peer.getEngine())
                    .put("health", peer.getHealth())
                    .put("maintenance", peer.getMaintenance());
        }
        return json;
    }
}
