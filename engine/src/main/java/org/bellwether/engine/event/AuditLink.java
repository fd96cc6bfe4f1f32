package org.bellwether.engine.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A link of the chain that the log of events is: each event's hash goes over what it says and over the hash before it. Whoever
 * changes, inserts or removes an event afterwards breaks the chain there; whoever cuts off its end is found out by a hash that
 * was noted down elsewhere.
 *
 * @param hash SHA-256, in hexadecimal
 */
record AuditLink(long number, String hash) {

    static final AuditLink START = new AuditLink(0, "0".repeat(64));

    AuditLink next(LoggedEvent event) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(HexFormat.of().parseHex(hash));
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number + 1).array());
            for (String part : parts(event)) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                // With its length, so that no text can pass for the end of one part and the beginning of another.
                digest.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
                digest.update(bytes);
            }
            return new AuditLink(number + 1, HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256.", impossible);
        }
    }

    /** What was said; not whether somebody dismissed it, which may change. */
    private static List<String> parts(LoggedEvent event) {
        var about = event.concerns();
        var parts = new ArrayList<>(List.of(
                Integer.toString(event.code()),
                event.severity(),
                Long.toString(event.time().toEpochMilli()),
                event.message(),
                event.correlationId(),
                event.userName().orElse(""),
                text(event.userId()),
                text(about.dataCenter()),
                text(about.cluster()),
                text(about.host()),
                text(about.storageDomain()),
                text(about.template()),
                text(about.vm()),
                event.origin(),
                Long.toString(event.customId())));
        // Only where there is one: what was written before quotas were noted keeps its hash.
        about.quota().map(UUID::toString).ifPresent(parts::add);
        return parts;
    }

    private static String text(Optional<UUID> id) {
        return id.map(UUID::toString).orElse("");
    }
}
