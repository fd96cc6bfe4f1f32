package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is sent of something that has settings by name, and secrets that stand in files. */
final class SettingsBody {

    private SettingsBody() {}

    static ObjectNode of(@Nullable Map<String, String> settings) {
        ObjectNode body = Json.object();
        if (settings != null) {
            settings.forEach(body::put);
        }
        return body;
    }

    /** Puts what a file holds, if one was named. */
    static void secret(ObjectNode body, String member, @Nullable Path file) {
        if (file != null) {
            body.put(member, UserCommands.read(file));
        }
    }
}
