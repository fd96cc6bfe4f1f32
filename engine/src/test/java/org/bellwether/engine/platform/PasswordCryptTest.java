package org.bellwether.engine.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PasswordCryptTest {
    @Test
    void hashes_are_those_of_crypt() {
        // As `openssl passwd -6 -salt abcdefgh` prints it.
        assertThat(PasswordCrypt.hash(
                        "Hällo wörld with a long passphrase that is longer than sixty-four bytes, honestly",
                        "abcdefgh"))
                .isEqualTo(
                        "$6$abcdefgh$lKlGAZ8hzvfZsY0lgXISf6ufC3PvmbEMpw7E9YBIfypUKigr.logYaKkb7tlr5o2398f4rSZnoYxy2PzpvsWX1");
    }

    @Test
    void a_hash_is_known_as_one_and_a_password_is_not() {
        assertThat(PasswordCrypt.isHash(PasswordCrypt.hash("secret"))).isTrue();
        assertThat(PasswordCrypt.isHash("$ecret")).isFalse();
        assertThat(PasswordCrypt.hash("secret")).isNotEqualTo(PasswordCrypt.hash("secret"));
    }
}
