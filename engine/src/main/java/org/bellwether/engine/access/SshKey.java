package org.bellwether.engine.access;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.platform.Failure;

/**
 * A public key of OpenSSH, as one line of a file {@code authorized_keys} without options: its type, the key in Base64, and a
 * comment or none.
 *
 * @param fingerprint as OpenSSH shows it, by which two are the same whatever their comments
 */
record SshKey(UUID id, String content, String fingerprint) {

    private static final int LONGEST = 16 * 1024;
    private static final int RSA_BYTES = 256;

    private static final Set<String> TYPES = Set.of(
            "ssh-ed25519",
            "ssh-rsa",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "sk-ssh-ed25519@openssh.com",
            "sk-ecdsa-sha2-nistp256@openssh.com");

    /**
     * Reads what somebody sent.
     *
     * @throws Failure of the kind BAD_REQUEST if it is no public key: also for a private one, which must not be sent at all
     */
    static SshKey read(UUID id, String sent) {
        if (sent.contains("PRIVATE KEY")) {
            throw refused("it is a private key, which should leave its owner's computer never")
                    .next("Send what ssh-keygen wrote to the file that ends in .pub; and make another pair");
        }
        String line = sent.strip();
        if (line.isEmpty() || line.length() > LONGEST || line.chars().anyMatch(Character::isISOControl)) {
            throw refused("it is one line of at most " + LONGEST + " characters");
        }
        String[] words = line.split(" +", 3);
        if (words.length < 2 || !TYPES.contains(words[0])) {
            throw refused("it begins with none of the types "
                    + String.join(", ", TYPES.stream().sorted().toList()));
        }
        byte[] key;
        try {
            key = Base64.getDecoder().decode(words[1]);
        } catch (IllegalArgumentException noBase64) {
            throw refused("what follows its type is not in Base64");
        }
        requireWhole(words[0], key);
        return new SshKey(id, String.join(" ", words), fingerprint(key));
    }

    /** RFC 4253, 6.6: the type and the numbers of the key, each with its length before it. */
    private static void requireWhole(String type, byte[] key) {
        List<byte[]> parts = new ArrayList<>();
        var rest = ByteBuffer.wrap(key);
        while (rest.remaining() >= Integer.BYTES) {
            int length = rest.getInt();
            if (length < 0 || length > rest.remaining()) {
                throw refused("it is cut off, or something in it was changed");
            }
            var part = new byte[length];
            rest.get(part);
            parts.add(part);
        }
        boolean whole = !rest.hasRemaining()
                && parts.size() >= 2
                && new String(parts.getFirst(), StandardCharsets.ISO_8859_1).equals(type);
        if (!whole) {
            throw refused("it is cut off, or something in it was changed");
        }
        if (type.equals("ssh-rsa") && parts.getLast().length < RSA_BYTES) {
            throw refused("a key of RSA must have 2048 bits or more");
        }
    }

    private static String fingerprint(byte[] key) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(key);
            return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every Java has SHA-256.", impossible);
        }
    }

    private static Failure refused(String why) {
        return Failure.badRequest("What was sent is not a public key of SSH")
                .because(why)
                .undone("Nothing was changed")
                .next("Send the line that ssh-keygen wrote to the file that ends in .pub");
    }
}
