package org.bellwether.engine.notification;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bellwether.engine.platform.Failure;
import org.snmp4j.security.AuthHMAC128SHA224;
import org.snmp4j.security.AuthHMAC192SHA256;
import org.snmp4j.security.AuthHMAC256SHA384;
import org.snmp4j.security.AuthHMAC384SHA512;
import org.snmp4j.security.AuthSHA;
import org.snmp4j.security.AuthenticationProtocol;
import org.snmp4j.security.PrivAES128;
import org.snmp4j.security.PrivAES192;
import org.snmp4j.security.PrivAES256;
import org.snmp4j.security.PrivacyProtocol;
import org.snmp4j.security.SecurityProtocols;
import org.snmp4j.security.UsmUser;
import org.snmp4j.smi.OctetString;

/**
 * Who sends traps of SNMP version 3 and how they are protected: always signed, and encrypted when there is a passphrase for that.
 * What is neither has nothing over version 2c; MD5 and DES are not for new things.
 */
record TrapSecurity(
        String user,
        AuthenticationProtocol signature,
        String signatureSecret,
        PrivacyProtocol encryption,
        String encryptionSecret) {

    private static final int SHORTEST = 8;
    private static final int LONGEST_USER = 32;
    private static final Map<String, AuthenticationProtocol> SIGNATURES = new TreeMap<>(Map.of(
            "sha", new AuthSHA(),
            "sha224", new AuthHMAC128SHA224(),
            "sha256", new AuthHMAC192SHA256(),
            "sha384", new AuthHMAC256SHA384(),
            "sha512", new AuthHMAC384SHA512()));
    private static final Map<String, PrivacyProtocol> ENCRYPTIONS =
            new TreeMap<>(Map.of("aes128", new PrivAES128(), "aes192", new PrivAES192(), "aes256", new PrivAES256()));

    /**
     * Of a channel; absent for version 2c.
     *
     * @throws Failure when it could not work
     */
    static Optional<TrapSecurity> of(Channel channel) {
        String version = channel.setting("version", "2c");
        if (version.equals("2c")) {
            for (String name : new String[] {"user", "auth", "privacy"}) {
                if (!channel.setting(name, "").isEmpty()) {
                    throw Failure.badRequest("SNMP version 2c has no setting '" + name + "'")
                            .next("Set version to 3 too");
                }
            }
            if (!channel.privacySecret().isEmpty()) {
                throw Failure.badRequest("SNMP version 2c does not encrypt").next("Set version to 3");
            }
            return Optional.empty();
        }
        if (!version.equals("3")) {
            throw Failure.badRequest("Traps are not sent by SNMP version '" + version + "'")
                    .next("Use 2c or 3");
        }
        String user = channel.setting("user", "");
        if (user.isEmpty() || user.length() > LONGEST_USER) {
            throw Failure.badRequest("SNMP version 3 needs the setting 'user' of 1 to " + LONGEST_USER + " letters")
                    .undone("Nothing was changed");
        }
        if (!channel.privacySecret().isEmpty()) {
            requireLength("privacy_secret", channel.privacySecret());
        }
        requireLength("secret", channel.secret());
        return Optional.of(new TrapSecurity(
                user,
                one(SIGNATURES, "auth", channel.setting("auth", "sha256")),
                channel.secret(),
                one(ENCRYPTIONS, "privacy", channel.setting("privacy", "aes128")),
                channel.privacySecret()));
    }

    private static void requireLength(String name, String secret) {
        if (secret.length() < SHORTEST) {
            throw Failure.badRequest("SNMP version 3 needs a passphrase of " + SHORTEST + " letters or more")
                    .because(secret.isEmpty() ? name + " is missing" : name + " is shorter")
                    .undone("Nothing was changed");
        }
    }

    private static <T> T one(Map<String, T> known, String name, String word) {
        T found = known.get(word);
        if (found == null) {
            throw Failure.badRequest("The setting '" + name + "' cannot be '" + word + "'")
                    .next("There are: " + String.join(", ", new TreeSet<>(known.keySet())));
        }
        return found;
    }

    boolean encrypts() {
        return !encryptionSecret.isEmpty();
    }

    SecurityProtocols protocols() {
        var protocols = new SecurityProtocols(SecurityProtocols.SecurityProtocolSet.none);
        protocols.addAuthenticationProtocol(signature);
        protocols.addPrivacyProtocol(encryption);
        return protocols;
    }

    UsmUser sender() {
        return new UsmUser(
                new OctetString(user),
                signature.getID(),
                new OctetString(signatureSecret),
                encrypts() ? encryption.getID() : null,
                encrypts() ? new OctetString(encryptionSecret) : null);
    }

    /** Without the passphrases, which no log may show. */
    @Override
    public String toString() {
        return user;
    }
}
