package org.bellwether.engine.platform.pki;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;
import org.jspecify.annotations.Nullable;

/**
 * The key with which secrets are encrypted that the database keeps (AES-256-GCM). It lies beside the database and not in
 * it: whoever gets a dump, a backup or a look at a row has nothing. There is one for each engine process, for records are
 * read and written where nobody could be handed it.
 */
public final class SealingKey {
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private static volatile @Nullable SealingKey current;

    private final SecretKeySpec key;
    private final SecureRandom random = new SecureRandom();

    private SealingKey(byte[] key) {
        this.key = new SecretKeySpec(key, "AES");
    }

    /** Takes the key in that file, or makes one; once, before anything is read from the database. */
    public static void take(Path file) {
        String text = PrivateFile.read(file).orElseGet(() -> {
            byte[] fresh = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(fresh);
            String made = Base64.getEncoder().encodeToString(fresh);
            PrivateFile.write(file, made + "\n");
            return made;
        });
        try {
            byte[] bytes = Base64.getDecoder().decode(text.strip());
            if (bytes.length == KEY_BYTES) {
                current = new SealingKey(bytes);
                return;
            }
        } catch (IllegalArgumentException e) {
            throw broken(file).from(e);
        }
        throw broken(file);
    }

    private static Failure broken(Path file) {
        return Failure.internal("The file " + file + " does not hold the key to the secrets in the database")
                .next("Put it back from a backup; or move it away, start the engine, and enter the passwords of storage"
                        + " connections anew");
    }

    static SealingKey current() {
        SealingKey taken = current;
        if (taken == null) {
            throw new IllegalStateException("no key for secrets was taken");
        }
        return taken;
    }

    String seal(Secret secret) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] sealed = run(Cipher.ENCRYPT_MODE, nonce, secret.reveal().getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder()
                .encodeToString(ByteBuffer.allocate(nonce.length + sealed.length)
                        .put(nonce)
                        .put(sealed)
                        .array());
    }

    Secret open(String sealed) {
        byte[] bytes = Base64.getDecoder().decode(sealed);
        byte[] nonce = java.util.Arrays.copyOf(bytes, NONCE_BYTES);
        byte[] rest = java.util.Arrays.copyOfRange(bytes, NONCE_BYTES, bytes.length);
        return Secret.of(new String(run(Cipher.DECRYPT_MODE, nonce, rest), StandardCharsets.UTF_8));
    }

    private byte[] run(int mode, byte[] nonce, byte[] text) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            return cipher.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw Failure.internal("A secret in the database cannot be read")
                    .because("it was encrypted with another key, or was damaged")
                    .next("Put the engine's key file back from a backup, or enter the secret anew")
                    .from(e);
        }
    }
}
