package org.bellwether.agent.storage;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.bellwether.agent.platform.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * The text "metadata" of a storage domain in V5: lines KEY=value sorted by key, the checksum line last. Keys that we
 * do not know are kept: they are part of the checksum and belong to somebody.
 */
final class DomainMetadata {
    static final String CHECKSUM = "_SHA_CKSUM";
    private static final int LONGEST_NAME = 50;

    private final NavigableMap<String, String> values;

    private DomainMetadata(NavigableMap<String, String> values) {
        this.values = values;
    }

    static DomainMetadata of(Map<String, String> values) {
        TreeMap<String, String> sorted = new TreeMap<>(values);
        sorted.remove(CHECKSUM);
        return new DomainMetadata(sorted);
    }

    /**
     * Reads and proves the text.
     *
     * @param where for the words of the error
     * @throws Refusal BROKEN when the checksum is wrong or the text has no keys
     */
    static DomainMetadata parse(byte[] content, String where) {
        String text = new String(content, StandardCharsets.UTF_8);
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '\0') {
            end--;
        }
        TreeMap<String, String> values = new TreeMap<>();
        for (String line : text.substring(0, end).split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals).strip(), line.substring(equals + 1));
            }
        }
        if (values.isEmpty()) {
            throw Refusal.broken("The metadata of " + where + " is empty")
                    .next("Restore dom_md/metadata from a backup of the storage.");
        }
        String checksum = values.remove(CHECKSUM);
        DomainMetadata metadata = new DomainMetadata(values);
        if (checksum != null && !checksum.equals(metadata.checksum())) {
            throw Refusal.broken("The metadata of " + where + " does not agree with its checksum")
                    .because("it says " + checksum + " but its lines add up to " + metadata.checksum())
                    .next("Somebody edited it or storage damaged it: restore dom_md/metadata from a backup.");
        }
        return metadata;
    }

    byte[] render() {
        StringBuilder text = new StringBuilder();
        values.forEach(
                (key, value) -> text.append(key).append('=').append(value).append('\n'));
        text.append(CHECKSUM).append('=').append(checksum()).append('\n');
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * SHA-1 over all KEY=value without separator, in ASCII, where a character beyond ASCII counts as its decimal XML
     * reference. What is hashed is thus not what is stored.
     */
    String checksum() {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
        values.forEach((key, value) -> digest.update(ascii(key + "=" + value)));
        return HexFormat.of().formatHex(digest.digest());
    }

    Optional<String> value(String key) {
        return Optional.ofNullable(values.get(key)).filter(value -> !value.isEmpty());
    }

    /** A number; 0 when it is not there or is none. */
    long number(String key) {
        String value = values.get(key);
        try {
            return value == null ? 0 : Long.parseLong(value.strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** The same with one key changed; null removes it. */
    DomainMetadata with(String key, @Nullable String value) {
        TreeMap<String, String> changed = new TreeMap<>(values);
        if (value == null) {
            changed.remove(key);
        } else {
            changed.put(key, value);
        }
        return new DomainMetadata(changed);
    }

    DomainMetadata withDefault(String key, String value) {
        return values.containsKey(key) ? this : with(key, value);
    }

    /**
     * A name for a domain or pool that oVirt can read back: it splits lines at every Unicode line end and keeps 50
     * characters.
     */
    static String checkedName(String name) {
        if (name.codePointCount(0, name.length()) > LONGEST_NAME) {
            throw Refusal.badRequest("The name \"" + name + "\" is too long for a storage domain")
                    .next("Use at most " + LONGEST_NAME + " characters.");
        }
        boolean breaksLines = name.codePoints().anyMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029);
        if (breaksLines) {
            throw Refusal.badRequest("The name of a storage domain must not contain control characters or line ends");
        }
        return name;
    }

    private static byte[] ascii(String text) {
        StringBuilder ascii = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c < 128) {
                ascii.append((char) c);
            } else {
                ascii.append("&#").append(c).append(';');
            }
        });
        return ascii.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
