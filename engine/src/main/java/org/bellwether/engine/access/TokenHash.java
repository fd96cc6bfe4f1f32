package org.bellwether.engine.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.bellwether.engine.platform.Secret;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a token. A plain SHA-256 is enough: a token has 256 random bits, so there is nothing to guess; and the
 * lookup by it tells nothing about how much of a wrong token was right.
 */
final class TokenHash {
    private final byte[] bytes;

    TokenHash(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    static TokenHash of(Secret token) {
        try {
            return new TokenHash(
                    MessageDigest.getInstance("SHA-256").digest(token.reveal().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256.", impossible);
        }
    }

    /** @param text as {@link #toString} writes it */
    static TokenHash ofHexadecimal(String text) {
        return new TokenHash(HexFormat.of().parseHex(text));
    }

    byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokenHash that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
