package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the engine gets into a machine over SSH, as root. */
final class SshOptions {

    @Option(
            names = "--root-password-file",
            paramLabel = "FILE",
            description = "The file that holds root's password there; - reads it from the input.")
    @Nullable
    Path password;

    @Option(names = "--ssh-port", paramLabel = "PORT", description = "The port of its SSH; 22 unless told.")
    @Nullable
    Integer port;

    @Option(
            names = "--fingerprint",
            paramLabel = "SHA256:…",
            description = "The fingerprint of its SSH key; another one is refused before anything is said to it.")
    @Nullable
    String fingerprint;

    /** The request with what was said. */
    ObjectNode into(ObjectNode request) {
        ObjectNode ssh = Json.object();
        if (port != null) {
            ssh.put("port", port);
        }
        if (fingerprint != null) {
            ssh.put("fingerprint", fingerprint);
        }
        ssh.put("authentication_method", password == null ? "publickey" : "password");
        if (password != null) {
            request.put("root_password", UserCommands.read(password));
        }
        request.set("ssh", ssh);
        return request;
    }
}
