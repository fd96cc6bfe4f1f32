package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.bellwether.agent.platform.Refusal;

/** The digests that an archive itself tells of its files: they show damage on the way, not who made it. */
final class OvaDigests {
    private static final int MOST_BYTES = 1024 * 1024;
    private static final Pattern LINE =
            Pattern.compile("\\s*(SHA-?1|SHA-?256|SHA-?512)\\s*\\((.+)\\)\\s*=\\s*([0-9A-Fa-f]+)\\s*");

    private final Map<String, Told> told = new LinkedHashMap<>();

    private record Told(String algorithm, String digest) {}

    private OvaDigests() {}

    /** Reads the list, if there is one; what it names must be there. */
    static OvaDigests of(OvaArchive archive, FileChannel channel) throws IOException {
        OvaDigests digests = new OvaDigests();
        Optional<OvaArchive.Entry> manifest = archive.manifest();
        if (manifest.isEmpty()) {
            return digests;
        }
        String text = new String(OvaArchive.bytes(channel, manifest.get(), MOST_BYTES), StandardCharsets.UTF_8);
        for (String line : text.split("\\R", -1)) {
            if (line.isBlank()) {
                continue;
            }
            var matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw Refusal.broken("The list of digests in the archive has a line that is none");
            }
            String name = matcher.group(2);
            archive.require(name);
            String algorithm = matcher.group(1).replace("-", "").replace("SHA", "SHA-");
            digests.told.put(name, new Told(algorithm, matcher.group(3).toLowerCase(Locale.ROOT)));
        }
        return digests;
    }

    /**
     * Reads the file and compares; a file of which nothing is told passes.
     *
     * @param cancelled ends the reading early, and then with a refusal
     */
    void require(FileChannel channel, OvaArchive.Entry entry, BooleanSupplier cancelled) throws IOException {
        Told wanted = told.get(entry.name());
        if (wanted == null) {
            return;
        }
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance(wanted.algorithm());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + wanted.algorithm(), e);
        }
        ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
        long at = entry.offset();
        long end = at + entry.size();
        while (at < end) {
            if (cancelled.getAsBoolean()) {
                throw Refusal.wrongState("It was cancelled");
            }
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
            int read = channel.read(buffer, at);
            if (read < 0) {
                throw Refusal.broken("The archive ends within its file " + entry.name());
            }
            digest.update(buffer.array(), 0, read);
            at += read;
        }
        String found = HexFormat.of().formatHex(digest.digest());
        if (!found.equals(wanted.digest())) {
            throw Refusal.broken("The file " + entry.name() + " of the archive is not what its list of digests says")
                    .because(wanted.algorithm() + " is " + found + ", not " + wanted.digest())
                    .next("Fetch the archive anew: it was damaged or changed on its way.");
        }
    }
}
