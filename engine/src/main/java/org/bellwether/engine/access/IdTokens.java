package org.bellwether.engine.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import org.jspecify.annotations.Nullable;

/**
 * Signs what the engine says of its users. The key lives as long as the engine's process and is written nowhere: what is
 * signed with it is looked at within seconds, and who meets a key that they do not know asks for the keys again.
 */
final class IdTokens {
    private static final int KEY_BITS = 2048;

    private @Nullable RSAKey made;

    private synchronized RSAKey key() {
        RSAKey key = made;
        if (key == null) {
            try {
                key = new RSAKeyGenerator(KEY_BITS)
                        .keyUse(KeyUse.SIGNATURE)
                        .algorithm(JWSAlgorithm.RS256)
                        .keyIDFromThumbprint(true)
                        .generate();
            } catch (JOSEException impossible) {
                throw new IllegalStateException("Every Java makes RSA keys.", impossible);
            }
            made = key;
        }
        return key;
    }

    String signed(JWTClaimsSet claims) {
        try {
            var token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key().getKeyID())
                            .build(),
                    claims);
            token.sign(new RSASSASigner(key()));
            return token.serialize();
        } catch (JOSEException impossible) {
            throw new IllegalStateException("A key of its own signs.", impossible);
        }
    }

    /** The public half, for those who look at signatures. */
    String publicKeys() {
        return new JWKSet(key().toPublicJWK()).toString(true);
    }
}
