package org.bellwether.agent.keeper;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.zip.CRC32;

/**
 * A host's place on the board, as oVirt's hosts write theirs: the first 512 bytes for machines, the rest for people and for what
 * oVirt's format has no room for.
 *
 * @param timestamp seconds of that host's own clock, to be compared with its earlier ones only
 * @param score how well it could run the engine's machine; 0: not at all
 * @param engine how the machine is on that host
 * @param stopped whether its agent ended in good order
 * @param more what else it says: {@link #HOST}, {@link #GENERATION}, …
 */
record Slot(
        long timestamp,
        int hostId,
        int score,
        Engine engine,
        String hostName,
        boolean maintenance,
        boolean stopped,
        Map<String, String> more) {

    static final int BYTES = 4096;
    /** The host's id among all that the engine knows. */
    static final String HOST = "host";
    /** Of the engine's machine, as this host started it last. */
    static final String GENERATION = "generation";
    /** The number of the host that the machine is to move to, and of the attempt: {@code 2/17}. */
    static final String MOVING = "moving-to";
    /** The number of the host that it may come from, and of the attempt. */
    static final String READY = "ready-for";

    static final String LIBVIRT = "libvirt-uri";
    static final String MIGRATION = "migration-uri";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FIXED = 512;
    private static final String VERSION = "1";
    private static final int LEAST_TOKENS = 7;
    private static final int CHECKSUM = 9;
    private static final String UNSUMMED = "00000000";

    /** What a host says of the engine's machine. */
    enum Engine {
        UP,
        STARTING,
        MOVING,
        /** A migration is filling it: another host has it. */
        INCOMING,
        /** It runs, and the engine in it does not answer. */
        SICK,
        DOWN;

        /** Whether that host holds it. */
        boolean here() {
            return this != DOWN && this != INCOMING;
        }

        String word() {
            return this == SICK ? "up" : name().toLowerCase(Locale.ROOT);
        }

        String health() {
            return this == UP ? "good" : here() ? "bad" : "none";
        }

        private String json() {
            return "{\"vm\": \"" + (here() ? "up" : "down") + "\", \"health\": \"" + (this == UP ? "good" : "bad")
                    + "\", \"detail\": \"" + name() + "\"}";
        }

        private static Engine of(String json) {
            JsonNode told = JSON.createObjectNode();
            try {
                told = JSON.readTree(json);
            } catch (JsonProcessingException damaged) {
                // Says nothing that is understood.
            }
            String detail = told.path("detail").asText();
            for (Engine each : values()) {
                if (each.name().equalsIgnoreCase(detail)) {
                    return each;
                }
            }
            boolean up = told.path("vm").asText().equals("up");
            return !up ? DOWN : told.path("health").asText().equals("good") ? UP : SICK;
        }
    }

    Slot {
        more = Map.copyOf(more);
    }

    String said(String key) {
        return more.getOrDefault(key, "");
    }

    long generation() {
        return said(GENERATION).matches("[0-9]{1,18}") ? Long.parseLong(said(GENERATION)) : 0;
    }

    byte[] bytes() {
        List<String> tokens = List.of(
                VERSION,
                VERSION,
                Long.toString(timestamp),
                Integer.toString(hostId),
                Integer.toString(score),
                engine.json(),
                clean(hostName),
                maintenance ? "1" : "0",
                stopped ? "1" : "0",
                UNSUMMED,
                "1",
                Long.toString(timestamp));
        String text = String.join("|", tokens);
        String summed = text.replaceFirst("\\|" + UNSUMMED + "\\|", "|" + sum(text) + "|");
        byte[] block = new byte[BYTES];
        byte[] fixed = summed.getBytes(StandardCharsets.UTF_8);
        if (fixed.length > FIXED) {
            throw new IllegalStateException("the host's name is too long for its place on the board");
        }
        System.arraycopy(fixed, 0, block, 0, fixed.length);
        StringJoiner lines = new StringJoiner("\n", "", "\n");
        more.forEach((key, value) -> lines.add(key + "=" + clean(value)));
        byte[] free = lines.toString().getBytes(StandardCharsets.UTF_8);
        System.arraycopy(free, 0, block, FIXED, Math.min(free.length, BYTES - FIXED - 1));
        return block;
    }

    /** What a place holds; empty when nobody wrote there, or what is there is damaged or of another version. */
    static Optional<Slot> of(byte[] block) {
        String fixed = text(block, 0, FIXED);
        String[] tokens = fixed.split("\\|", -1);
        if (tokens.length < LEAST_TOKENS || !tokens[0].equals(VERSION)) {
            return Optional.empty();
        }
        if (tokens.length > CHECKSUM) {
            String found = tokens[CHECKSUM];
            tokens[CHECKSUM] = UNSUMMED;
            if (!sum(String.join("|", tokens)).equals(found)) {
                return Optional.empty();
            }
        }
        try {
            return Optional.of(new Slot(
                    Long.parseLong(tokens[2]),
                    Integer.parseInt(tokens[3]),
                    Integer.parseInt(tokens[4]),
                    Engine.of(tokens[5]),
                    tokens[6],
                    flag(tokens, 7),
                    flag(tokens, 8),
                    lines(text(block, FIXED, BYTES - FIXED))));
        } catch (NumberFormatException damaged) {
            return Optional.empty();
        }
    }

    /** Whether the board's first place says that nobody is to do anything. */
    static boolean globalMaintenance(byte[] block) {
        String value = lines(text(block, 0, BYTES)).getOrDefault("maintenance", "");
        return List.of("1", "true", "yes", "on").contains(value.strip().toLowerCase(Locale.ROOT));
    }

    static byte[] globalMaintenance(boolean on) {
        byte[] block = new byte[BYTES];
        byte[] text = ("maintenance=" + (on ? "1" : "0") + "\n").getBytes(StandardCharsets.UTF_8);
        System.arraycopy(text, 0, block, 0, text.length);
        return block;
    }

    private static boolean flag(String[] tokens, int at) {
        return tokens.length > at && tokens[at].equals("1");
    }

    private static Map<String, String> lines(String text) {
        Map<String, String> lines = new LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                lines.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return lines;
    }

    private static String text(byte[] block, int from, int length) {
        int end = from;
        while (end < from + length && block[end] != 0) {
            end++;
        }
        return new String(block, from, end - from, StandardCharsets.UTF_8);
    }

    private static String sum(String text) {
        CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", sum.getValue());
    }

    /** What would end a field, a line or the text. */
    private static String clean(String value) {
        return value.replaceAll("[|\\x00-\\x1f\\x7f]", "_");
    }
}
