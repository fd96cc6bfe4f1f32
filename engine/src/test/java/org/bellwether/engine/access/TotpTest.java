package org.bellwether.engine.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.bellwether.engine.platform.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the figures in RFC 6238, appendix B, of which ours are the last six digits. */
final class TotpTest {

    private static final Secret RFC = Secret.of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");

    @ParameterizedTest
    @CsvSource({"59, 287082", "1111111109, 081804", "1111111111, 050471", "1234567890, 005924", "2000000000, 279037"})
    void codes_are_those_of_the_rfc(long second, String code) {
        assertThat(Totp.code(RFC, second / 30)).isEqualTo(code);
        assertThat(Totp.step(RFC, code, Instant.ofEpochSecond(second), 0)).hasValue(second / 30);
    }

    @Test
    void a_clock_may_be_half_a_minute_off_and_no_more_and_no_code_comes_twice() {
        Instant now = Instant.ofEpochSecond(1_111_111_109);
        String code = Totp.code(RFC, now.getEpochSecond() / 30);
        assertThat(Totp.step(RFC, code, now.plusSeconds(30), 0)).isPresent();
        assertThat(Totp.step(RFC, code, now.minusSeconds(30), 0)).isPresent();
        assertThat(Totp.step(RFC, code, now.plusSeconds(90), 0)).isEmpty();
        assertThat(Totp.step(RFC, code, now, now.getEpochSecond() / 30)).isEmpty();
    }

    @Test
    void a_new_secret_is_one_that_authenticators_read() {
        assertThat(Totp.newSecret().reveal()).matches("[A-Z2-7]{32}");
    }
}
