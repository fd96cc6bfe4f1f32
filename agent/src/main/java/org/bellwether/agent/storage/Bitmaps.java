package org.bellwether.agent.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bellwether.agent.platform.Command;

/** The bitmaps in qcow2 files that note what changed since a checkpoint; of volumes that no machine uses. */
public final class Bitmaps {
    private static final Duration QUICK = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private Bitmaps() {}

    /** Why a bitmap of the chain's top does not tell what changed; empty: it does. */
    public static String trouble(Path top, String bitmap) throws IOException {
        List<String> holders = new ArrayList<>();
        for (JsonNode layer : chain(top)) {
            for (JsonNode found : bitmaps(layer)) {
                if (found.path("name").asText().equals(bitmap)) {
                    holders.add(layer.path("filename").asText());
                    String broken = flaw(found);
                    if (!broken.isEmpty()) {
                        return broken;
                    }
                }
            }
        }
        if (holders.isEmpty()) {
            return "the volume has no bitmap of the checkpoint " + bitmap;
        }
        if (holders.size() > 1) {
            return "the bitmap of the checkpoint " + bitmap + " is spread over several volumes, as snapshots leave it";
        }
        boolean inTop = holders.getFirst().endsWith(String.valueOf(top.getFileName()));
        return inTop ? "" : "a snapshot was made since the checkpoint " + bitmap + ", without a bitmap above it";
    }

    private static String flaw(JsonNode bitmap) {
        boolean automatic = false;
        for (JsonNode flag : bitmap.path("flags")) {
            if (flag.asText().equals("in-use")) {
                return "the bitmap was not written back: the machine ended without order since the checkpoint";
            }
            automatic |= flag.asText().equals("auto");
        }
        return automatic ? "" : "the bitmap has not noted changes all the time";
    }

    private static JsonNode chain(Path top) throws IOException {
        return JSON.readTree(
                run(top, "qemu-img", "info", "-f", "qcow2", "--backing-chain", "--output=json", top.toString()));
    }

    private static JsonNode bitmaps(JsonNode layer) {
        return layer.path("format-specific").path("data").path("bitmaps");
    }

    /** From now on changes are noted under this name; a bitmap of it that is there already goes on. */
    public static void add(Path top, String bitmap) throws IOException {
        if (!has(top, bitmap)) {
            run(top, "qemu-img", "bitmap", "--add", "--enable", "-f", "qcow2", top.toString(), bitmap);
        }
    }

    /** Removes it from every volume of the chain that is not a template's. */
    public static void remove(Path top, String bitmap) throws IOException {
        for (JsonNode layer : chain(top)) {
            Path file =
                    top.resolveSibling(Path.of(layer.path("filename").asText()).getFileName());
            boolean here = false;
            for (JsonNode found : bitmaps(layer)) {
                here |= found.path("name").asText().equals(bitmap);
            }
            if (here) {
                run(file, "qemu-img", "bitmap", "--remove", "-f", "qcow2", file.toString(), bitmap);
            }
        }
    }

    private static boolean has(Path top, String bitmap) throws IOException {
        for (JsonNode found : bitmaps(chain(top).path(0))) {
            if (found.path("name").asText().equals(bitmap)) {
                return true;
            }
        }
        return false;
    }

    private static String run(Path file, String... words) {
        Command.Outcome outcome =
                Command.onStorage(List.of(words), file.getParent()).run(QUICK);
        if (!outcome.worked()) {
            throw QemuImg.refusal("Could not look at the bitmaps of volume " + file.getFileName(), outcome.words());
        }
        return outcome.output();
    }
}
