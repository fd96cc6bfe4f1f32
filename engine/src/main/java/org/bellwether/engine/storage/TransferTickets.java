package org.bellwether.engine.storage;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Secret;

/**
 * The tickets of transfers: whoever knows one may send or fetch a disk's bytes. They follow from the engine's key and the
 * transfer's id, so that they are the same after a restart and stand nowhere.
 */
public final class TransferTickets {

    private static final String ALGORITHM = "HmacSHA256";
    private static final String PURPOSE = "bellwether transfer tickets";

    private final SecretKeySpec key;

    public TransferTickets(PrivateKey engineKey) {
        this.key = new SecretKeySpec(sign(new SecretKeySpec(engineKey.getEncoded(), ALGORITHM), PURPOSE), ALGORITHM);
    }

    Secret of(Id<ImageTransfer> transfer) {
        return Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(sign(key, transfer.toString())));
    }

    private static byte[] sign(SecretKeySpec with, String text) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(with);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
